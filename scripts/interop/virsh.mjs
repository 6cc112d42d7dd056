// virsh with libvirt's ESX driver as a client of checks: what it prints, without the warnings of its log.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Commands } from './command.mjs';

export class Virsh extends Commands {
  /** `url` of the server; `folder` for the file that has the password. */
  constructor(program, url, folder) {
    const { hostname, port, username, password } = new URL(url);
    const auth = join(mkdtempSync(join(folder, 'virsh-')), 'auth.conf');
    const kinds = ['esx', 'vpx'].map((kind) => `[auth-${kind}-${hostname}]\ncredentials=it\n`).join('');
    writeFileSync(auth, `[credentials-it]\nusername=${username}\npassword=${password}\n${kinds}`, { mode: 0o600 });
    super('virsh', program, { ...process.env, LIBVIRT_AUTH_FILE: auth, LIBVIRT_LOG_OUTPUTS: '4:stderr', LC_ALL: 'C' }, 30_000);
    this.address = `esx://${hostname}:${port}/?no_verify=1`;
  }

  /** Runs a command line of virsh; gives its output. Throws when it fails. */
  async run(...args) {
    const { code, stdout, stderr } = await this.start(['-q', '-c', this.address, ...args]).done;
    if (code !== 0) throw Object.assign(new Error(`virsh ended with ${code}: ${stderr.split('\n').filter((line) => line.startsWith('error')).join(' ')}`), { name: 'CommandFailed' });
    return stdout.trim();
  }

  /** What a command that must fail says. */
  async fails(...args) {
    const { code, stderr, stdout } = await this.start(['-q', '-c', this.address, ...args]).done;
    if (code === 0) throw new Error(`virsh ${args.join(' ')} should have failed, and said: ${stdout}`);
    return stderr;
  }
}
