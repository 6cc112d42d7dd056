// How an event rule is written down: what changed in an object of some type, and which events that makes.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Props } from '../store/object.ts';
import type { Scene } from './scene.ts';

export interface EventRule {
  /** Objects of this type or a subtype. */
  readonly type: string;
  created?(scene: Scene, self: ManagedObjectReference, props: Props): void;
  /** Called when one of `inputs` is another value, or anything when there are none. */
  changed?(scene: Scene, self: ManagedObjectReference, before: Props, after: Props): void;
  removed?(scene: Scene, self: ManagedObjectReference, props: Props): void;
  /** Top-level properties that `changed` looks at; any, when absent. */
  readonly inputs?: readonly string[];
}
