// Asks the user. Only the password so far.
import { UserError } from '../engine/issue.ts';
import type { Io } from './io.ts';

/** The password from the terminal; without a terminal an error that says how else to give it. */
export async function askPassword(io: Io, user: string, host: string): Promise<string> {
  if (!io.readPassword) {
    throw new UserError('usage', {
      what: `no password for "${user}", and there is no terminal to ask for it`,
      details: ['Give --password, a password in --target (user:password@address), or set VIC_MACHINE_PASSWORD.'],
      flag: '--password',
    });
  }
  return io.readPassword(`Password of ${user} at ${host}: `);
}
