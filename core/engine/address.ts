// IP addresses as bytes. Pure.

/** The text of a 4 or 16 byte address; undefined for none, 0.0.0.0 and ::. IPv4 in IPv6 form is written as IPv4. */
export function formatAddress(bytes: Uint8Array): string | undefined {
  if (bytes.length !== 4 && bytes.length !== 16) return undefined;
  const mapped = bytes.length === 16 && bytes.subarray(0, 10).every((b) => b === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  const short = mapped ? bytes.subarray(12) : bytes;
  if (short.every((b) => b === 0)) return undefined;
  if (short.length === 4) return short.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((short[2 * i]! << 8) | short[2 * i + 1]!).toString(16));
  // URL writes IPv6 in its shortest form.
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

/** host:port, with brackets where IPv6 needs them. */
export const hostPort = (host: string, port: number): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
