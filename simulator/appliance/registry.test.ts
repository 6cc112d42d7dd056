// Names of images.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitReference } from './registry.ts';

test('a reference is a name and a tag', () => {
  const cases: Readonly<Record<string, readonly [string, string]>> = {
    busybox: ['busybox', 'latest'], 'busybox:1.25': ['busybox', '1.25'], 'docker.io/library/nginx:1.11': ['nginx', '1.11'], 'library/redis': ['redis', 'latest'],
    'registry:5000/team/app': ['registry:5000/team/app', 'latest'], 'registry:5000/team/app:2.0-rc1': ['registry:5000/team/app', '2.0-rc1'],
    [`nginx@sha256:${'a'.repeat(64)}`]: ['nginx', 'latest'],
  };
  for (const [reference, [name, tag]] of Object.entries(cases)) assert.deepEqual(splitReference(reference), { name, tag }, reference);
});
