// HostAccessManager: who may use the host directly, and lockdown mode, which lets nobody but the exceptions do so.
import { fault, type HostAccessControlEntry, type HostAccessMode, type HostLockdownMode, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define } from '../../dispatch/define.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';

type Ref = ManagedObjectReference;
type Entries = readonly HostAccessControlEntry[];

const ROOT: HostAccessControlEntry = { principal: 'root', group: false, accessMode: 'accessAdmin' };
const MODES: readonly HostAccessMode[] = ['accessAdmin', 'accessReadOnly', 'accessNoAccess', 'accessNone', 'accessOther'];
const LOCKDOWN: readonly HostLockdownMode[] = ['lockdownDisabled', 'lockdownNormal', 'lockdownStrict'];

const entriesOf = (props: Props): Entries => (props['_entries'] as Entries | undefined) ?? [ROOT, { ...ROOT, principal: 'vpxuser' }, { ...ROOT, principal: 'dcui' }];
const exceptionsOf = (props: Props): readonly string[] => (props['_exceptions'] as readonly string[] | undefined) ?? [];
const usersOf = (props: Props): readonly string[] => (props['_systemUsers'] as readonly string[] | undefined) ?? ['dcui', 'vpxuser'];

/** Throws UserNotFound for names that nobody on the host has. */
function mustBeNamed(names: readonly string[]): void {
  const wrong = names.find((name) => name.trim() === '' || /\s/.test(name));
  if (wrong !== undefined) throw fault('UserNotFound', { principal: wrong, unresolved: true }, `There is no user or group '${wrong}' on this host.`);
}

/** Sets lockdown mode, here and where the old property shows it. */
export function setLockdown(tx: Transaction, manager: Ref, mode: HostLockdownMode): void {
  if (!LOCKDOWN.includes(mode)) throw fault('InvalidArgument', { invalidProperty: 'mode' }, `The mode '${mode}' is not known; use one of ${LOCKDOWN.join(', ')}.`);
  tx.set(manager, 'lockdownMode', mode);
  tx.set(tx.get(manager, '_host') as Ref, 'config.adminDisabled', mode !== 'lockdownDisabled');
}

export const hostAccessManager = define('HostAccessManager', {
  RetrieveHostAccessControlEntries: { query: ({ self }) => entriesOf(self.props) },
  ChangeAccessMode({ tx, self }, { principal, isGroup, accessMode }) {
    mustBeNamed([principal]);
    if (!MODES.slice(0, 4).includes(accessMode)) throw fault('InvalidArgument', { invalidProperty: 'accessMode' }, `The access mode '${accessMode}' cannot be set; use one of ${MODES.slice(0, 4).join(', ')}.`);
    const others = entriesOf(self.props).filter((entry) => entry.principal !== principal || entry.group !== isGroup);
    const isLast = !others.some((entry) => entry.accessMode === 'accessAdmin' && !['vpxuser', 'dcui'].includes(entry.principal));
    if (accessMode !== 'accessAdmin' && isLast) throw fault('AuthMinimumAdminPermission', {}, `'${principal}' is the last administrator of this host.`);
    tx.set(self.ref, '_entries', accessMode === 'accessNone' ? others : [...others, { principal, group: isGroup, accessMode }]);
  },
  QuerySystemUsers: { query: ({ self }) => usersOf(self.props) },
  UpdateSystemUsers({ tx, self }, { users = [] }) {
    mustBeNamed(users);
    tx.set(self.ref, '_systemUsers', users);
  },
  QueryLockdownExceptions: { query: ({ self }) => exceptionsOf(self.props) },
  UpdateLockdownExceptions({ tx, self }, { users = [] }) {
    mustBeNamed(users);
    tx.set(self.ref, '_exceptions', users);
  },
  ChangeLockdownMode({ tx, self }, { mode }) {
    setLockdown(tx, self.ref, mode);
  },
});
