// govc as a client of checks: text, JSON, one property, expected failures, commands in the background.
import { CommandFailed, Commands } from './command.mjs';

/** A govc of one version on one server. */
export class Govc extends Commands {
  constructor(version, program, url, home) {
    super('govc', program, { ...process.env, ...CLEAN, GOVC_URL: url, GOVC_INSECURE: 'true', GOVMOMI_HOME: home }, 30_000);
    this.version = version;
    this.url = new URL(url);
  }

  /** A new machine must name its network where there are several: the checks mean the first standard one. */
  start(line, { env, ...options } = {}) {
    const makes = (Array.isArray(line) ? line[0] : line).startsWith('vm.create');
    return super.start(line, { ...options, env: { ...(makes ? { GOVC_NETWORK: 'VM Network' } : {}), ...env } });
  }

  /** Reference of the object at a path. */
  reference(path) {
    return this.text(['find', '-i', '-maxdepth', '0', path]);
  }

  /** What a command prints, without the last line feed. */
  async text(line, options) {
    return (await this.run(line, options)).replace(/\n$/, '');
  }

  /** The lines that a command prints. */
  async lines(line, options) {
    const text = await this.text(line, options);
    return text === '' ? [] : text.split('\n');
  }

  /** What a command gives with -json. */
  async json(line, options) {
    const [command, ...rest] = line.split(' ');
    const text = await this.run(`${command} -json ${rest.join(' ')}`, options);
    try {
      return JSON.parse(text);
    } catch {
      throw new CommandFailed(`no JSON: ${text.slice(0, 200)}`);
    }
  }

  /** One property of one object as text: what scripts of users read. */
  value(path, property) {
    return this.text(['object.collect', '-s', path, property]);
  }

  /** Several properties of one object, with their types lost as in -json. */
  async properties(path, ...names) {
    const changes = JSON.parse(await this.run(['object.collect', '-json', path, ...names]));
    return Object.fromEntries(changes.map(({ name, val }) => [name, val?._value ?? val]));
  }

  /** The devices of a machine, by the name govc gives them. */
  async devices(vm, pattern = '') {
    const { devices } = await this.json(`device.info -vm ${vm} ${pattern}`);
    return devices;
  }

  /** extraConfig as a plain object. */
  async extraConfig(vm) {
    const { virtualMachines } = await this.json(`vm.info ${vm}`);
    return Object.fromEntries(virtualMachines[0].config.extraConfig.map(({ key, value }) => [key, value]));
  }
}

/** Settings of the person who runs the checks must not reach them. */
const CLEAN = Object.fromEntries(Object.keys(process.env).filter((name) => name.startsWith('GOVC_')).map((name) => [name, undefined]));
