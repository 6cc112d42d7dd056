// createSimulator: puts a whole simulated vSphere together. In process, `handleSoap` is all of it; `listen` adds HTTPS.
import { randomUUID } from 'node:crypto';
import { versionOf, versions } from '../core/vim25/index.ts';
import { fetchProperty } from './collector/retrieve.ts';
import { CallLog, type CallCount, type CallRecord } from './dispatch/call-log.ts';
import { Registry } from './dispatch/define.ts';
import { DelayRules, type Delay, type DelayOptions } from './dispatch/delay-rules.ts';
import { FaultRules, type FaultRule, type StandingRule } from './dispatch/fault-rules.ts';
import { RightsOfSessions } from './dispatch/rights.ts';
import { Sessions, type Credentials } from './dispatch/sessions.ts';
import type { Product, SigningPair, Simulation } from './dispatch/simulation.ts';
import { Tasks } from './dispatch/tasks.ts';
import { Tickets } from './dispatch/tickets.ts';
import { makeDelays } from './endpoints/delays.ts';
import { Recorder } from './events/recorder.ts';
import { eventRules } from './events/rules.ts';
import { notedFiles } from './endpoints/noted-files.ts';
import { filesEndpoint, type HandleFiles } from './endpoints/datastore-files.ts';
import { restEndpoint, type HandleRest } from './endpoints/rest.ts';
import { isViJsonUrl, viJsonEndpoint } from './endpoints/vi-json.ts';
import { soapEndpoint, type HandleSoap, type Trace } from './endpoints/soap.ts';
import type { HandleSso } from './endpoints/sso.ts';
import { setBootRule, type BootRule } from './appliance/boot-rules.ts';
import type { HandleService } from './appliance/services.ts';
import { watchAppliances } from './appliance/watch.ts';
import { buildInventory } from './inventory/build.ts';
import { nameHostsByPort, nameSignOn } from './inventory/host-addresses.ts';
import { DEFAULT_MODEL, type Model } from './inventory/model.ts';
import { aboutInfo, createServiceObjects, wellKnownObjects } from './inventory/service-content.ts';
import { actFor } from './objects/alarms/actions.ts';
import { reactToChanges } from './objects/alarms/react.ts';
import { forgetEntities } from './objects/crypto/providers.ts';
import { definitions } from './objects/index.ts';
import { resumeLeases } from './objects/ovf/leases.ts';
import { noteHistory } from './objects/performance/history.ts';
import { followScheduledTasks, resumeScheduledTasks } from './objects/scheduled-tasks/runs.ts';
import { followSessions, writeSessionList } from './objects/session-manager.ts';
import { dropTemplates } from './rest/library/objects.ts';
import { dropAssociations } from './rest/tagging/objects.ts';
import type { Clock } from './runtime/clock.ts';
import { Log, type LogSink } from './runtime/log.ts';
import { hash, Random } from './runtime/random.ts';
import { SimClock } from './runtime/sim-clock.ts';
import { interruptTasks, whenKept } from './state/resume.ts';
import type { State, WorldFacts } from './state/state.ts';
import { Store, type Snapshot } from './store/store.ts';
import type { Transaction } from './store/transaction.ts';
import type { ServingAppliances } from './transports/appliances.ts';
import type { ListenOptions, Listening } from './transports/http.ts';

export type { BootRule, CallCount, CallRecord, Clock, Credentials, Delay, DelayOptions, FaultRule, FaultRules, HandleFiles, HandleRest, HandleService, HandleSoap, HandleSso, Listening, ListenOptions, LogSink, Model, Product, Simulation, Snapshot, StandingRule, Trace };
export { CallLog } from './dispatch/call-log.ts';
export { DelayRules } from './dispatch/delay-rules.ts';
export { ManualClock, systemClock } from './runtime/clock.ts';
export { SimClock, type ClockState } from './runtime/sim-clock.ts';

