// Errors of the vSphere Automation API: their kinds, HTTP statuses and JSON in both dialects. A vim25 fault that
// happens on the way becomes the kind that vCenter's API makes of it.
import { dataType, type Fault } from '../../core/vim25/index.ts';

/** HTTP status by kind, as the protocol maps com.vmware.vapi.std.errors. */
const STATUS = {
  ALREADY_EXISTS: 400, ALREADY_IN_DESIRED_STATE: 400, CANCELED: 400, CONCURRENT_CHANGE: 400, ERROR: 500, INTERNAL_SERVER_ERROR: 500,
  INVALID_ARGUMENT: 400, INVALID_REQUEST: 400, NOT_ALLOWED_IN_CURRENT_STATE: 400, NOT_FOUND: 404, OPERATION_NOT_FOUND: 404,
  RESOURCE_BUSY: 400, RESOURCE_IN_USE: 400, RESOURCE_INACCESSIBLE: 400, SERVICE_UNAVAILABLE: 503, TIMED_OUT: 504,
  UNABLE_TO_ALLOCATE_RESOURCE: 400, UNAUTHENTICATED: 401, UNAUTHORIZED: 403, UNEXPECTED_INPUT: 400, UNIMPLEMENTED: 501, UNSUPPORTED: 400,
} as const;

export type ErrorKind = keyof typeof STATUS;

export type Dialect = 'rest' | 'api';

/** What a handler throws to refuse a request. */
export class RestError extends Error {
  readonly kind: ErrorKind;
  /** Machine-readable id of the message. */
  readonly id: string;

  constructor(kind: ErrorKind, message: string, id = `vicsim.${kind.toLowerCase()}`) {
    super(message);
    this.kind = kind;
    this.id = id;
  }

  get status(): number {
    return STATUS[this.kind];
  }

  /** The JSON value of the error: /rest wraps it and names its type, /api gives it as it is. */
  body(dialect: Dialect): unknown {
    const messages = [{ id: this.id, default_message: this.message, args: [] }];
    if (dialect === 'api') return { error_type: this.kind, messages };
    return { type: `com.vmware.vapi.std.errors.${this.kind.toLowerCase()}`, value: { error_type: this.kind, messages } };
  }
}

export const notFound = (what: string): RestError => new RestError('NOT_FOUND', `${what} was not found.`, 'com.vmware.vapi.std.errors.not_found');

export const invalid = (message: string): RestError => new RestError('INVALID_ARGUMENT', message, 'com.vmware.vapi.std.errors.invalid_argument');

/** By fault type; a fault that is not here is what the nearest of its base types is. */
const KINDS: Readonly<Record<string, ErrorKind>> = {
  ManagedObjectNotFound: 'NOT_FOUND', NotFound: 'NOT_FOUND', FileNotFound: 'NOT_FOUND', NoPermission: 'UNAUTHORIZED', NotAuthenticated: 'UNAUTHENTICATED',
  InvalidLogin: 'UNAUTHENTICATED', DuplicateName: 'ALREADY_EXISTS', AlreadyExists: 'ALREADY_EXISTS', FileAlreadyExists: 'ALREADY_EXISTS',
  InvalidArgument: 'INVALID_ARGUMENT', InvalidName: 'INVALID_ARGUMENT', InvalidVmConfig: 'INVALID_ARGUMENT', InvalidDeviceSpec: 'INVALID_ARGUMENT',
  InvalidDatastorePath: 'INVALID_ARGUMENT', InvalidDatastore: 'INVALID_ARGUMENT', InvalidRequest: 'INVALID_REQUEST',
  InvalidState: 'NOT_ALLOWED_IN_CURRENT_STATE', InvalidPowerState: 'NOT_ALLOWED_IN_CURRENT_STATE', ToolsUnavailable: 'SERVICE_UNAVAILABLE',
  CannotAccessVmComponent: 'RESOURCE_INACCESSIBLE', TaskInProgress: 'RESOURCE_BUSY', ResourceInUse: 'RESOURCE_IN_USE', NotSupported: 'UNSUPPORTED',
  NoDiskSpace: 'UNABLE_TO_ALLOCATE_RESOURCE', TooManyDevices: 'UNABLE_TO_ALLOCATE_RESOURCE', VmConfigFault: 'INVALID_ARGUMENT', FileFault: 'RESOURCE_INACCESSIBLE', FileLocked: 'RESOURCE_BUSY', NoHost: 'RESOURCE_INACCESSIBLE',
  HostNotConnected: 'SERVICE_UNAVAILABLE', MigrationFault: 'NOT_ALLOWED_IN_CURRENT_STATE', SnapshotFault: 'NOT_ALLOWED_IN_CURRENT_STATE', InvalidFolder: 'INVALID_ARGUMENT', DatacenterMismatch: 'INVALID_ARGUMENT', ConcurrentAccess: 'CONCURRENT_CHANGE',
  OvfFault: 'INVALID_ARGUMENT', LimitExceeded: 'UNABLE_TO_ALLOCATE_RESOURCE', MethodDisabled: 'NOT_ALLOWED_IN_CURRENT_STATE', HostConfigFault: 'ERROR',
  InsufficientResourcesFault: 'UNABLE_TO_ALLOCATE_RESOURCE', RequestCanceled: 'CANCELED', Timedout: 'TIMED_OUT',
};

/** The error that a vim25 fault becomes. A power state that is the wanted one already has a kind of its own. */
export function fromFault(fault: Fault): RestError {
  const { requestedState, existingState } = fault.detail as { requestedState?: unknown; existingState?: unknown };
  if (fault.type === 'InvalidPowerState' && requestedState === existingState) {
    return new RestError('ALREADY_IN_DESIRED_STATE', fault.message, 'com.vmware.api.vcenter.vm.power.already_in_state');
  }
  return new RestError(kindOf(fault.type), fault.message, `vim25.${fault.type}`);
}

function kindOf(type: string): ErrorKind {
  for (let name: string | null = type; name !== null; name = dataType(name)?.base ?? null) {
    const kind = KINDS[name];
    if (kind) return kind;
  }
  return 'ERROR';
}
