// One scenario's world: its endpoint, its client, what it ran and called last, and how things were before.
import { World, setWorldConstructor, type IWorldOptions } from '@cucumber/cucumber';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument, type ScalarTag } from 'yaml';
import { Fault, plain, type ManagedObjectReference, type UpdateSet } from '../../core/vim25/index.ts';
import { Api } from './api.ts';
import { applianceId, clientAddress, managementAddress } from './appliances.ts';
import { LOOKING, type Needs, type Place } from './endpoints/endpoint.ts';
import { projectFile } from './endpoints/worlds.ts';
import { meant } from './made-up.ts';
import { SAME_NAMES } from './names.ts';
import { note } from './notes.ts';
import { finished, observe, TaskFailure, type Observation } from './observe.ts';
import { endpointFor, subjectFor, type Parameters } from './parameters.ts';
import type { Run, Subject } from './subjects/subject.ts';

/** A run of the subject in a scenario. */
export interface ScenarioRun extends Run {
  /** The arguments, from the command's name on. */
  readonly argv: readonly string[];
}

/** How the last call ended. */
export type Outcome = { readonly result: unknown } | { readonly fault: { readonly _type: string }; readonly message: string };

/** In the place of a fault's type: no answer came, or only a part of one. */
export const BROKEN = '(connection broken)';

const ISOS: readonly string[] = ['appliance.iso', 'bootstrap.iso'];

export class Testbed extends World<Parameters> {
  place: Place | undefined;
  api!: Api;
  run: ScenarioRun | undefined;
  readonly subject: Subject;
  /** Environment of the runs that follow. */
  readonly environment: Record<string, string> = {};
  /** Set when a run or a failed call was looked at by a step: what nobody checks fails the scenario. */
  checked = true;
  outcome: Outcome | undefined;
  before: Observation | undefined;
  watch: { collector: ManagedObjectReference; version: string } | undefined;
  private folder: string | undefined;
  private looker: Promise<Api> | undefined;
  /** What steps kept of results, by the name they gave it. */
  readonly kept = new Map<string, string>();
  httpStatus = 0;
  httpBody = '';

  constructor(options: IWorldOptions<Parameters>) {
    super(options);
    this.subject = subjectFor(options.parameters);
  }

  /**
   * Opens a fresh copy of a named world and logs in; a scenario that names another world leaves the one of its background.
   * Says 'skipped' where the endpoint cannot have that world.
   */
  async open(name: string, needs: Needs = {}): Promise<'skipped' | undefined> {
    await this.leave();
    await this.place?.close();
    const endpoint = endpointFor(this.parameters);
    const obstacle = await endpoint.obstacle(name);
    if (obstacle !== undefined) return this.skipFor(obstacle);
    await this.goTo(await endpoint.prepare(name, needs));
    return undefined;
  }

  /** Goes on at another place, with a client of its own there. */
  async goTo(place: Place): Promise<void> {
    await this.leave();
    this.place = place;
    this.before = undefined;
    this.api = new Api(new URL(place.url), place);
    await this.api.login(place.user, place.password);
  }

  /** Runs the subject, and keeps how it ended. Says 'skipped' where it cannot be run so. */
  async runSubject(argv: readonly string[], typed?: string, times = 1): Promise<'skipped' | undefined> {
    await this.lookFirst();
    this.mustBeChecked();
    const { there, here } = this.place?.names ?? SAME_NAMES;
    const environment = Object.fromEntries(Object.entries(this.environment).map(([name, value]) => [name, there(value)]));
    const circumstances = { directory: await this.directory(), environment, typed };
    const obstacle = this.place?.unable?.(argv) ?? (await this.subject.obstacle(circumstances));
    if (obstacle !== undefined) return this.skipFor(obstacle);
    const runs = await Promise.all(Array.from({ length: times }, () => this.subject.run(argv.map(there), circumstances)));
    const kept = runs.map(({ stdout, stderr, ...end }) => ({ argv, ...end, stdout: here(stdout), stderr: here(stderr) }));
    for (const one of kept) note(this, 'run', one);
    this.run = { ...kept[0]!, code: Math.min(...kept.map(({ code }) => code)), stdout: kept.map(({ stdout }) => stdout).join(''), stderr: kept.map(({ stderr }) => stderr).join('') };
    this.checked = false;
    return undefined;
  }

