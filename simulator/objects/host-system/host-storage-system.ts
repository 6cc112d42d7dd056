// HostStorageSystem: what hosts do with disks, paths, volumes and adapters; each kind has its file below storage/.
import { define } from '../../dispatch/define.ts';
import { hash } from '../../runtime/random.ts';
import { adapterMethods } from './storage/adapters.ts';
import { iscsiMethods } from './storage/iscsi.ts';
import { lunMethods } from './storage/luns.ts';
import { multipathMethods } from './storage/multipath.ts';
import { partitionMethods } from './storage/partitions.ts';
import { refused, set, settingsOf, type Ctx } from './storage/shared.ts';
import { vffsMethods } from './storage/vffs.ts';
import { vmfsMethods } from './storage/vmfs.ts';

/** The one user that a host names to NFS 4.1 servers; of the password only a sum is kept. */
function setNfsUser(ctx: Ctx, user: string, password: string): void {
  if (!user) throw refused('the name of the NFS user is empty.');
  if (!password) throw refused('the password of the NFS user is empty.');
  set(ctx, { nfsUser: { user, password: hash(password) } });
}

export const hostStorageSystem = define('HostStorageSystem', {
  ...lunMethods, ...partitionMethods, ...vmfsMethods, ...iscsiMethods, ...multipathMethods, ...adapterMethods, ...vffsMethods,
  SetNFSUser: (ctx, { user, password }) => setNfsUser(ctx, user, password),
  ChangeNFSUserPassword: (ctx, { password }) => {
    const { nfsUser } = settingsOf(ctx);
    if (!nfsUser) throw refused('no NFS user is set on this host.');
    setNfsUser(ctx, nfsUser.user, password);
  },
  ClearNFSUser: (ctx) => set(ctx, { nfsUser: undefined }),
  QueryNFSUser: (ctx) => {
    const { nfsUser } = settingsOf(ctx);
    return nfsUser ? { user: nfsUser.user } : undefined;
  },
  // Machines are in datastores since VirtualCenter 2: none is left in the old place.
  UpgradeVmLayout: () => undefined,
}, { partly: { UnmapVmfsVolumeEx_Task: 'room given back to the array is not counted' } });
