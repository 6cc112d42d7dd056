// Durations in Go's notation (3m0s, 90s, 1h, 1ms). Pure.

const UNITS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds, or what is wrong with the text. */
export function parseDuration(text: string): number | { readonly problem: string } {
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) {
    if (Number(text) === 0) return 0;
    return { problem: `"${text}" has no unit: write ${text}s for seconds or ${text}m for minutes` };
  }
  if (!/^\+?((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(text)) {
    return { problem: `"${text}" is not a duration: write numbers with h, m, s or ms, such as 3m0s, 90s or 1h` };
  }
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) sum += Number(amount) * UNITS[unit!]!;
  return sum;
}

/** As Go prints it: 3m0s, 1h0m0s, 1.5s, 1ms. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return milliseconds === 0 ? '0s' : `${milliseconds}ms`;
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor((milliseconds % 3_600_000) / 60_000);
  const seconds = (milliseconds % 60_000) / 1000;
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`;
}
