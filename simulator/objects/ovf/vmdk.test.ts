// Stream-optimized VMDKs: what is written is read back, in whatever pieces it comes; what is no such image is named.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { readBytes, type Content } from '../datastore/blocks.ts';
import { BadImage, GRAIN } from './vmdk-format.ts';
import { VmdkReader } from './vmdk-reader.ts';
import { writeVmdk } from './vmdk-writer.ts';

const MB = 1024 ** 2;
const imageOf = (content: Content | undefined, capacityBytes: number): Buffer => Buffer.concat([...writeVmdk({ content, capacityBytes })]);

function read(image: Buffer, step = image.length) {
  const reader = new VmdkReader();
  for (let at = 0; at < image.length; at += step) reader.write(image.subarray(at, at + step));
  return reader.end();
}

test('an image holds the bytes, the capacity and only what is not zero', () => {
  const data = randomBytes(3 * GRAIN + 1000);
  // Data at the start, behind more than one grain table of zeros, and in the last, incomplete grain.
  const capacityBytes = 70 * MB + 512;
  const blocks = [data, 40 * MB - data.length, data.subarray(0, 700), capacityBytes - 40 * MB - 700 - 300, data.subarray(0, 300)];
  const content = { size: capacityBytes, blocks };
  const image = imageOf(content, capacityBytes);
  assert.ok(image.length < 8 * GRAIN, `zeros take no room: ${image.length}`);
  assert.deepEqual(image, imageOf(content, capacityBytes), 'the same bytes each time');
  const whole = Buffer.concat([...readBytes(content, 0, capacityBytes)]);
  for (const step of [image.length, 4096, 777]) {
    const back = read(image, step);
    assert.equal(back.capacityBytes, capacityBytes);
    assert.ok(Buffer.concat([...readBytes(back.content, 0, capacityBytes)]).equals(whole), `bytes, read ${step} at a time`);
    assert.ok(back.populated <= 6 * GRAIN && back.populated >= data.length, String(back.populated));
  }
});

test('a disk of zeros and small contents', () => {
  assert.deepEqual(read(imageOf(undefined, MB)), { capacityBytes: MB, content: { size: MB, blocks: [MB] }, populated: 0 });
  const back = read(imageOf('hello', MB));
  assert.equal(Buffer.concat([...readBytes(back.content, 0, 5)]).toString(), 'hello');
});

test('what is no stream-optimized disk is refused with the reason', () => {
  const image = imageOf(randomBytes(2 * GRAIN), MB);
  const refused = (bytes: Buffer, why: RegExp) => assert.throws(() => read(bytes), (error) => error instanceof BadImage && why.test(error.message));
  refused(Buffer.alloc(0), /shorter than its header/);
  refused(Buffer.alloc(4096, 'x'), /no sparse VMDK/);
  refused(image.subarray(0, image.length - 512), /breaks off/);
  refused(image.subarray(0, 70_000), /breaks off/);
  const plain = Buffer.from(image);
  plain.writeUInt32LE(1, 8);
  refused(plain, /not stream-optimized/);
  const spoilt = Buffer.from(image);
  spoilt.fill(0xff, 65_536 + 12, 65_536 + 60);
  refused(spoilt, /cannot be unpacked/);
  const outside = Buffer.from(image);
  outside.writeBigUInt64LE(1_000_064n, 65_536);
  refused(outside, /at sector 1000064/);
});

test('a damaged image is an image or a BadImage', () => {
  const image = imageOf(randomBytes(3 * GRAIN), MB);
  fc.assert(fc.property(fc.nat(image.length - 1), fc.uint8Array({ minLength: 1, maxLength: 24 }), fc.integer({ min: 1, max: 70_000 }), (at, bytes, step) => {
    const damaged = Buffer.from(image);
    damaged.set(bytes.subarray(0, image.length - at), at);
    try {
      read(damaged, step);
    } catch (error) {
      assert.ok(error instanceof BadImage, String(error));
    }
  }), { numRuns: 300, seed: 7 });
});
