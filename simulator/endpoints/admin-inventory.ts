// /sim/inventory: the world as govc object.save writes it, a line of JSON for each file.
import { savedFiles } from '../inventory/saved/write-saved.ts';
import type { Action, World } from './admin-action.ts';

export function inventoryAction(world: World): Action {
  return {
    verbs: ['GET'],
    help: 'the world in the form of govc object.save, as lines of JSON: {name, content} of each file',
    run: () => ({ status: 200, body: undefined, lines: filesOf(world) }),
  };
}

async function* filesOf({ sim }: World): AsyncGenerator<object> {
  // All of one moment, however slowly it is read.
  yield* [...savedFiles(sim)];
}
