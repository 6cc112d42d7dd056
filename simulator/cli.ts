// vicsim: from arguments to a running simulator and back. Touches no global of the process: bin.ts hands them in.
import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { redact } from '../core/vim25/redact.ts';
import { helpText, parseFlags, UsageError, type Parsed } from './cli-flags.ts';
import { apiVersions, CallLog, createSimulator, type HandleSoap, systemClock, type Listening, type Model, type Simulator, type SimulatorOptions, type Trace } from './index.ts';
import { Stage } from './stage.ts';
import type { State } from './state/state.ts';
import { clockOf, delaysOf, faultsOf, StartError, text } from './cli-trouble.ts';
import { announce, environmentLine, type Login } from './cli-output.ts';
import { writeWhenRead } from './cli-environment.ts';
import { modelProblem } from './inventory/model.ts';
import { readKeyPair, type KeyPair } from './transports/tls.ts';

export interface Io {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly stdin?: NodeJS.ReadableStream;
  readonly pid: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Aborts when the process is asked to stop. */
  readonly stop: AbortSignal;
}

/** Errors of parts that are loaded when they are needed. */
const EXPECTED = new Set(['StateError', 'AdminError', 'ReplayError', 'LoadError']);

/** Runs the command until it is asked to stop; gives its exit code (0 fine, 1 could not run, 2 wrong usage). */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    if (argv[0] === 'ctl') return await (await import('./ctl/main.ts')).ctlCommand(argv.slice(1), io);
    if (argv[0] === 'replay') return await (await import('./replay/main.ts')).replayCommand(argv.slice(1), io);
    const parsed = parseFlags(argv);
    if (parsed.help) return io.stdout(helpText()), 0;
    const [word, ...more] = parsed.words;
    if (word === 'state') return await (await import('./cli-state.ts')).stateCommand(more, io);
    if (more.length > 0) throw new UsageError(`"${parsed.words.join(' ')}" is too much: one word at most`);
    if (word === 'version') return io.stdout(`vicsim ${packageVersion()}\n`), 0;
    if (word === 'uuidgen') return io.stdout(`${randomUUID()}\n`), 0;
    if (word !== undefined) throw new UsageError(`unknown word "${word}": version, uuidgen, state, ctl, replay, or flags only`);
    return await serve(parsed, io);
  } catch (error) {
    const expected = error instanceof UsageError || error instanceof StartError || (error instanceof Error && EXPECTED.has(error.name));
    io.stderr(`vicsim: ${expected ? error.message : `bug: ${(error as Error).stack ?? String(error)}`}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function serve(parsed: Parsed, io: Io): Promise<number> {
  const address = listenAddress(text(parsed, 'l'));
  const given = tlsOf(parsed);
  if (text(parsed, 'state') === '') return serveWorld(parsed, io, address, given, undefined);
  const { keptPair, openState } = await import('./cli-state.ts');
  const { state, broken } = await openState(text(parsed, 'state'), [...parsed.given].filter((name) => name === 'lab' || name === 'load' || MODEL_FLAGS.includes(name)), io);
  try {
    const tls = given === true ? await keptPair(state) : given;
    return await Promise.race([serveWorld(parsed, io, address, tls, state), broken]);
  } finally {
    await state.close();
  }
}

async function serveWorld(parsed: Parsed, io: Io, address: { readonly host: string; readonly port: number }, tls: boolean | KeyPair, state: State | undefined): Promise<number> {
  const common = { ...commonOptions(parsed, io), ...(state ? { state } : {}) };
  const options = withLogin(parsed, joined(state?.world ? {} : await worldOptions(parsed, io), common));
  const first = create(options);
  const stage: Stage = new Stage(first, async (lab) => {
    const { labOptionsOfText } = await import('./lab.ts');
    const next = createSimulator(withLogin(parsed, joined(await labOptionsOfText(lab, 'lab', seedOf(parsed)), common)));
    next.servedAt(server.port, server);
    return next;
  }, parsed.values.get('appliances') === true);
  stage.wrapSoap(await recorderOf(parsed));
  let server: Listening;
  try {
    const { listen } = await import('./transports/http.ts');
    server = await listen(stage, { ...address, tls, ...(parsed.given.has('admin') ? { admin: parsed.values.get('admin') === true } : {}) });
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, text(parsed, 'l'));
  }
  first.servedAt(server.port, server);
  await stage.open();
  const login = { userName: options.credentials?.userName ?? 'user', password: options.credentials?.password ?? 'pass' };
  try {
    return await run(stage, server, login, parsed, io);
  } finally {
    await Promise.all([server.close(), stage.close()]);
  }
}

/** Where -record has calls written. */
async function recorderOf(parsed: Parsed): Promise<((handle: HandleSoap) => HandleSoap) | undefined> {
  const file = text(parsed, 'record');
  if (file === '') return undefined;
  const { recorded, recordInto } = await import('./replay/recording.ts');
  try {
    const write = recordInto(file);
    return (handle) => recorded(handle, systemClock(), write);
  } catch (error) {
    throw new StartError(`cannot write ${file} (-record): ${(error as Error).message}`);
  }
}

/** What holds for every world wins; fault rules of both hold. */
const joined = (world: SimulatorOptions, common: SimulatorOptions): SimulatorOptions => ({ ...world, ...common, faults: [...(world.faults ?? []), ...(common.faults ?? [])] });

/** A world that its file describes wrongly is the user's to mend. */
function create(options: SimulatorOptions): Simulator {
  try {
    return createSimulator(options);
  } catch (error) {
    if ((error as Error).name === 'DocumentError') throw new StartError((error as Error).message);
    throw error;
  }
}

async function run({ sim }: Stage, server: Listening, login: Login, parsed: Parsed, io: Io): Promise<number> {
  const line = environmentLine(server, login, io.pid);
  const stopped = new Promise<void>((resolve) => {
    if (io.stop.aborted) resolve();
    io.stop.addEventListener('abort', () => resolve(), { once: true });
    if (parsed.values.get('stdinexit') === true) {
      for (const event of ['data', 'end', 'error']) io.stdin?.once(event, () => resolve());
      io.stdin?.resume();
    }
  });
  const file = text(parsed, 'E');
  if (file !== '') offerEnvironment(file, `${line}\n`, io);
  io.stdout(announce(sim, server, login, line));
  await stopped;
  return 0;
}

function offerEnvironment(file: string, content: string, io: Io): void {
  const failed = (error: Error) => new StartError(`cannot write ${file} (-E): ${error.message}`);
  try {
    writeWhenRead(file, content, systemClock(), io.stop, (error) => io.stderr(`vicsim: ${failed(error).message}\n`));
  } catch (error) {
    throw failed(error as Error);
  }
}

/** What holds whatever world is shown. */
function commonOptions(parsed: Parsed, io: Io): SimulatorOptions {
  const apiVersion = text(parsed, 'api-version');
  if (apiVersion !== '' && !apiVersions().includes(apiVersion)) {
    throw new UsageError(`-api-version ${apiVersion} is not known: ${apiVersions().join(', ')}`);
  }
  return {
    ...(apiVersion === '' ? {} : { apiVersion }),
    delays: delaysOf(parsed),
    ...clockOf(parsed),
    ...faultsOf(parsed),
    calls: new CallLog(),
    log: (level, message) => {
      if (level !== 'debug') io.stderr(`vicsim: ${level === 'info' ? '' : `${level}: `}${message}\n`);
    },
    ...traceOf(parsed, io),
  };
}

/** Flags win over the login that a lab names. */
const withLogin = (parsed: Parsed, options: SimulatorOptions): SimulatorOptions => ({
  ...options,
  credentials: { userName: text(parsed, 'username') || options.credentials?.userName, password: text(parsed, 'password') || options.credentials?.password },
});

function worldOptions(parsed: Parsed, io: Io): SimulatorOptions | Promise<SimulatorOptions> {
  if (text(parsed, 'load') !== '') return savedWorld(parsed, io);
  return text(parsed, 'lab') === '' ? modelOptions(parsed) : labWorld(parsed);
}

function modelOptions(parsed: Parsed): SimulatorOptions {
  const count = (name: string) => Number(parsed.values.get(name));
  const product = parsed.values.get('esx') === true ? 'esxi' : 'vcenter';
  const model: Model = {
    datacenter: count('dc'), cluster: count('cluster'), host: count('host'), standaloneHost: count('standalone-host'), datastore: count('ds'),
    machine: count('vm'), pool: count('pool'), app: count('app'), pod: count('pod'), portgroup: count('pg'), portgroupNsx: count('pg-nsx'), opaqueNetwork: count('nsx'), folder: count('folder'),
    autostart: parsed.values.get('autostart') === true,
  };
  const problem = modelProblem(model, product);
  if (problem !== undefined) throw new UsageError(problem.replace(/^\w+/, (field) => FLAG_OF[field] ?? field));
  return { product, seed: count('seed'), model };
}

const FLAG_OF: Readonly<Record<string, string>> = {
  datacenter: '-dc', cluster: '-cluster', host: '-host', standaloneHost: '-standalone-host', datastore: '-ds', machine: '-vm', pool: '-pool',
  app: '-app', pod: '-pod', portgroup: '-pg', portgroupNsx: '-pg-nsx', opaqueNetwork: '-nsx', folder: '-folder',
};

/** Flags that describe a world by counts: a lab file describes it by name. */
const MODEL_FLAGS = ['esx', 'dc', 'cluster', 'host', 'standalone-host', 'ds', 'vm', 'pool', 'app', 'pod', 'pg', 'pg-nsx', 'nsx', 'folder', 'autostart'];

async function savedWorld(parsed: Parsed, io: Io): Promise<SimulatorOptions> {
  const clash = [...MODEL_FLAGS, 'lab'].find((name) => parsed.given.has(name));
  if (clash !== undefined) throw new UsageError(`-${clash} and -load do not go together: the saved inventory says what there is`);
  const { loadSaved } = await import('./saved.ts');
  const { options, skipped } = await loadSaved(text(parsed, 'load'));
  const { populate } = options;
  return {
    ...options,
    ...seedOf(parsed),
    populate(sim, tx) {
      populate?.(sim, tx);
      for (const [what, count] of [...skipped].sort(([a], [b]) => (a < b ? -1 : 1))) io.stderr(`vicsim: -load left out ${what}${count > 1 ? ` (${count} times)` : ''}\n`);
    },
  };
}

async function labWorld(parsed: Parsed): Promise<SimulatorOptions> {
  const clash = MODEL_FLAGS.find((name) => parsed.given.has(name));
  if (clash !== undefined) throw new UsageError(`-${clash} and --lab do not go together: the lab file says what there is`);
  const { labOptions } = await import('./lab.ts');
  try {
    return await labOptions(text(parsed, 'lab'), seedOf(parsed));
  } catch (error) {
    throw new StartError((error as Error).message);
  }
}

/** -seed wins over the seed of a lab. */
const seedOf = (parsed: Parsed): { seed?: number } => (parsed.given.has('seed') ? { seed: Number(parsed.values.get('seed')) } : {});

function listenAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s]*)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[3]);
  if (!match || port > 65535) throw new UsageError(`-l ${address} is no address: HOST:PORT, for example 127.0.0.1:8989, or 127.0.0.1:0 for any free port`);
  return { host: match[1] ?? (match[2] || '0.0.0.0'), port };
}

function listenError(error: NodeJS.ErrnoException, address: string): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartError(`the port of ${address} is in use: give another with -l, or -l 127.0.0.1:0 for any free one`);
    case 'EACCES':
      return new StartError(`not allowed to listen on ${address}: give a port above 1023 with -l`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartError(`${address} is not an address of this machine: give another with -l`);
    default:
      return new StartError(`cannot listen on ${address}: ${error.message}`);
  }
}

function tlsOf(parsed: Parsed): boolean | KeyPair {
  const cert = text(parsed, 'tlscert');
  const key = text(parsed, 'tlskey');
  if ((cert === '') !== (key === '')) throw new UsageError(`-tlscert and -tlskey belong together: ${cert === '' ? '-tlscert' : '-tlskey'} is missing`);
  if (parsed.values.get('tls') !== true) {
    if (cert !== '') throw new UsageError('-tlscert makes no sense with -tls=false');
    return false;
  }
  if (cert === '') return true;
  try {
    return readKeyPair(cert, key);
  } catch (error) {
    throw new StartError((error as Error).message);
  }
}

function traceOf(parsed: Parsed, io: Io): { trace?: Trace } {
  const file = text(parsed, 'trace-file');
  if (file === '' && parsed.values.get('trace') !== true) return {};
  if (file !== '') {
    try {
      writeFileSync(file, '');
    } catch (error) {
      throw new StartError(`cannot write ${file} (-trace-file): ${(error as Error).message}`);
    }
  }
  const write = (lines: string) => (file === '' ? io.stderr(lines) : appendFileSync(file, lines));
  return {
    trace: (request, reply, method) => {
      const body = typeof request === 'string' ? request : new TextDecoder().decode(request);
      // A trace is passed around: secrets stay out of it.
      write(`<!-- ${method} -->\n${redact(body)}\n<!-- ${method}: HTTP ${reply.status} -->\n${redact(reply.body)}\n`);
    },
  };
}

const packageVersion = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
