// The console of a machine: tickets to see it, a picture of it, keys typed into it, the size of its screen.
import { deflateSync } from 'node:zlib';
import {
  enumType, fault, type ManagedObjectReference, type VirtualMachineConfigInfo, type VirtualMachineMksTicket, type VirtualMachineTicket,
} from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { describePath, joinPath, stat, writeFile } from '../datastore/files.ts';
import { requireOperable, requirePower, requireTools } from './power.ts';
import { homeOf } from './reconfigure.ts';

type Ref = ManagedObjectReference;

function requireConsole(tx: Transaction, vm: Ref): void {
  requireOperable(tx, vm);
  requirePower(tx, vm, ['poweredOn'], 'poweredOn');
}

/** A ticket for a console of that type; each is good for one connection, so no two are alike. Throws InvalidPowerState. */
export function acquireTicket(sim: Simulation, tx: Transaction, vm: Ref, ticketType: string): VirtualMachineTicket {
  if (!enumType('VirtualMachineTicketType')!.values.has(ticketType)) {
    throw fault('InvalidArgument', { invalidProperty: 'ticketType' }, `A specified parameter was not correct: ticketType ('${ticketType}'; it can be ${[...enumType('VirtualMachineTicketType')!.values].join(', ')})`);
  }
  requireConsole(tx, vm);
  const { ticket, cfgFile, host } = mksTicket(sim, tx, vm);
  const web = ticketType.startsWith('web');
  return { ticket, cfgFile, host, port: web ? 443 : 902, ...(web ? { url: `wss://${host}:443/ticket/${ticket}` } : {}) };
}

/** A ticket of the older kind, for the console alone. */
export function mksTicket(sim: Simulation, tx: Transaction, vm: Ref): VirtualMachineMksTicket & { host: string } {
  requireConsole(tx, vm);
  const { files } = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  return { ticket: sim.random.uuid(), cfgFile: files.vmPathName ?? '', host: String(tx.get(tx.get(vm, 'runtime.host') as Ref, 'name')), port: 902 };
}

/** Saves what the console shows (a blank text screen) as a PNG in the machine's directory; gives its path. */
export function createScreenshot(sim: Simulation, tx: Transaction, vm: Ref): string {
  requireConsole(tx, vm);
  const { datastore, directory, stem } = homeOf(tx, vm);
  for (let n = 0; ; n++) {
    const path = joinPath(directory, `${stem}-${n}.png`);
    if (stat(tx, datastore, path)) continue;
    writeFile(sim, tx, datastore, path, { content: pictureOf(tx, vm) });
    return describePath(tx, datastore, path);
  }
}

/** What the console of a running machine shows, as a PNG of its size unless told another. Throws InvalidPowerState. */
export function pictureOf(tx: Transaction, vm: Ref, width?: number, height?: number): Uint8Array {
  requireConsole(tx, vm);
  const screen = tx.get(vm, 'guest.screen') as { width: number; height: number } | undefined;
  return blankPng(width ?? screen?.width ?? 720, height ?? screen?.height ?? 400);
}

/** A black picture of one bit per pixel. */
function blankPng(width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = Buffer.alloc((1 + Math.ceil(width / 8)) * height);
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** The checksum that PNG wants. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Types keys; gives how many arrived. A guest that is not there does nothing with them. */
export function typeKeys(tx: Transaction, vm: Ref, keys: readonly unknown[]): number {
  requireConsole(tx, vm);
  return keys.length;
}

/** Has the guest change its screen. Throws ToolsUnavailable. */
export function setScreen(tx: Transaction, vm: Ref, width: number, height: number): void {
  requireTools(tx, vm, 'poweredOn');
  for (const [name, value] of [['width', width], ['height', height]] as const) {
    if (value < 1 || value > 16_384) throw fault('InvalidArgument', { invalidProperty: name }, `A specified parameter was not correct: ${name} (${value})`);
  }
  tx.set(vm, '_guest.screen', { width, height });
}