export interface SimulatorOptions {
  /** 'vcenter' unless given. */
  readonly product?: Product;
  /** How many of each thing, as vcsim's flags count; vcsim's defaults for what is not given. */
  readonly model?: Partial<Model>;
  /** Fills the world instead of `model`, in the transaction that makes the service objects; creates the root folder too. */
  readonly populate?: (sim: Simulation, tx: Transaction) => void;
  /** Same seed, same world and same ids. */
  readonly seed?: number;
  /** The machine's time unless given; a `new SimClock({ rate: 60 })` runs faster, stands still or is stepped. */
  readonly clock?: Clock;
  readonly log?: LogSink;
  /** The accepted pair; any non-empty pair when absent. */
  readonly credentials?: Partial<Credentials>;
  /** Newest vim25 version that is spoken, '8.0.3.0' unless given. */
  readonly apiVersion?: string;
  /** What the server says of itself, where a world was loaded that said it. */
  readonly about?: Simulation['about'];
  readonly delays?: DelayOptions;
  /** Minutes without a call after which a session is over; 30 as vCenter's. */
  readonly idleMinutes?: number;
  /** The key by which tokens are signed; one of its own, made at its first use, unless given. */
  readonly signing?: () => Promise<SigningPair>;
  /** Finished tasks that stay readable. */
  readonly keepTasks?: number;
  /** Events that stay readable; 10,000 unless given. */
  readonly keepEvents?: number;
  /** Freezes committed values: writes to shared values throw. For tests. */
  readonly freeze?: boolean;
  readonly trace?: Trace;
  /** Where the world is kept (State.open of 'vic-testbed/simulator/state'); who opened it closes it. The world that is in it wins over `model` and `populate`. */
  readonly state?: State;
  /** Where calls are noted; one of its own unless given. */
  readonly calls?: CallLog;
  /** Trouble from the start; forks begin with it, too. */
  readonly faults?: readonly FaultRule[];
}

export interface Simulator {
  readonly sim: Simulation;
  readonly store: Store;
  readonly clock: Clock;
  /** The last calls of clients, their counts, and a stream of those to come. */
  readonly calls: CallLog;
  /** How long calls and the work of tasks take from now on. */
  readonly delays: DelayRules;
  /** SOAP bytes in, SOAP bytes out: what every transport calls. */
  readonly handleSoap: HandleSoap;
  /** The /folder service: files of datastores over HTTP, without sockets. */
  readonly handleFiles: HandleFiles;
  /** The Docker API and vicadmin of simulated appliances, without sockets. */
  readonly handleService: HandleService;
  /** /rest and /api, the vSphere Automation API, without sockets. */
  readonly handleRest: HandleRest;
  /** The single sign-on services (/sts, /lookupservice, /sso-adminserver), without sockets. Answers for a vCenter only. */
  readonly handleSso: HandleSso;
  /** The world as it is; sessions are not part of it. */
  snapshot(): Snapshot;
  /** Goes back to a snapshot. Unfinished tasks are dropped; sessions and their filters stay and see the change. */
  restore(snapshot: Snapshot): void;
  /** Goes back to the world as it was built. */
  reset(): void;
  /** An independent simulator with the same world and nobody logged in; its clock goes on from the same time, and is steered by itself. */
  fork(options?: Pick<SimulatorOptions, 'clock' | 'log' | 'trace'>): Simulator;
  /** Says how appliances boot from now on: all, or those of a name. A rule that asks for nothing takes the one before away. */
  setBootRule(rule: BootRule): void;
  /** Trouble by rule: docs/faults.md. */
  readonly faults: FaultRules;
  /** Hosts that are named by the port that is served, and URLs that methods give out, have this one from now on; `listen` says so itself. */
  servedAt(port: number, more?: { readonly thumbprint?: string | undefined; readonly certificate?: string | undefined; readonly host?: string | undefined }): void;
  /** Opens the ports of appliances whose addresses are of the loopback network, from now on; `listen` does so itself. */
  serveAppliances(): Promise<void>;
  /** Serves it over HTTP or HTTPS. */
  listen(options?: ListenOptions): Promise<Listening>;
  /** Writes the world as `govc object.save` does, in the place of what was saved there before; gives the number of objects. */
  save(dir: string): Promise<number>;
  /** Stops every server and ends every session. */
  close(): Promise<void>;
}

