// Endpoints give every scenario a world of its own, record its calls, and say why a world cannot be had.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api } from '../api.ts';
import { endpointOf } from './index.ts';
import { LOOKING, type Endpoint, type Place } from './endpoint.ts';
import { parseTrace, traceText } from './trace.ts';

async function machines({ url, user, password }: Place, operationId?: string): Promise<readonly string[]> {
  const api = new Api(new URL(url), operationId === undefined ? {} : { operationId });
  try {
    await api.login(user, password);
    const found = await api.retrieve(await api.everything(['VirtualMachine']), [{ type: 'VirtualMachine', pathSet: ['name'] }]);
    for (const { obj } of found) if (operationId === undefined) await api.call(obj, 'UnregisterVM');
    return found.map(({ propSet }) => String((propSet![0]!.val as { _value?: unknown })._value ?? propSet![0]!.val));
  } finally {
    api.close();
  }
}

for (const name of ['in-process', 'vicsim']) {
  test(`${name}: every scenario has a world of its own, and its calls are recorded`, async () => {
    const endpoint: Endpoint = endpointOf(name);
    try {
      for (let round = 0; round < 2; round++) {
        const place = await endpoint.prepare('one-vm');
        assert.equal((await machines(place, LOOKING)).length, 1, 'the scenario before took the machine away');
        assert.equal(place.trace(), '');
        await machines(place);
        assert.deepEqual([...place.trace()!.matchAll(/^→ (\w+)/gm)].map(([, method]) => method), ['RetrieveServiceContent', 'Login', 'CreateContainerView', 'RetrievePropertiesEx', 'UnregisterVM']);
        assert.match(place.trace()!, /UnregisterVM[\s\S]*← HTTP 200/);
        assert.doesNotMatch(place.trace()!, new RegExp(place.password.replace('!', '.')));
        await place.close();
      }
      const other = await endpoint.prepare('esxi-simple');
      const api = new Api(new URL(other.url));
      await api.login(other.user, other.password);
      assert.equal(api.content.about.apiType, 'HostAgent');
      api.close();
      await other.close();
    } finally {
      await endpoint.close();
    }
  });
}

test('what is no endpoint is refused with what would be one', () => {
  assert.throws(() => endpointOf('spawn'), /"spawn" is neither in-process, nor vicsim, nor an address/);
  assert.throws(() => endpointOf('http://u:p@host/sdk'), /neither/);
  assert.throws(() => endpointOf('https://host/sdk'), /"host" needs a user and a password/);
});

test('a trace is cut where nobody reads on, and knows vicsim\'s own form', () => {
  const call = (n: number) => ({ method: `M${n}`, request: 'q'.repeat(n), status: 200, reply: '<password>x</password>' });
  const many = traceText(Array.from({ length: 203 }, (_, n) => call(n)));
  assert.match(many, /^… 3 calls before\n→ M3\n/);
  assert.match(traceText([call(7000)]), /… 1000 more characters/);
  const file = '<!-- Login -->\n<a>\n<!-- not a mark -->\n</a>\n<!-- Login: HTTP 500 -->\nfault\n<!-- Logout -->\nb\n<!-- Logout: HTTP 200 -->\nok\n<!-- Cut -->\nhalf';
  assert.deepEqual(parseTrace(file).map(({ method, status, reply }) => [method, status, reply.trim()]), [['Login', 500, 'fault'], ['Logout', 200, 'ok']]);
});
