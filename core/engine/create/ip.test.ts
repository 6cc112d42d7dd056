import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { broadcastOf, isHostAddress, isInside, mapped, maskOf, networkOf, overlap, parseIp, parseRange, parseSubnet, toBytes, toNumber } from './ip.ts';

const address = fc.integer({ min: 1, max: 0xffffffff });
const dotted = (value: number): string => [...toBytes(value)].join('.');

test('addresses: only four decimal numbers below 256, not 0.0.0.0', () => {
  fc.assert(fc.property(address, (value) => assert.equal(toNumber(parseIp(dotted(value))!), value)));
  for (const text of ['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.x', '0.0.0.0', '::1', '1.2.3.4 5']) assert.equal(parseIp(text), undefined, text);
});

test('subnets: first and last address enclose the address, and differ by the size', () => {
  fc.assert(fc.property(address, fc.integer({ min: 0, max: 32 }), (value, bits) => {
    const subnet = parseSubnet(`${dotted(value)}/${bits}`)!;
    assert.ok(networkOf(subnet) <= value && value <= broadcastOf(subnet));
    assert.equal(broadcastOf(subnet) - networkOf(subnet) + 1, 2 ** (32 - bits));
    assert.equal(toNumber(maskOf(bits)), 2 ** 32 - 2 ** (32 - bits));
    assert.equal(isHostAddress(subnet), value !== networkOf(subnet) && value !== broadcastOf(subnet));
  }));
  for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0/8', '10.0.0.0/8/8', '/8', 'x/8']) assert.equal(parseSubnet(text), undefined, text);
});

test('ranges: every form means the same addresses; a range that runs backwards is refused', () => {
  fc.assert(fc.property(address, address, (a, b) => {
    const [first, last] = [Math.min(a, b), Math.max(a, b)];
    assert.deepEqual(parseRange(`${dotted(first)}-${dotted(last)}`), { first, last, text: `${dotted(first)}-${dotted(last)}` });
    assert.equal(parseRange(`${dotted(last)}-${dotted(first)}`) === undefined, first !== last);
  }));
  fc.assert(fc.property(address, fc.integer({ min: 0, max: 300 }), (value, end) => {
    const start = value & 255;
    const range = parseRange(`${dotted(value)}-${end}`);
    if (end > start && end < 256) assert.deepEqual([range!.first, range!.last], [value, value - start + end]);
    else assert.equal(range, undefined);
  }));
  const whole = parseRange('10.10.10.32/27')!;
  assert.deepEqual([dotted(whole.first), dotted(whole.last)], ['10.10.10.32', '10.10.10.63']);
  for (const text of ['', '-', '10.10.10.10', '10.10.10.10-', '10.10.10.10-9', '10.10.10.10-10', '10.10.10.10-256', '10.10.10.1-2-3', '10.10.10.0/x']) assert.equal(parseRange(text), undefined, text);
});

test('inside and overlap agree with counting', () => {
  const small = fc.integer({ min: 0, max: 40 });
  const range = fc.tuple(small, small).map(([a, b]) => ({ first: 0x0a000000 + Math.min(a, b), last: 0x0a000000 + Math.max(a, b), text: '' }));
  const members = ({ first, last }: { first: number; last: number }): Set<number> => new Set(Array.from({ length: last - first + 1 }, (_, i) => first + i));
  fc.assert(fc.property(range, range, (a, b) => {
    assert.equal(overlap(a, b), [...members(a)].some((value) => members(b).has(value)));
    assert.equal(overlap(a, b), overlap(b, a));
  }));
  fc.assert(fc.property(range, fc.integer({ min: 26, max: 32 }), (a, bits) => {
    const subnet = parseSubnet(`10.0.0.1/${bits}`)!;
    assert.equal(isInside(a, subnet), [...members(a)].every((value) => value >= networkOf(subnet) && value <= broadcastOf(subnet)));
  }));
});

test('the 16-byte form of an address', () => {
  assert.equal(Buffer.from(mapped(parseIp('10.17.109.23')!)).toString('base64'), 'AAAAAAAAAAAAAP//ChFtFw==');
});
