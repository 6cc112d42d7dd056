// Writes tar archives (ustar) of text files. Knows nothing of what is in them.

export interface TarFile {
  readonly path: string;
  readonly text: string;
  readonly modified: Date;
}

const BLOCK = 512;

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;

/** A name of up to 255 bytes is cut at a slash into a prefix (155) and a name (100). */
function split(path: string): readonly [name: string, prefix: string] {
  if (Buffer.byteLength(path) <= 100) return [path, ''];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155) return [name, prefix];
  }
  throw new RangeError(`the path is too long for a tar archive: ${path}`);
}

function header({ path, modified }: TarFile, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const [name, prefix] = split(path);
  block.write(name, 0);
  block.write(octal(0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(Math.floor(modified.getTime() / 1000), 12), 136);
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\0' + '00', 257);
  block.write('root', 265);
  block.write('root', 297);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** The archive of these files, in this order. */
export function tar(files: readonly TarFile[]): Uint8Array {
  const parts: Buffer[] = [];
  for (const file of files) {
    const content = Buffer.from(file.text, 'utf8');
    parts.push(header({ ...file, path: file.path.replace(/^\/+/, '') }, content.length), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK));
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}
