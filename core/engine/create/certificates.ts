// The step that makes what a VCH proves itself by, and the files that are kept of it. Files go when a later step fails.
import type { KeyPair } from './appliance-config.ts';
import type { CreateRun, OnFailure } from './run.ts';

/** What the Docker endpoint shows. */
export const serverFiles = (name: string) => ({ key: `${name}-key.pem`, cert: `${name}-cert.pem` });

/** What clients need, and what signs more of them. */
export const authorityFiles = (name: string) => ({
  authorityKey: `${name}-ca-key.pem`, authority: `${name}-ca.pem`, clientKey: `${name}-client-key.pem`, client: `${name}-client-cert.pem`,
});

export async function certificates(run: CreateRun, onFailure: OnFailure): Promise<void> {
  const { plan: { name, certificates: wanted }, ports } = run;
  const write = async (file: string, text: string, secret: boolean): Promise<void> => {
    const path = await ports.writeFile(file, text, secret);
    onFailure(() => ports.removeFile(path));
    run.files.push(path);
  };
  const writePair = async ({ key, cert }: KeyPair, keyFile: string, certFile: string): Promise<void> => {
    await write(keyFile, key, true);
    await write(certFile, cert, false);
  };
  const server = serverFiles(name);
  if (wanted.mode === 'files') run.server = wanted.pair;
  if (wanted.mode === 'generate') {
    run.server = await ports.makePair(name);
    await writePair(run.server, server.key, server.cert);
  }
  if (wanted.mode === 'authority') {
    const files = authorityFiles(name);
    const authority = await ports.makeAuthority(`${name} CA`);
    run.authority = authority.cert;
    run.server = await authority.sign(wanted.host, 'server', [wanted.host]);
    await writePair(run.server, server.key, server.cert);
    await writePair(authority, files.authorityKey, files.authority);
    await writePair(await authority.sign(`${name} client`, 'client'), files.clientKey, files.client);
  }
  run.extension = await ports.makePair(name);
}
