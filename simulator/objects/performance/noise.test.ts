import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Noise, share } from './noise.ts';

const tick = fc.integer({ min: 0, max: 200_000_000 });
const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`);

test('what spans add up to does not depend on how they are cut, nor on what was asked before', () => {
  fc.assert(fc.property(fc.string(), tick, fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 1, max: 9000 }), (name, from, first, second) => {
    const noise = new Noise(name);
    const whole = noise.total(from, from + first + second);
    close(noise.total(from, from + first) + noise.total(from + first, from + first + second), whole);
    close(new Noise(name).total(from, from + first + second), whole);
  }));
});

test('nothing goes below zero', () => {
  fc.assert(fc.property(fc.string(), tick, (name, at) => assert.ok(new Noise(name).total(at, at + 1) > -1)));
});

test('five minutes have a mean of their own, and their samples differ', () => {
  const noise = new Noise('vm');
  const samples = Array.from({ length: 15 }, (_, i) => noise.total(150_000_000 + i, 150_000_001 + i));
  assert.ok(new Set(samples).size > 10);
  assert.notEqual(new Noise('other').total(150_000_000, 150_000_001), samples[0]);
});

test('shares of names are spread', () => {
  const all = Array.from({ length: 200 }, (_, i) => share(`name ${i}`));
  assert.ok(Math.min(...all) < 0.1 && Math.max(...all) > 0.9 && new Set(all).size === 200);
});
