// The words of vicsim: its flags as data (names, defaults and meanings are vcsim's), parsing them, and the help text.

export type FlagKind = 'switch' | 'count' | 'number' | 'text';

export interface Flag {
  readonly name: string;
  readonly kind: FlagKind;
  readonly initial: boolean | number | string;
  readonly help: string;
  /** Why giving it is refused: known to vcsim, not to us yet. */
  readonly missing?: string;
}

const flag = (name: string, kind: FlagKind, initial: Flag['initial'], help: string, missing?: string): Flag => ({ name, kind, initial, help, missing });

export const FLAGS: readonly Flag[] = [
  flag('l', 'text', '127.0.0.1:8989', 'address to listen on; port 0 takes any free one'),
  flag('tls', 'switch', true, 'serve HTTPS (-tls=false: HTTP)'),
  flag('tlscert', 'text', '', 'PEM file with the certificate; a fresh self-signed one without it'),
  flag('tlskey', 'text', '', 'PEM file with the key of -tlscert'),
  flag('username', 'text', '', 'the user name that may log in; any without it'),
  flag('password', 'text', '', 'the password that may log in; any without it'),
  flag('E', 'text', '', 'file or fifo that gets "export GOVC_URL=… GOVC_SIM_PID=…"'),
  flag('admin', 'switch', false, 'the admin plane /sim/ (docs/admin.md); on by itself where -l is a loopback address, so that only -admin=false turns it off there'),
  flag('stdinexit', 'switch', false, 'stop when a key is pressed or standard input ends'),
  flag('lab', 'text', '', 'YAML or JSON file that describes the world; the model flags below do not apply'),
  flag('appliances', 'switch', true, 'open the Docker and vicadmin ports of virtual container hosts that have loopback addresses'),
  flag('state', 'text', '', 'directory that keeps the world: it is there again at the next start, whatever happens'),
  flag('seed', 'count', 1, 'same seed, same names, numbers and ids'),
  flag('esx', 'switch', false, 'be a standalone ESXi host instead of a vCenter'),
  flag('api-version', 'text', '', 'vim25 version to speak (default 8.0.3.0)'),
  flag('dc', 'count', 1, 'datacenters'),
  flag('cluster', 'count', 1, 'clusters per datacenter'),
  flag('host', 'count', 3, 'hosts per cluster'),
  flag('standalone-host', 'count', 1, 'standalone hosts per datacenter'),
  flag('ds', 'count', 1, 'local datastores per datacenter'),
  flag('vm', 'count', 2, 'virtual machines per resource pool'),
  flag('pool', 'count', 0, 'resource pools per compute resource'),
  flag('app', 'count', 0, 'virtual apps per compute resource'),
  flag('pod', 'count', 0, 'storage pods per datacenter'),
  flag('pg', 'count', 1, 'distributed portgroups per datacenter'),
  flag('pg-nsx', 'count', 0, 'NSX backed distributed portgroups per datacenter'),
  flag('nsx', 'count', 0, 'NSX opaque networks per datacenter'),
  flag('folder', 'count', 0, 'folders to put the datacenter and its parts in'),
  flag('autostart', 'switch', true, 'power the virtual machines on'),
  flag('load', 'text', '', 'directory with an inventory that govc object.save or vicsim ctl save wrote; the model flags do not apply'),
  flag('clock', 'text', '', 'how time passes: a rate (60x), frozen, a moment to begin at (2026-01-01T00:00:00Z), or two of them with a comma between'),
  flag('faults', 'text', '', 'JSON file with fault rules (docs/faults.md)'),
  flag('delay', 'number', 0, 'milliseconds to wait before every call'),
  flag('method-delay', 'text', '', 'waits of single methods, "PowerOnVM_Task:500,…"; without _Task: how long the task runs (MIN-MAX, ~JITTER, /STEPS of its progress: "CloneVM:2000-5000/20"; "*": every task)'),
  flag('delay-jitter', 'number', 0, 'coefficient of variation of the delays (0: exact)'),
  flag('trace', 'switch', false, 'write every SOAP request and reply to standard error'),
  flag('trace-file', 'text', '', 'write them to this file instead'),
  flag('record', 'text', '', 'file that gets every SOAP call with its answer, without secrets: vicsim replay FILE sends them again'),
  flag('tunnel', 'number', -1, 'SDK tunnel port', 'the SDK tunnel is not simulated; talk to the address of -l'),
];

