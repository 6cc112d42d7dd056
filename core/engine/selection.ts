// Which VCH the user means. Pure.
import type { ManagedObjectReference } from '../vim25/reference.ts';

/** Name of a VCH that was given none. */
export const DEFAULT_NAME = 'virtual-container-host';

/** Which VCH the user means. */
export interface Selection {
  readonly datacenter: string;
  readonly compute: string;
  readonly name: string;
  /** VM reference value; wins over name and compute. */
  readonly id: string;
}

/** The reference to check for an --id. */
export const referenceOf = (id: string): ManagedObjectReference => ({ type: 'VirtualMachine', value: id.replace(/^VirtualMachine:/, '') });
