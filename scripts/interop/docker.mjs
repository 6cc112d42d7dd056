// The docker command as a client of checks: it talks to a VCH of the world through vicsim's own port, so that checks run
// side by side and need no addresses.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { Commands } from './command.mjs';

/** docker on one server. */
export class Docker extends Commands {
  #certificate;

  constructor(program, url, home) {
    super('docker', program, { ...process.env, DOCKER_CERT_PATH: home, DOCKER_CONFIG: home, DOCKER_HOST: undefined, DOCKER_TLS_VERIFY: undefined, no_proxy: '*', NO_PROXY: '*' }, 60_000);
    this.url = new URL(url);
    this.home = home;
  }

  /** What a command to a VCH prints, without the last line feed. */
  async text(vch, line) {
    await this.#trust();
    return (await this.run([...this.#to(vch), ...words(line)])).replace(/\n$/, '');
  }

  /** What a command that must fail prints. */
  async refused(vch, line) {
    await this.#trust();
    return this.fails([...this.#to(vch), ...words(line)]);
  }

  /** The lines that a command prints. */
  async lines(vch, line) {
    const text = await this.text(vch, line);
    return text === '' ? [] : text.split('\n');
  }

  #to(vch) {
    return ['-H', `tcp://${this.url.host}/sim/vch/${vch}/docker`, '--tls'];
  }

  /** docker wants a file of authorities even where it checks nothing. */
  #trust() {
    this.#certificate ??= new Promise((resolve, reject) => {
      const socket = connect({ host: this.url.hostname, port: Number(this.url.port), rejectUnauthorized: false }, () => {
        const { raw } = socket.getPeerCertificate();
        socket.end();
        writeFileSync(join(this.home, 'ca.pem'), `-----BEGIN CERTIFICATE-----\n${raw.toString('base64')}\n-----END CERTIFICATE-----\n`);
        resolve();
      });
      socket.once('error', reject);
    });
    return this.#certificate;
  }
}

const words = (line) => (Array.isArray(line) ? line : line.split(' '));
