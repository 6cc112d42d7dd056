// Whatever the pieces in which bytes come and are asked for, they are the same bytes; zeros are only counted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { allocated, BLOCK, BlockWriter, flatten, padded, readBytes, sizeOf } from './blocks.ts';

const piece = fc.record({ size: fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.constantFrom(16_384, 65_536, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK)), byte: fc.constantFrom(0, 0, 7) });

test('bytes come out as they went in', () => {
  fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(), fc.nat(), (pieces, a, b) => {
    const chunks = pieces.map(({ size, byte }) => Buffer.alloc(size, byte));
    const whole = Buffer.concat(chunks);
    const writer = new BlockWriter();
    for (const chunk of chunks) writer.write(chunk);
    assert.equal(writer.size, whole.length);
    const content = writer.end();
    assert.equal(sizeOf(content), whole.length);
    const [start, end] = [a % (whole.length + 1), b % (whole.length + 1)].sort((x, y) => x - y) as [number, number];
    assert.ok(Buffer.concat([...readBytes(content, start, end)]).equals(whole.subarray(start, end)));
    assert.ok(Buffer.concat([...readBytes(content, 0, whole.length)]).equals(whole));
    assert.ok(Buffer.from(flatten(content, 100)).subarray(0, 100).equals(whole.subarray(0, 100)));
    const longer = padded(content, whole.length + 1000);
    assert.ok(Buffer.concat([...readBytes(longer, whole.length, whole.length + 1000)]).equals(Buffer.alloc(1000)));
    assert.ok(allocated(content) <= whole.length);
  }), { numRuns: 60 });
});

test('zeros take no memory', () => {
  const writer = new BlockWriter();
  for (let i = 0; i < 100; i++) writer.write(Buffer.alloc(65_536));
  assert.deepEqual(writer.end(), { size: 6_553_600, blocks: [6_553_600] });
});

test('a file without content reads as zeros of its length', () => {
  assert.deepEqual(Buffer.concat([...readBytes(undefined, 5, BLOCK + 10)]), Buffer.alloc(BLOCK + 5));
});
