// Writes fixtures/ovf: the disk, the manifest and the OVA of tiny.ovf. Run after `npm run build`, when the disk changes.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeVmdk } from '../dist/simulator/objects/ovf/vmdk-writer.js';

const folder = join(import.meta.dirname, '../fixtures/ovf');
const MB = 1024 ** 2;

/** Text at the start and in the middle; the rest is zeros. */
function content() {
  const start = Buffer.from('A disk of a very small appliance.\n'.repeat(40));
  const middle = Buffer.from('Something at four megabytes.\n');
  return { size: 8 * MB, blocks: [start, 4 * MB - start.length, middle, 4 * MB - middle.length] };
}

/** A file in a tar archive. */
function entry(name, data) {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0' + '0000000\0' + '0000000\0', 100);
  header.write(`${data.length.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0`, 124);
  header.write('        0', 148);
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

const disk = Buffer.concat([...writeVmdk({ content: content(), capacityBytes: 8 * MB })]);
const descriptor = Buffer.from(readFileSync(join(folder, 'tiny.ovf'), 'utf8').replace(/ovf:size="[^"]*"/, `ovf:size="${disk.length}"`));
const sum = (data) => createHash('sha1').update(data).digest('hex');
const manifest = Buffer.from(`SHA1(tiny.ovf)= ${sum(descriptor)}\nSHA1(tiny-disk1.vmdk)= ${sum(disk)}\n`);
writeFileSync(join(folder, 'tiny.ovf'), descriptor);
writeFileSync(join(folder, 'tiny-disk1.vmdk'), disk);
writeFileSync(join(folder, 'tiny.mf'), manifest);
writeFileSync(join(folder, 'tiny.ova'), Buffer.concat([entry('tiny.ovf', descriptor), entry('tiny.mf', manifest), entry('tiny-disk1.vmdk', disk), Buffer.alloc(1024)]));
