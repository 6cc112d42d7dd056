// One client of the crash run: changes things of its own at random, knows what was answered and what may or may not have
// happened, and compares that with what is there after a restart.
import { property, runTask } from '../../dist/core/client/index.js';

const NONE = 'none';

const short = (text) => String(text).replace(/\.{9,}$/, (dots) => `… (${dots.length} more)`);

export class Worker {
  /** What each thing is known to be, and what it may be instead: the change whose answer never came. */
  known = new Map();
  pending = new Map();
  ids = new Set();
  step = 0;

  constructor(number, random, places) {
    this.number = number;
    this.random = random;
    this.places = places;
  }

  /** A worker with a folder and a machine of its own. */
  static async make(session, number, random) {
    const at = (path) => session.call(session.content.searchIndex, 'FindByInventoryPath', { inventoryPath: path });
    const machines = ['DC0_H0_VM0', 'DC0_H0_VM1', 'DC0_C0_RP0_VM0', 'DC0_C0_RP0_VM1'];
    const vm = await at(`DC0/vm/${machines[number]}`);
    const folder = await at('DC0/vm');
    const worker = new Worker(number, random, { vm, folder, datastore: 'LocalDS_0' });
    worker.known.set('power', await property(session, vm, 'VirtualMachine', 'runtime.powerState'));
    for (const key of ['note', 'folder', 'file']) worker.known.set(key, NONE);
    return worker;
  }

  /** Works until the connection breaks; gives how many changes were answered. */
  async run(session, base, signal) {
    this.base = base;
    this.signal = signal;
    let answered = 0;
    try {
      for (;;) {
        await this.random.pick([this.power, this.note, this.folder, this.file, this.view]).call(this, session);
        answered += 1;
      }
    } catch (error) {
      if (!signal.aborted && error.name !== 'ConnectionError' && error.cause === undefined) throw error;
      return answered;
    }
  }

  /** What is not as it was answered, one line each; what may be either way is known from now on. */
  async check(session, base) {
    this.base = base;
    this.signal = undefined;
    const problems = [];
    const now = await this.look(session);
    for (const [key, value] of Object.entries(now)) {
      if (key === 'folder' && this.isLost(value)) {
        this.take(value.split(' ')[1]);
        this.known.set(key, value);
        continue;
      }
      const may = [this.known.get(key), ...(this.pending.has(key) ? [this.pending.get(key)] : [])];
      if (!may.includes(value)) problems.push(`${key} is ${short(value)}, and should be ${may.map(short).join(' or ')}`);
      this.known.set(key, value);
    }
    this.pending.clear();
    this.lost = undefined;
    return problems;
  }

  /** True for a folder whose making was never answered: its id is new. */
  isLost(value) {
    const [name, id] = value.split(' ');
    return this.lost !== undefined && name === this.lost && !this.ids.has(id);
  }

  async look(session) {
    const { vm, folder } = this.places;
    const { powerState } = await property(session, vm, 'VirtualMachine', 'runtime');
    const summary = await property(session, vm, 'VirtualMachine', 'summary');
    if (summary.runtime.powerState !== powerState) return { power: `half ${powerState}` };
    const children = await property(session, folder, 'Folder', 'childEntity');
    const mine = [];
    for (const child of children.filter(({ type }) => type === 'Folder')) {
      const name = await property(session, child, 'Folder', 'name');
      if (name.startsWith(`w${this.number}-`)) mine.push(`${name} ${child.value}`);
    }
    const reply = await this.http('GET');
    return { power: powerState, note: summary.config.annotation || NONE, folder: mine.join(', ') || NONE, file: reply.status === 404 ? NONE : await reply.text() };
  }

  /** Says what is about to be, does it, and knows it when the answer is there. */
  async change(key, value, act) {
    this.pending.set(key, value);
    await act();
    this.known.set(key, value);
    this.pending.delete(key);
  }

  name(prefix) {
    return `${prefix}${this.number}-${(this.step += 1)}`;
  }

  power(session) {
    const on = this.known.get('power') === 'poweredOn';
    return this.change('power', on ? 'poweredOff' : 'poweredOn', () => runTask(session, this.places.vm, on ? 'PowerOffVM_Task' : 'PowerOnVM_Task', {}));
  }

  note(session) {
    const annotation = this.name('n');
    return this.change('note', annotation, () => runTask(session, this.places.vm, 'ReconfigVM_Task', { spec: { annotation } }));
  }

  /** A folder is made when there is none, else renamed or removed. */
  async folder(session) {
    const [name, id] = this.known.get('folder').split(' ');
    if (name === NONE) {
      const wanted = this.name('w');
      // Its id is not known before the answer.
      this.lost = wanted;
      const made = await session.call(this.places.folder, 'CreateFolder', { name: wanted });
      this.lost = undefined;
      this.take(made.value);
      this.known.set('folder', `${wanted} ${made.value}`);
      return;
    }
    const ref = { type: 'Folder', value: id };
    if (this.random.integer(0, 1) === 0) {
      const wanted = this.name('w');
      await this.change('folder', `${wanted} ${id}`, () => runTask(session, ref, 'Rename_Task', { newName: wanted }));
    } else await this.change('folder', NONE, () => runTask(session, ref, 'Destroy_Task', {}));
  }

  async file() {
    const text = this.name('f').padEnd(this.random.integer(1, 100_000), '.');
    await this.change('file', text, async () => {
      const reply = await this.http('PUT', text);
      await reply.text();
      if (!reply.ok) throw new Error(`PUT answered ${reply.status}`);
    });
  }

  /** A view takes an id and changes nothing: it may not be given again either. */
  async view(session) {
    const view = await session.call(session.content.viewManager, 'CreateListView', {});
    this.take(view.value);
    await session.call(view, 'DestroyView', {});
  }

  take(id) {
    if (this.ids.has(id)) throw new TypeError(`id ${id} was given twice`);
    this.ids.add(id);
  }

  http(method, body) {
    const url = new URL(`/folder/w${this.number}.txt?dcPath=DC0&dsName=${this.places.datastore}`, this.base);
    return fetch(url, { method, body, signal: this.signal, headers: { authorization: `Basic ${Buffer.from('user:pass').toString('base64')}` } });
  }
}