/** Builds a simulator. Throws a RangeError when an option has a value that makes no sense. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const registry = new Registry(definitions);
  const store = new Store({
    relations: definitions.flatMap((d) => d.relations),
    rules: definitions.flatMap((d) => d.rules),
    sums: definitions.flatMap((d) => d.sums),
    freeze: options.freeze ?? false,
  });
  const { state } = options;
  if (state?.world) return resume(options, state, registry, store);
  const sim = makeSimulation(options, registry, store);
  store.transaction((tx) => {
    createServiceObjects(sim, tx);
    if (options.populate) options.populate(sim, tx);
    else buildInventory(sim, tx, { ...DEFAULT_MODEL, ...options.model });
  });
  resumeScheduledTasks(sim, sim.clock.now());
  // A failure is told by State.whenBroken, and by every call that would have been answered.
  state?.begin(store, factsOf(options, sim)).catch(() => undefined);
  return assemble(options, sim, store.snapshot());
}

/** Goes on with the world of a state. Sessions are over, and so are tasks that were under way. */
function resume(options: SimulatorOptions, state: State, registry: Registry, store: Store): Simulator {
  const { facts, now, initial } = state.world!;
  const { product, apiVersion, credentials } = facts;
  // Not the same seed: its first numbers are in the world already, as UUIDs.
  const seed = hash(`${facts.seed} resumed at ${now.lastId}`);
  const same = { ...options, product, apiVersion, seed, credentials: { userName: options.credentials?.userName ?? credentials?.userName, password: options.credentials?.password ?? credentials?.password } };
  store.load(now);
  const sim = makeSimulation(same, registry, store, facts.about);
  state.follow(store);
  interruptTasks(store, sim.clock);
  writeSessionList(sim);
  resumeScheduledTasks(sim, sim.clock.now());
  return assemble(same, sim, initial);
}

const factsOf = ({ product = 'vcenter', seed = 1, apiVersion = '8.0.3.0', credentials }: SimulatorOptions, { about }: Simulation): WorldFacts =>
  ({ product, seed, apiVersion, about, ...(credentials ? { credentials } : {}) });

function makeSimulation(options: SimulatorOptions, registry: Registry, store: Store, about?: Simulation['about']): Simulation {
  const { product = 'vcenter', seed = 1, apiVersion = '8.0.3.0' } = options;
  if (!versionOf(apiVersion)) throw new RangeError(`API version "${apiVersion}" is not known. Known: ${apiVersions().join(', ')}`);
  const clock = options.clock ?? new SimClock();
  const log = new Log(options.log);
  const random = new Random(seed);
  const wellKnown = wellKnownObjects(product);
  const rules = new DelayRules(options.delays);
  const delays = makeDelays(rules, clock, random.split());
  const info = about ?? (options.about ? { ...options.about, apiVersion } : aboutInfo(product, random.split(), { apiVersion }));
  const sessions = new Sessions(clock, {
    newKey: randomUUID,
    gate: new RightsOfSessions(store, { product, authorization: wellKnown.authorizationManager, directory: wellKnown.userDirectory, root: wellKnown.rootFolder }),
    root: wellKnown.rootFolder,
    credentials: { userName: options.credentials?.userName, password: options.credentials?.password },
    idleMilliseconds: (options.idleMinutes ?? 30) * 60_000,
  });
  const act = actFor(() => whole);
  const events = new Recorder(clock, { keep: options.keepEvents ?? 10_000, manager: wellKnown.eventManager, rules: eventRules, react: (tx, made) => reactToChanges(tx, made, clock.now(), act) });
  const tasks = new Tasks(store, clock, log, {
    latency: (name) => delays.latency(name),
    steps: (name, latency) => delays.steps(name, latency),
    keep: options.keepTasks ?? 1000,
    prefix: product === 'vcenter' ? 'task' : 'haTask',
    manager: wellKnown.taskManager,
    chain: (tx) => events.reserveKey(tx),
  });
  store.beforeCommit((tx) => {
    noteHistory(tx, clock);
    followScheduledTasks({ events }, tx);
    forgetEntities(tx);
    events.record(tx);
    dropTemplates(tx);
    dropAssociations(tx);
  });
  const tickets = new Tickets(clock, randomUUID);
  const faults = new FaultRules(clock, new Random(hash(`faults of ${seed}`)));
  for (const rule of options.faults ?? []) faults.add(rule);
  const calls = options.calls ?? new CallLog();
  const signing = options.signing ?? keySource(options.state, clock);
  const whole: Simulation = { store, clock, random, log, registry, sessions, tickets, tasks, events, faults, calls, delays: rules, signing, product, about: info, served: {}, wellKnown };
  return whole;
}

/** The key of a state is that of every start: tokens stay good. */
function keySource(state: State | undefined, clock: Clock): () => Promise<SigningPair> {
  const make = async () => (await import('./sso/keys.ts')).makeSigningPair(clock.now());
  let pair: Promise<SigningPair> | undefined;
  return () => (pair ??= state ? state.keep<SigningPair>('signing', () => true, make) : make());
}

