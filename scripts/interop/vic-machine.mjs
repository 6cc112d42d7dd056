// Our vic-machine command as a client of checks, on any server; and our client room as the eyes that look at what it did.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, openDatastore, readInventory, retrieveAll } from '../../dist/core/client/index.js';
import { Commands, until, words } from './command.mjs';
import { addLaterVch } from './vic-machine/later.mjs';
import { differences, look } from './vic-machine/look.mjs';
import { addMachine, addVch, guestKeys, writeKeys } from './vic-machine/vch.mjs';
import { post } from './worlds.mjs';

const PROGRAM = join(import.meta.dirname, '../../dist/core/cli/bin.js');

/** Names that both products give to the parts of a world of that kind, and what --compute-resource must be given there. */
const PLACES = {
  vcenter: { datacenter: '/DC0', pool: '/DC0/host/DC0_H0/Resources', compute: ['--compute-resource', 'DC0_H0'], bridge: 'DC0_DVPG0', vCenter: true },
  esxi: { datacenter: '/ha-datacenter', pool: '/ha-datacenter/host/localhost.localdomain/Resources', compute: [], bridge: undefined, vCenter: false },
};
PLACES.strict = PLACES.large = PLACES.vcenter;

export class VicMachine extends Commands {
  /** `product`: what it runs against, see worlds.mjs; `world`: the kind of world there. */
  constructor(url, product, world) {
    const directory = mkdtempSync(join(tmpdir(), 'vic-testbed-vic-machine-'));
    super('vic-machine', process.execPath, { ...process.env, ...CLEAN }, 60_000, directory);
    this.url = new URL(url);
    this.product = product.name;
    this.isVicsim = product.name === 'vicsim';
    this.directory = directory;
    this.datastore = 'LocalDS_0';
    this.place = PLACES[world];
    for (const iso of ['appliance.iso', 'bootstrap.iso']) writeFileSync(join(directory, iso), iso.repeat(1000));
  }

  /** `user:password@host:port`, as --target takes it. */
  get target() {
    const { username, password, host } = this.url;
    return `${username || 'user'}:${password || 'pass'}@${host}`;
  }

  /** Every command but version gets the target, unless it brings one. */
  start(line, options) {
    const [command, ...rest] = Array.isArray(line) ? line : words(line);
    const own = command === 'version' || rest.includes('--target') ? [] : ['--target', this.target];
    const started = super.start([PROGRAM, command, ...own, ...rest], options);
    this.last.command = `vic-machine ${[command, ...own, ...rest].join(' ')}`;
    return started;
  }

  /** The rows of `ls`, split at the columns. */
  async table(line = 'ls') {
    const [head, ...rows] = (await this.run(line)).trimEnd().split('\n').map((row) => row.trimEnd().split(/\s{2,}/));
    return { head, rows };
  }

  /** What a command prints with --json. */
  async json(line) {
    return JSON.parse(await this.run(line === undefined ? [] : Array.isArray(line) ? [...line, '--json'] : `${line} --json`));
  }

  /** Runs to the end, whatever that is: {code, stdout, stderr}. */
  end(line, options) {
    return this.start(line, options).done;
  }

  #session;

  /** A session of our client at the same server, for setting the scene and for looking. */
  session() {
    return (this.#session ??= connect(`${this.url.protocol}//${this.url.host}/sdk`, { user: this.url.username || 'user', password: this.url.password || 'pass', insecure: true }));
  }

  /** Makes a VCH with nothing but calls of the API, see vic-machine/vch.mjs. */
  async addVch(options = {}) {
    return addVch(await this.session(), { ...this.place, datastore: this.datastore, ...options });
  }

  /** The same as vic-machine 1.5 makes them, see vic-machine/later.mjs. */
  async addLaterVch(options = {}) {
    return addLaterVch(await this.session(), { ...this.place, datastore: this.datastore, ...options });
  }

  /** Makes a machine that belongs to no VCH in a pool, on that network when one is named. */
  async addMachine(name, pool, network) {
    return addMachine(await this.session(), { name, pool, datastore: this.datastore, network });
  }

  /** Puts a file on the datastore. */
  async upload(path, text) {
    const session = await this.session();
    await (await openDatastore(session, await readInventory(session), `${this.place.datacenter}/datastore/${this.datastore}`)).upload(path, Buffer.from(text));
  }

  /** Gives a VM more keys, as its guest does. */
  async writeKeys(vm, keys) {
    await writeKeys(await this.session(), vm, keys);
  }

  /** Waits for a machine of that name to be powered on; gives its reference. */
  async machineRuns(name) {
    const session = await this.session();
    const runs = async () => (await retrieveAll(session, session.content.rootFolder, { type: 'VirtualMachine', paths: ['name', 'runtime.powerState'] })).find(({ props }) => props.name === name && props['runtime.powerState'] === 'poweredOn')?.ref;
    const vm = await until(runs, 20);
    if (!vm) throw new Error(`no machine "${name}" was powered on`);
    return vm;
  }

  /** Once the machine runs, plays its guest: an address on every network, and all components started. vicsim has guests. */
  async beGuest(name, address) {
    const vm = await this.machineRuns(name);
    if (!this.isVicsim) await this.writeKeys(vm, guestKeys(address));
    return address;
  }

  /** Does the work while a machine of that name would get no address. Nowhere but in vicsim would it get one. */
  async withoutGuest(name, work) {
    if (this.isVicsim) await post(this.url, 'appliances', `name=${name}&dhcp=none`);
    try {
      return await work();
    } finally {
      if (this.isVicsim) await post(this.url, 'appliances', `name=${name}`);
    }
  }

  /** Everything there is, as lines: objects with their facts, files, extensions, switches. */
  async look() {
    return look(await this.session());
  }

  /** What is other than in an earlier look, as lines that begin with + or -. */
  async changedSince(before) {
    return differences(before, await this.look());
  }

  /** Files in the directory that the commands run in, without the two images that were there. */
  files() {
    return readdirSync(this.directory).filter((name) => !name.endsWith('.iso')).sort();
  }

  stopAll() {
    super.stopAll();
    rmSync(this.directory, { recursive: true, force: true });
    void this.#session?.then((session) => session.close(), () => undefined);
  }
}

/** Settings of the person who runs the checks must not reach them. */
const CLEAN = Object.fromEntries(Object.keys(process.env).filter((name) => name.startsWith('VIC_MACHINE_')).map((name) => [name, undefined]));
