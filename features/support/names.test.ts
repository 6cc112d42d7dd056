import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { namesOf, SAME_NAMES } from './names.ts';

test('a name is translated where it stands by itself, and not inside of another', () => {
  const { there, here } = namesOf({ DC0: 'ct7-DC0', DC: 'ct7-DC' });
  const said = 'user:p@host/DC0 /DC0/host/DC0_C0/Resources [ds] DC0/x dcPath=DC0&dsName=ds "DC" DC0. MyDC0 DC0-old esx.DC0';
  const meant = 'user:p@host/ct7-DC0 /ct7-DC0/host/DC0_C0/Resources [ds] ct7-DC0/x dcPath=ct7-DC0&dsName=ds "ct7-DC" ct7-DC0. MyDC0 DC0-old esx.DC0';
  assert.equal(there(said), meant);
  assert.equal(here(meant), said);
});

test('names with characters of patterns are taken literally', () => {
  const { there } = namesOf({ 'a.b (c)': 'x' });
  assert.equal(there('/a.b (c)/vm /aXb (c)/vm'), '/x/vm /aXb (c)/vm');
});

test('what is called the same needs no translation, and two of one name are refused', () => {
  assert.equal(namesOf({ DC0: 'DC0' }), SAME_NAMES);
  assert.throws(() => namesOf({ east: 'x', west: 'x' }), /called the same/);
});

test('there and back again is the same text', () => {
  const { there, here } = namesOf({ DC0: 'ct-DC0', east: 'ct-east', 'east-2': 'ct-east-2' });
  const word = fc.constantFrom('DC0', 'east', 'east-2', 'DC0_C0', '/', ' ', '-', 'x', '"', '&', '\n');
  fc.assert(fc.property(fc.array(word), (words) => {
    const text = words.join('');
    assert.equal(here(there(text)), text);
  }));
});
