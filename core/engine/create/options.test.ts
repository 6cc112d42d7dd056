import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aliasesOf, optionsOf } from './create.testing.ts';
import { Issues, readContainerNetworks, readDatastore, readName, readShares, readVolumeStores, type CreateOptions } from './options.ts';
import { checkCreateOptions } from './plan.ts';

/** What is wrong with the options: every problem must name a flag and show a way out. */
function problems(more: Partial<CreateOptions>): string[] {
  const issues = checkCreateOptions(optionsOf(more));
  for (const issue of issues) {
    assert.match(issue.flag ?? '', /^--[a-z-]+$/, issue.what);
    assert.ok(issue.example ?? issue.valid, `no way out of: ${issue.what}`);
  }
  return issues.map(({ what }) => what);
}

const networks = ['net', 'other:alias'];

test('what the options alone say is told without a server: the wrong value, the flag, a value that would do', () => {
  const cases: readonly [Partial<CreateOptions>, readonly string[]][] = [
    [{}, []],
    [{ name: '' }, ['is empty']],
    [{ name: 'x'.repeat(32) }, [`"${'x'.repeat(32)}" has 32 characters, at most 31`]],
    [{ name: 'x'.repeat(31) }, []],
    [{ name: 'a/b' }, ['"a/b"']],
    [{ name: '..' }, ['".."']],
    [{ name: ' vch' }, ['" vch"']],
    [{ imageStore: 'nfs://ds1' }, ['scheme "nfs"']],
    [{ imageStore: 'ds1/../x' }, ['leads out']],
    [{ imageStore: 'ds€' }, ['"ds€"']],
    [{ imageStore: 'ds1/€' }, ['"ds1/€"']],
    [{ imageStore: 'ds://' }, ['names no datastore']],
    [{ volumeStores: ['ds1'] }, ['"ds1" has no label']],
    [{ volumeStores: ['ds1:'] }, ['"ds1:" has no label']],
    [{ volumeStores: ['ds1:a', 'ds1/x:a'] }, ['"a" is given twice']],
    [{ volumeStores: ['ds1:a|b'] }, ['"a|b"']],
    [{ volumeStores: ['ds1:a', 'ds1/x:b', 'ds://ds1/y:c'] }, []],
    [{ bridgeNetworkRange: '10.0.0.0' }, ['"10.0.0.0"']],
    [{ bridgeNetworkRange: '10.0.0.0/17' }, ['"10.0.0.0/17" is too small']],
    [{ bridgeNetworkRange: '10.0.0.0/16' }, []],
    [{ containerNetworks: ['a:b:c'] }, ['"a:b:c"']],
    [{ containerNetworks: [':x'] }, ['":x"']],
    [{ containerNetworks: ['x:'] }, ['"x:"']],
    [{ containerNetworks: ['a:bridge'] }, ['"bridge"']],
    [{ containerNetworks: ['a:x', 'b:x'] }, ['"x" is given twice']],
    [{ containerNetworks: ['a:x', 'a:y'] }, ['"a" is given twice']],
    [{ containerNetworks: networks, containerNetworkGateways: ['net:10.0.0.1'] }, ['"net:10.0.0.1"']],
    [{ containerNetworks: networks, containerNetworkGateways: ['nosuch:10.0.0.1/24'] }, ['"nosuch"']],
    [{ containerNetworks: networks, containerNetworkGateways: ['net:10.0.0.1/24', 'net:10.0.0.2/24'] }, ['2 gateways']],
    [{ containerNetworks: networks, containerNetworkGateways: ['10.0.0.1/24'] }, ['"10.0.0.1/24"']],
    [{ containerNetworks: networks, containerNetworkRanges: ['net:10.0.0.9-1'] }, ['"net:10.0.0.9-1"']],
    [{ containerNetworks: networks, containerNetworkDns: ['net:dns.example.com'] }, ['"net:dns.example.com"']],
    [{ containerNetworks: networks, containerNetworkDns: ['net:'] }, ['"net:"']],
    [{ memory: { reservation: -1, limit: 0, shares: '' } }, ['--pool-memory-reservation -1']],
    [{ memory: { reservation: 5000, limit: 4000, shares: '' } }, ['5000 is more than the limit of 4000']],
    [{ memory: { reservation: 0, limit: 200, shares: '' } }, ['--pool-memory-limit 200']],
    [{ cpu: { reservation: 0, limit: -2, shares: 'wrong' } }, ['--pool-cpu-limit -2', '"wrong"']],
    [{ applianceMemory: 256 }, ['--appliance-memory 256']],
    [{ applianceMemory: 4096, applianceCpu: 4 }, []],
    [{ applianceMemory: 1025 }, ['--appliance-memory 1025']],
    [{ applianceCpu: 0 }, ['--appliance-cpu 0']],
    [{ name: '', bridgeNetworkRange: 'x', volumeStores: ['y'], applianceCpu: 0 }, ['--appliance-cpu', 'is empty', '"x"', '"y"']],
  ];
  for (const [more, wanted] of cases) {
    const found = problems(more);
    assert.equal(found.length, wanted.length, `${JSON.stringify(more)}: ${found.join('; ')}`);
    for (const text of wanted) assert.ok(found.some((what) => what.includes(text)), `${text} in: ${found.join('; ')}`);
  }
});

test('datastores: every form means a datastore and a path', () => {
  const read = (text: string): unknown => readDatastore(text, '--image-store', new Issues());
  for (const text of ['LocalDS_0/images/xyz', 'ds://LocalDS_0/images/xyz', 'LocalDS_0//images/./xyz/', 'DS://LocalDS_0/images/xyz']) assert.deepEqual(read(text), { datastore: 'LocalDS_0', path: 'images/xyz' }, text);
  assert.deepEqual(read('my store (1).x'), { datastore: 'my store (1).x', path: '' });
});

test('whatever the text, reading it gives a value or an issue, and never throws', () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const issues = new Issues();
    assert.equal(readDatastore(text, '--image-store', issues) === undefined, issues.all.length > 0);
    readName(text, issues);
    readShares(text, '--pool-cpu-shares', issues);
    const stores = new Issues();
    assert.equal(readVolumeStores([text], stores).length + stores.all.length, 1);
    const given = new Issues();
    const found = readContainerNetworks(optionsOf({ containerNetworks: [text], containerNetworkGateways: [`${text}:${text}`] }), given);
    assert.ok(found.length + given.all.length > 0);
  }));
});

test('shares: words in any case, or a number', () => {
  const read = (text: string): unknown => readShares(text, '--pool-cpu-shares', new Issues());
  assert.deepEqual(['', 'normal', 'HIGH', 'Low', '4000'].map(read), ['normal', 'normal', 'high', 'low', 4000]);
});

test('container networks: what is said of a network belongs to it, in order', () => {
  const found = readContainerNetworks(
    optionsOf({ containerNetworks: networks, containerNetworkGateways: ['other:10.1.0.1/16'], containerNetworkRanges: ['net:10.0.0.1-5', 'net:10.0.0.8-9', 'other:10.1.0.0/24'], containerNetworkDns: ['other:8.8.8.8', 'other:9.9.9.9'] }),
    new Issues(),
  );
  assert.deepEqual(aliasesOf(found), [['net', 'net', undefined, ['10.0.0.1-5', '10.0.0.8-9'], 0], ['other', 'alias', 16, ['10.1.0.0/24'], 2]]);
});
