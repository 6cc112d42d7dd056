// Reads the value of --target: [https://][user[:password]@]host[:port][/datacenter]. Pure.
import type { Issue } from './issue.ts';
import { UserError } from './issue.ts';

export interface Target {
  /** Where the SDK answers. */
  readonly url: URL;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Name or inventory path of the datacenter; '' when none is given. */
  readonly datacenter: string;
}

const EXAMPLE = '--target user:password@vcenter.example.com/datacenter';
const bad = (what: string, ...details: string[]): UserError =>
  new UserError('usage', { what, ...(details.length > 0 ? { details } : {}), flag: '--target', example: EXAMPLE } satisfies Issue);

/** Percent-encoding is undone only when every % begins a valid sequence; anything else is meant literally. */
function decoded(part: string): string {
  if (!part.includes('%') || /%(?![0-9a-f]{2})/i.test(part)) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The parts of a target; throws a UserError that says what is wrong. The password is never part of a message. */
export function parseTarget(text: string): Target {
  const value = text.trim();
  if (value === '') throw bad('--target is empty: give the address of the ESXi host or vCenter Server');
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value);
  const protocol = scheme?.[1]!.toLowerCase() ?? 'https';
  if (protocol !== 'https' && protocol !== 'http') throw bad(`--target cannot use the scheme "${protocol}": https (the default) and http are possible`);
  const rest = value.slice(scheme?.[0].length ?? 0);
  // The last @ ends the credentials, so that user names (name@domain) and passwords may hold one, and any / ? # :
  const split = rest.lastIndexOf('@');
  const credentials = split < 0 ? undefined : rest.slice(0, split);
  const colon = credentials?.indexOf(':') ?? -1;
  const { hostPort, path } = locate(rest.slice(split + 1));
  return {
    url: new URL(`${protocol}://${hostPort}/sdk`),
    user: credentials === undefined || colon === 0 || credentials === '' ? undefined : decoded(colon < 0 ? credentials : credentials.slice(0, colon)),
    password: credentials === undefined || colon < 0 ? undefined : decoded(credentials.slice(colon + 1)),
    datacenter: path,
  };
}

function locate(place: string): { readonly hostPort: string; readonly path: string } {
  const slash = place.indexOf('/');
  const hostPort = slash < 0 ? place : place.slice(0, slash);
  let path = slash < 0 ? '' : place.slice(slash).replace(/^\/+|\/+$/g, '');
  // The SDK's own URL is an address of the server, not of a datacenter.
  if (path === 'sdk') path = '';
  const match = /^(\[[^\]]*\]|[^:[\]]*)(?::([^:]*))?$/.exec(hostPort);
  if (!match) {
    const colons = (hostPort.match(/:/g) ?? []).length;
    if (colons > 1) throw bad(`--target has the address "${hostPort}": an IPv6 address needs brackets, [${hostPort}]`);
    throw bad(`--target has no valid address: "${hostPort}"`);
  }
  const [, host = '', port] = match;
  if (host === '') throw bad('--target names no host');
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65535)) {
    throw bad(`--target has the port "${port}": a port is a number from 1 to 65535`);
  }
  if (/[\s?#\\%<>^|]/.test(host) || !URL.canParse(`https://${host}/`)) throw bad(`--target has the address "${host}", which is neither an IP address nor a host name`);
  return { hostPort, path: decoded(path) };
}