  /** Why a scene cannot be set here: another server may lack a method or an account that ours has. */
  get lacking(): string | undefined {
    const { outcome } = this;
    if (!this.place?.shared || !outcome || !('fault' in outcome)) return undefined;
    this.checked = true;
    return outcome.message;
  }

  /** Ends the scenario here, with the reason in the report. */
  skipFor(reason: string): 'skipped' {
    note(this, 'skipped', { reason });
    return 'skipped';
  }

  /** Where commands run: a directory of the scenario's own, with the two ISO files that create needs. */
  async directory(): Promise<string> {
    if (this.folder === undefined) {
      this.folder = await mkdtemp(join(tmpdir(), 'vic-testbed-'));
      for (const name of ISOS) await writeFile(join(this.folder, name), `${name} of a test\n`);
    }
    return this.folder;
  }

  /** What commands wrote there. */
  async written(): Promise<readonly string[]> {
    return (await readdir(await this.directory())).filter((name) => !ISOS.includes(name) && !this.subject.litter.includes(name)).sort();
  }

  /** Remembers how things are, once, before the first thing a scenario does. */
  async lookFirst(): Promise<void> {
    if (this.place && !this.before && this.api.cookie !== undefined) this.before = await observe(await this.observer());
  }

  /** A client of its own, so that looking works even when the scenario's session is gone. */
  observer(): Promise<Api> {
    return (this.looker ??= this.logInAgain());
  }

  private async logInAgain(): Promise<Api> {
    const { url, user, password } = this.place!;
    const api = new Api(new URL(url), { ...this.place!, operationId: LOOKING });
    await api.login(user, password);
    return api;
  }

  /** The reference that a step's name for an object means. */
  async find(given: string): Promise<ManagedObjectReference> {
    const name = this.withKept(given);
    if (/^[A-Za-z]+:/.test(name)) {
      const colon = name.indexOf(':');
      return { type: name.slice(0, colon), value: name.slice(colon + 1) };
    }
    const known = (this.api.content as unknown as Record<string, unknown>)[name];
    if (known) return known as ManagedObjectReference;
    const seen = await observe(await this.observer());
    const label = name.startsWith('[') ? [...seen.refOf].find(([, ref]) => ref.type === 'Datastore' && `[${seen.pathOf.get(ref.value)!.split('/').at(-1)}]` === name)?.[0] : meant(name, seen.refOf.keys());
    const ref = label === undefined ? undefined : seen.refOf.get(label);
    if (!ref) throw new Error(`there is no "${name}" in this world; there are: ${[...seen.refOf.keys()].join(', ')}`);
    return ref;
  }

  /** The text with what was kept in the place of `<kept NAME>`. */
  private withKept(text: string): string {
    return text.replace(/<kept ([^>]+)>/g, (_, name: string) => {
      const value = this.kept.get(name);
      if (value === undefined) throw new Error(`nothing was kept as "${name}"`);
      return value;
    });
  }

  /** The text with `<kept NAME>`, `<address of VCH>`, `<management address of VCH>`, `<id of VCH>` and `<reference of /path>` filled in. */
  async filled(text: string): Promise<string> {
    const facts: Readonly<Record<string, (name: string) => Promise<string>>> = {
      address: (name) => clientAddress(this, name),
      'management address': (name) => managementAddress(this, name),
      id: (name) => applianceId(this, name),
      reference: async (name) => Object.values(await this.find(name)).join(':'),
    };
    let filled = this.withKept(text);
    for (const [whole, fact = '', name = ''] of filled.matchAll(/<((?:management )?address|id|reference) of ([^>]+)>/g)) filled = filled.replaceAll(whole, await facts[fact]!(name));
    return filled;
  }

