// What DHCP servers hand out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_RANGE, freeAddress, leaseFor, parseDhcp, toAddress, toNumber } from './dhcp.ts';

const text = (range: { first: number; last: number; prefix: number }) => `${toAddress(range.first)} ${toAddress(range.last)} /${range.prefix}`;

test('ranges are read in all their forms', () => {
  assert.equal(text(parseDhcp('127.0.20.0/24')), '127.0.20.1 127.0.20.253 /24');
  assert.equal(text(parseDhcp('10.0.0.10-20')), '10.0.0.10 10.0.0.20 /24');
  assert.equal(text(parseDhcp('10.0.0.250-10.0.1.5')), '10.0.0.250 10.0.1.5 /23');
  for (const wrong of ['10.0.0.0/31', '10.0.0.0/33', '10.0.0.9-8', 'x', '10.0.0.1']) assert.throws(() => parseDhcp(wrong), TypeError, wrong);
});

test('every address of a range is handed out once, and then none', () => {
  const range = parseDhcp('10.0.0.10-20');
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
    const used = new Set<string>();
    for (let i = 0; i < 11; i++) used.add(freeAddress(range, seed, (one) => used.has(one))!);
    assert.deepEqual([...used].sort(), Array.from({ length: 11 }, (_, i) => `10.0.0.${i + 10}`));
    assert.equal(freeAddress(range, seed, (one) => used.has(one)), undefined);
  }));
});

test('a lease has the gateway and mask of the network it lies in; the default can be reached on this machine', () => {
  assert.deepEqual(leaseFor('127.0.20.7', parseDhcp('127.0.20.0/24')), {
    address: '127.0.20.7', prefix: 24, mask: '255.255.255.0', gateway: '127.0.20.254', dns: ['10.118.81.1', '10.118.81.2'],
  });
  // A fixed address outside the range.
  const fixed = leaseFor('10.17.109.23', parseDhcp(DEFAULT_RANGE));
  assert.deepEqual([fixed.mask, fixed.gateway], ['255.255.252.0', '10.17.111.254']);
  assert.equal(Math.floor(toNumber(freeAddress(parseDhcp(DEFAULT_RANGE), 1, () => false)!) / 2 ** 24), 127);
});
