// /sim/forks: copies of the world, each served by this process at a port of its own.
import { ok, refuse, type Action, type Forks } from './admin-action.ts';

export function forksAction(forks: Forks | undefined): Action {
  return {
    verbs: ['GET', 'POST', 'DELETE'],
    help: 'lists the forks; serves a copy of the world at another port (?name=&port=, any free one without); closes one (?name=)',
    async run({ method, query }) {
      if (!forks) return refuse(501, 'Nothing is served over the network here: call fork() of the simulator.');
      const { name, port = '0' } = query;
      const names = forks.list().map((fork) => fork.name);
      if (method === 'GET') return ok({ forks: forks.list() });
      if (method === 'DELETE') return name !== undefined && (await forks.close(name)) ? ok({ forks: forks.list() }) : refuse(404, `There is no fork "${name ?? ''}". Forks: ${names.join(', ') || 'none'}`);
      if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) return refuse(400, `port "${port}" makes no sense: 0 to 65535, 0 for any free one.`);
      if (name === '' || (name !== undefined && names.includes(name))) return refuse(409, name === '' ? 'name is empty.' : `There is a fork "${name}" already.`);
      try {
        return { status: 201, body: await forks.open(name ?? freeName(names), Number(port)) };
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === undefined) throw error;
        return refuse(409, code === 'EADDRINUSE' ? `port ${port} is in use: give another, or 0 for any free one.` : message);
      }
    },
  };
}

function freeName(taken: readonly string[]): string {
  let number = 1;
  while (taken.includes(`fork-${number}`)) number += 1;
  return `fork-${number}`;
}