  /** YAML with !ref, !date and !user, and with what `filled` fills in. */
  async values(yaml: string): Promise<unknown> {
    const text = await this.filled(yaml);
    const names = [...text.matchAll(/!ref\s+("[^"]*"|[^\s,}\]]+)/g)].map(([, name]) => name!.replaceAll('"', ''));
    const refs = new Map<string, ManagedObjectReference>();
    for (const name of names) refs.set(name, await this.find(name));
    const customTags: ScalarTag[] = [
      { tag: '!ref', resolve: (name: string) => refs.get(name) },
      { tag: '!date', resolve: (name: string) => new Date(name) },
      { tag: '!user', resolve: () => this.place!.user },
      { tag: '!file', resolve: (path: string) => readFileSync(projectFile(path), 'utf8') },
    ];
    const document = parseDocument(text, { customTags });
    if (document.errors.length > 0) throw document.errors[0]!;
    return document.toJS();
  }

  /** Calls a method; a task is waited for. Keeps how it ended. */
  async call(method: string, self: ManagedObjectReference, args: Readonly<Record<string, unknown>>): Promise<void> {
    await this.lookFirst();
    this.place?.touch?.();
    await this.attempt(async () => {
      const result = await this.api.call(self, method, args);
      return method.endsWith('_Task') ? finished(this.api, result as ManagedObjectReference) : result;
    });
  }

  /** Waits through the property collector until an object is as wanted. Throws when it is not within half a minute of silence. */
  async waitFor(obj: ManagedObjectReference, pathSet: readonly string[], holds: (values: ReadonlyMap<string, unknown>) => boolean): Promise<void> {
    const collector = (await this.api.call(this.api.content.propertyCollector, 'CreatePropertyCollector')) as ManagedObjectReference;
    await this.api.call(collector, 'CreateFilter', { spec: { objectSet: [{ obj }], propSet: [{ type: obj.type, pathSet }] }, partialUpdates: false });
    const values = new Map<string, unknown>();
    let version: string | undefined;
    do {
      const set = (await this.api.call(collector, 'WaitForUpdatesEx', { version, options: { maxWaitSeconds: 20 } })) as UpdateSet | undefined;
      if (!set) throw new Error(`${obj.type} ${obj.value} does not become so; it has ${JSON.stringify([...values])}`);
      ({ version } = set);
      for (const { name, val } of set.filterSet?.[0]?.objectSet?.[0]?.changeSet ?? []) values.set(name, plain(val));
    } while (!holds(values));
    await this.api.call(collector, 'DestroyPropertyCollector');
  }

  /** Runs something that may end in a fault, and keeps how it ended. */
  async attempt(work: () => Promise<unknown>): Promise<void> {
    this.mustBeChecked();
    try {
      this.outcome = { result: await work() };
      this.checked = true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') this.outcome = { fault: { _type: BROKEN }, message: (error as Error).message };
      else if (error instanceof Fault || error instanceof TaskFailure) this.outcome = { fault: error.detail as { _type: string }, message: error.message };
      else throw error;
      this.checked = false;
    }
  }

  /** Throws when the last failure was never looked at. */
  mustBeChecked(): void {
    if (this.checked) return;
    const what = this.outcome && 'fault' in this.outcome ? `the call failed with ${this.outcome.fault._type}: ${this.outcome.message}` : this.httpStatus >= 400 ? `the request was refused with ${this.httpStatus}: ${this.httpBody}` : `the command ended with ${this.run?.code}: ${this.run?.stderr}`;
    this.checked = true;
    throw new Error(`${what}, and no step said so`);
  }

  /** Closes the connections to its place. */
  private async leave(): Promise<void> {
    this.api?.close();
    const looker = this.looker;
    this.looker = undefined;
    await looker?.then((api) => api.close(), () => undefined);
  }

  async close(): Promise<void> {
    await this.leave();
    await this.place?.close();
    if (this.folder !== undefined) await rm(this.folder, { recursive: true, force: true });
  }
}

setWorldConstructor(Testbed);
