// What can be done with a state directory while nobody serves it: look whether it is whole, give space back, write it out.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isReference } from './references.ts';
import { State } from './state.ts';

export interface Finding {
  readonly objects: number;
  readonly version: number;
  readonly bytes: number;
  /** What does not fit together, one line each. */
  readonly problems: readonly string[];
}

/** Reads the whole world and follows every reference in it. Throws a StateError when it cannot be read. */
export async function checkState(dir: string): Promise<Finding> {
  const state = await State.open(dir, { create: false });
  try {
    const objects = state.world?.now.objects ?? new Map<string, never>();
    const problems: string[] = state.world ? [] : ['there is no world in it yet'];
    for (const { ref, props } of objects.values()) {
      if (ref.type.startsWith('_')) continue;
      for (const [name, value] of Object.entries(props)) {
        if (name.startsWith('_') || PAST.has(name)) continue;
        for (const target of referencesIn(value)) {
          if (ref.type === 'Task' || objects.has(target.value)) continue;
          problems.push(`${ref.type}:${ref.value}.${name} names ${target.type}:${target.value}, which is not there`);
        }
      }
    }
    return { objects: objects.size, version: state.world?.now.version ?? 0, bytes: sizeOf(dir), problems };
  } finally {
    await state.close();
  }
}

/** Properties that tell of what was, as tasks do: the objects may be gone by now. */
const PAST: ReadonlySet<string> = new Set(['latestEvent', 'actionHistory', 'migrationHistory', 'drsFault']);

/** Rewrites the files without what is no longer so; says how many bytes there were and are. */
export async function compactState(dir: string): Promise<{ readonly before: number; readonly after: number }> {
  const before = sizeOf(dir);
  const state = await State.open(dir, { create: false });
  try {
    await state.compact();
  } finally {
    await state.close();
  }
  return { before, after: sizeOf(dir) };
}

/** Every object as a line of JSON, oldest first; bytes are base64. Properties of the simulator's own begin with "_". */
export async function* exportState(dir: string): AsyncIterable<string> {
  const state = await State.open(dir, { create: false });
  try {
    for (const { ref, props } of state.world?.now.objects.values() ?? []) yield JSON.stringify({ type: ref.type, id: ref.value, properties: props }, plain);
  } finally {
    await state.close();
  }
}

const plain = (_key: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  // A Buffer has been turned into this before it comes here.
  const buffer = value as { type?: unknown; data?: unknown } | null;
  return typeof value === 'object' && buffer?.type === 'Buffer' && Array.isArray(buffer.data) ? Buffer.from(buffer.data as number[]).toString('base64') : value;
};

function* referencesIn(value: unknown): Iterable<{ readonly type: string; readonly value: string }> {
  if (typeof value !== 'object' || value === null || value instanceof Date || ArrayBuffer.isView(value)) return;
  if (isReference(value)) yield value;
  else for (const child of Object.values(value)) yield* referencesIn(child);
}

const sizeOf = (dir: string): number => readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
