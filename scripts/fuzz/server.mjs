// A simulator under fuzz: what its answers must be whatever was asked, and its bugs as problems.
import { createSimulator, ManualClock } from '../../dist/simulator/index.js';

const CALLER = { ipAddress: '127.0.0.1', tls: false };
export const USER = { userName: 'fuzz', password: 'fuzz' };

export class Server {
  problems = [];

  constructor() {
    this.simulator = createSimulator({
      clock: new ManualClock(), keepTasks: 50, keepEvents: 200, model: { pool: 1, app: 1, pod: 1 },
      log: (level, message) => level === 'error' && this.problems.push(message.split('\n').slice(0, 6).join('\n')),
    });
    this.initial = this.simulator.snapshot();
  }

  /** The world and the sessions of the beginning. */
  async reset() {
    const { sim } = this.simulator;
    for (const session of sim.sessions.open()) sim.sessions.end(session);
    this.simulator.restore(this.initial);
    const { key } = sim.sessions.login(USER.userName, USER.password, { ipAddress: '127.0.0.1', userAgent: 'fuzz' });
    this.cookie = `vmware_soap_session="${key}"`;
  }

  /** Sends a body to /sdk; gives the reply. A call that waits is hung up on, and must end then. */
  async soap(body, headers = {}) {
    return this.answered((signal) => this.simulator.handleSoap(body, { cookie: this.cookie, ...headers }, { ...CALLER, signal }));
  }

  async files(request) {
    return this.answered(() => this.simulator.handleFiles(request, CALLER));
  }

  async answered(ask) {
    const hangUp = new AbortController();
    const answer = ask(hangUp.signal);
    const soon = await Promise.race([answer, turns(3)]);
    if (soon !== undefined) return soon;
    hangUp.abort();
    const late = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 5000).unref())]);
    if (late === undefined) this.problems.push('the call hangs');
    return late;
  }

  take() {
    const found = this.problems;
    this.problems = [];
    return found;
  }
}

async function turns(count) {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
