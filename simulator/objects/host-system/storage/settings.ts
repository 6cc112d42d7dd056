// What clients changed about the storage of a host: the source that HostStorageSystem's lists are made from.
import type {
  HostHostBusAdapter, HostInternetScsiHba, HostMultipathInfoLogicalUnitPolicy, HostNvmeController, HostNvmeTransportParameters, HostScsiDisk,
} from '../../../../core/vim25/index.ts';

export const SECTOR = 512;
/** Where the first partition of a GPT disk begins. */
export const FIRST_SECTOR = 2048;

/** A partition that is part of a VMFS datastore, in sectors. */
export interface Extent {
  readonly diskName: string;
  readonly partition: number;
  readonly start: number;
  readonly end: number;
}

export interface Partition extends Extent {
  readonly type: string;
}

/** A file system for virtual flash; it is on whole disks. */
export interface FlashVolume {
  readonly uuid: string;
  readonly name: string;
  readonly majorVersion: number;
  readonly disks: readonly string[];
  readonly capacity: number;
  readonly mounted: boolean;
}

export interface NvmeConnection extends HostNvmeController {
  readonly hbaName: string;
  readonly transportParameters: HostNvmeTransportParameters;
}

export interface StorageSettings {
  /** By UUID: what is shown of a disk beside what it is. */
  readonly disks?: Readonly<Record<string, Partial<HostScsiDisk>>>;
  readonly softwareIscsi?: boolean;
  /** Laid over the adapter for software iSCSI. */
  readonly iscsi?: Partial<HostInternetScsiHba>;
  /** Names of the iSCSI targets that the last scan reached. */
  readonly reached?: readonly string[];
  readonly boundVnics?: readonly string[];
  /** By the id of a logical unit. */
  readonly policies?: Readonly<Record<string, HostMultipathInfoLogicalUnitPolicy>>;
  readonly disabledPaths?: readonly string[];
  /** By canonical name of the disk: partitions that a client wrote. */
  readonly tables?: Readonly<Record<string, readonly Partition[]>>;
  readonly adapters?: readonly HostHostBusAdapter[];
  readonly controllers?: readonly NvmeConnection[];
  readonly flash?: readonly FlashVolume[];
  readonly nfsUser?: { readonly user: string; readonly password: number };
  /** UUIDs of disks whose locator LED is on. */
  readonly leds?: readonly string[];
  /** UUIDs of detached disks and unmounted volumes whose state was deleted: the next scan takes them back. */
  readonly forgotten?: readonly string[];
}