/** What the user got wrong: one line for standard error. */
export class UsageError extends Error {}

export type FlagValues = ReadonlyMap<string, boolean | number | string>;

export interface Parsed {
  readonly values: FlagValues;
  /** Names of the flags that were given. */
  readonly given: ReadonlySet<string>;
  readonly words: readonly string[];
  readonly help: boolean;
}

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/** Reads flags as Go's flag package does: -name value, -name=value, --name …; a switch takes its value with "=" only. */
export function parseFlags(argv: readonly string[]): Parsed {
  const values = new Map(FLAGS.map(({ name, initial }) => [name, initial]));
  const given = new Set<string>();
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!;
    if (argument === '--') return { values, given, words: argv.slice(i + 1), help: false };
    const match = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(argument);
    if (!match) {
      if (argument.startsWith('-')) throw new UsageError(`"${argument}" is not a flag; vicsim -h lists them`);
      return { values, given, words: argv.slice(i), help: false };
    }
    const [, name = '', attached] = match;
    if (name === 'h' || name === 'help') return { values, given, words: [], help: true };
    const known = FLAGS.find((candidate) => candidate.name === name);
    if (!known) throw new UsageError(`unknown flag -${name}${suggestion(name)}; vicsim -h lists all flags`);
    let text = attached;
    if (text === undefined) {
      if (known.kind === 'switch') text = 'true';
      else {
        i += 1;
        text = argv[i];
        if (text === undefined) throw new UsageError(`-${name} needs a value: ${known.help}`);
      }
    }
    values.set(name, valueOf(known, text));
    given.add(name);
    if (known.missing !== undefined) throw new UsageError(`-${name} is not supported: ${known.missing}`);
  }
  return { values, given, words: [], help: false };
}

function valueOf({ name, kind }: Flag, text: string): boolean | number | string {
  switch (kind) {
    case 'text':
      return text;
    case 'switch':
      if (TRUE.has(text)) return true;
      if (FALSE.has(text)) return false;
      throw new UsageError(`-${name}=${text} makes no sense: true or false`);
    case 'count':
      if (/^\d{1,9}$/.test(text)) return Number(text);
      throw new UsageError(`-${name} ${text} makes no sense: a whole number from 0`);
    case 'number':
      if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
      throw new UsageError(`-${name} ${text} makes no sense: a number`);
  }
}

function suggestion(name: string): string {
  const near = FLAGS.find((candidate) => candidate.name.startsWith(name) || name.startsWith(candidate.name + 's') || candidate.name === name.toLowerCase());
  return near && near.name.length > 1 ? ` (did you mean -${near.name}?)` : '';
}

/** What -h prints. */
export function helpText(): string {
  const lines = FLAGS.filter(({ missing }) => missing === undefined).map(({ name, initial, help }) => {
    const shown = initial === '' ? '' : ` [${String(initial)}]`;
    return `  ${`-${name}`.padEnd(18)}${help}${shown}`;
  });
  return `vicsim simulates a vCenter or an ESXi host. The flags of vcsim work as they do there.

  vicsim [flags]        start; stops on SIGTERM or Ctrl-C
  vicsim version        print the version
  vicsim uuidgen        print a new UUID
  vicsim state check|compact|export DIR   look at a -state directory that nobody serves
  vicsim replay FILE [--against URL]      send what -record wrote to a server, and tell what it answers otherwise
  vicsim ctl VERB       steer a running one: snapshots, clock, faults, forks … (vicsim ctl -h)

${lines.join('\n')}

Examples
  vicsim                                      one datacenter, one cluster of 3 hosts, one standalone host, 4 VMs
  vicsim -l 127.0.0.1:0 -E sim.env &          any free port; then: . sim.env
  vicsim --lab fixtures/worlds/one-cluster.yaml
  vicsim -state ./world                       the same world at every start, with all that was done to it
  vicsim -dc 2 -cluster 2 -host 8 -vm 100     a bigger one
  vicsim -esx -username root -password secret a standalone ESXi that checks the login
`;
}
