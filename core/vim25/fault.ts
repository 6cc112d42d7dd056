// A vSphere fault as an error: thrown anywhere, encoded once at the wire.
import type { DataTypes, LocalizedMethodFault, MethodFault } from './types.d.ts';

type FaultName = {
  [K in keyof DataTypes]: DataTypes[K] extends MethodFault ? K : never;
}[keyof DataTypes] & string;

export class Fault extends Error {
  override name = 'Fault';
  /** The fault data object, with its _type. */
  readonly detail: MethodFault & { readonly _type: string };

  constructor(detail: MethodFault & { readonly _type: string }, message: string) {
    super(message);
    this.detail = detail;
  }

  /** WSDL name of the fault: 'InvalidLogin', 'NotAuthenticated' … */
  get type(): string {
    return this.detail._type;
  }

  /** As it travels inside a data object (TaskInfo.error, MissingProperty.fault …). */
  localized(): LocalizedMethodFault {
    return { _type: 'LocalizedMethodFault', fault: this.detail, localizedMessage: this.message };
  }
}

/** Makes a fault to throw. `fields` are the fault's own members; `message` is what a person reads (faultstring). */
export function fault<K extends FaultName>(type: K, fields: DataTypes[K], message: string): Fault {
  return new Fault({ ...fields, _type: type } as MethodFault & { _type: string }, message);
}

export const isFault = (error: unknown, type?: string): error is Fault =>
  error instanceof Fault && (type === undefined || error.type === type);