/** `served` is the port that hosts named by it have now. */
function assemble(options: SimulatorOptions, sim: Simulation, initial: Snapshot, served?: number): Simulator {
  const { store, clock } = sim;
  const { state } = options;
  const servers = new Set<Listening>();
  followSessions(sim);
  resumeLeases(sim);
  let endGuests = watchAppliances(sim);
  let port = served;
  let appliances: Promise<ServingAppliances> | undefined;
  let services: Promise<HandleService> | undefined;
  let sso: Promise<HandleSso> | undefined;
  const calling = { fetch: fetchProperty, delays: makeDelays(sim.delays, clock, sim.random.split()), trace: options.trace };
  const handleSoap = soapEndpoint(sim, calling);
  const viJson = viJsonEndpoint(sim, calling);
  const rest = notedFiles(sim, restEndpoint(sim));
  const simulator: Simulator = {
    sim,
    store,
    clock,
    calls: sim.calls,
    delays: sim.delays,
    faults: sim.faults,
    handleSoap: whenKept(state, handleSoap),
    handleFiles: whenKept(state, notedFiles(sim, filesEndpoint(sim))),
    handleRest: whenKept(state, (request, caller) => (isViJsonUrl(request.url) ? viJson : rest)(request, caller)),
    handleService: whenKept(state, async (...request) => (await (services ??= import('./appliance/service-endpoint.ts').then(({ serviceEndpoint }) => serviceEndpoint(sim))))(...request)),
    handleSso: whenKept(state, async (...request) => (await (sso ??= import('./endpoints/sso.ts').then(({ ssoEndpoint }) => ssoEndpoint(sim))))(...request)),
    snapshot: () => store.snapshot(),
    restore(snapshot) {
      sim.tasks.abandon();
      endGuests();
      store.restore(snapshot);
      endGuests = watchAppliances(sim);
      dropUnfinishedTasks(store);
      resumeLeases(sim);
      resumeScheduledTasks(sim);
      writeSessionList(sim);
    },
    reset() {
      simulator.restore(initial);
      if (port !== undefined) nameHostsByPort(store, port);
      nameSignOn(sim);
    },
    fork(changes = {}) {
      // Not the parent's seed: its first numbers are in the world already, as UUIDs.
      const { state: _stays, calls: _theirs, ...others } = options;
      const copy = { ...others, signing: sim.signing, seed: hash(`fork of ${options.seed ?? 1} at ${store.ids.last}`), clock: clock instanceof SimClock ? clock.fork() : clock, ...changes };
      const twin = makeSimulation(copy, sim.registry, store.fork(), sim.about);
      dropUnfinishedTasks(twin.store);
      resumeScheduledTasks(twin);
      writeSessionList(twin);
      return assemble(copy, twin, initial, port);
    },
    setBootRule: (rule) => store.transaction((tx) => setBootRule(tx, rule)),
    servedAt(now, { thumbprint, certificate, host } = {}) {
      if (sim.served.port === undefined) {
        Object.assign(sim.served, { port: now, tls: thumbprint !== undefined, thumbprint, certificate, host });
        nameSignOn(sim);
      }
      nameHostsByPort(store, (port ??= now));
    },
    async serveAppliances() {
      await (appliances ??= import('./transports/appliances.ts').then(({ serveAppliances }) => serveAppliances(sim, simulator.handleService)));
    },
    async listen(listenOptions = {}) {
      const { listen } = await import('./transports/http.ts');
      const server = await listen(simulator, listenOptions);
      servers.add(server);
      simulator.servedAt(server.port, server);
      if (listenOptions.appliances ?? true) await simulator.serveAppliances();
      return server;
    },
    async save(dir) {
      return (await import('./saved.ts')).saveWorld(sim, dir);
    },
    async close() {
      endGuests();
      await (await appliances)?.close();
      for (const session of sim.sessions.open()) sim.sessions.end(session);
      await Promise.all([...servers].map((server) => server.close()));
      servers.clear();
    },
  };
  return simulator;
}

/** Tasks that nobody will ever finish: their work belongs to another world. */
function dropUnfinishedTasks(store: Store): void {
  store.transaction((tx) => {
    for (const ref of [...tx.all('Task')]) {
      const state = tx.get(ref, 'info.state');
      if (state === 'queued' || state === 'running') tx.remove(ref);
    }
  });
}

/** What may be given as apiVersion, oldest first. */
export const apiVersions = (): readonly string[] => versions().map(({ api }) => api).filter((api) => /^\d/.test(api));
