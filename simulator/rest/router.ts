// Finds the route of a request: the most literal path wins, then the action. Says which actions there are.
import { RestError, type Dialect } from './errors.ts';
import type { Route } from './route.ts';

interface Node {
  readonly literal: Map<string, Node>;
  variable?: Node;
  readonly routes: { readonly route: Route; readonly names: readonly string[] }[];
}

export interface Found {
  readonly route: Route;
  readonly variables: Readonly<Record<string, string>>;
}

const empty = (): Node => ({ literal: new Map(), routes: [] });

/** The routes of one dialect as a tree of path segments. */
export class Router {
  private readonly root = empty();
  private readonly dialect: Dialect;

  constructor(dialect: Dialect, routes: readonly Route[]) {
    this.dialect = dialect;
    for (const route of routes) {
      const path = route[dialect];
      if (path === undefined) continue;
      const names: string[] = [];
      let node = this.root;
      for (const step of path.split('/').slice(1)) {
        const name = /^\{(.+)\}$/.exec(step)?.[1];
        if (name !== undefined) names.push(name);
        const next = name === undefined ? (node.literal.get(step) ?? empty()) : (node.variable ?? empty());
        if (name === undefined) node.literal.set(step, next);
        else node.variable = next;
        node = next;
      }
      node.routes.push({ route, names });
    }
  }

  /** Throws NOT_FOUND for an unknown path, OPERATION_NOT_FOUND for a known path with another verb or action. */
  find(verb: string, path: string, action: string | undefined): Found {
    const reached = this.walk(this.root, path.split('/').slice(1), []);
    if (!reached) throw new RestError('NOT_FOUND', `vicsim has nothing at /${this.dialect}${path}.`, 'com.vmware.vapi.rest.httpNotFound');
    const { node, values } = reached;
    const found = node.routes.find(({ route }) => route.verb === verb && route.action === action);
    if (!found) {
      const there = node.routes.map(({ route }) => `${route.verb}${route.action === undefined ? '' : ` with ${this.dialect === 'rest' ? '~' : ''}action=${route.action}`}`);
      throw new RestError('OPERATION_NOT_FOUND', `${verb} /${this.dialect}${path}${action === undefined ? '' : ` with action ${action}`} does not exist. There are: ${there.join(', ')}.`, 'com.vmware.vapi.rest.operationNotFound');
    }
    return { route: found.route, variables: Object.fromEntries(found.names.map((name, i) => [name, values[i]!])) };
  }

  private walk(node: Node, steps: readonly string[], values: readonly string[]): { readonly node: Node; readonly values: readonly string[] } | undefined {
    const [step, ...rest] = steps;
    if (step === undefined) return node.routes.length > 0 ? { node, values } : undefined;
    const literal = node.literal.get(step);
    const there = literal && this.walk(literal, rest, values);
    if (there) return there;
    return node.variable && step !== '' ? this.walk(node.variable, rest, [...values, valueOf(step)]) : undefined;
  }
}

/** /rest marks some ids with "id:". Throws INVALID_REQUEST for a broken escape. */
function valueOf(step: string): string {
  try {
    return decodeURIComponent(step).replace(/^id:/, '');
  } catch {
    throw new RestError('INVALID_REQUEST', `The path has a broken escape: ${step}.`);
  }
}
