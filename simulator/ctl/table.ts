// Aligned tables for people.

type Cell = string | number | boolean | undefined;

const textOf = (cell: Cell): string => (cell === undefined ? '' : typeof cell === 'number' && Number.isInteger(cell) ? String(cell) : String(cell));

/** Columns under their names, numbers to the right; `nothing` when there are no rows. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[], nothing: string): string {
  if (rows.length === 0) return `${nothing}\n`;
  const right = head.map((_name, i) => rows.every((row) => typeof row[i] === 'number'));
  const cells = [head, ...rows.map((row) => row.map(textOf))];
  const widths = head.map((_name, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]): string => row.map((cell, i) => (right[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  ').trimEnd();
  return `${cells.map(line).join('\n')}\n`;
}

/** Names and values, one to a line. */
export function facts(values: Readonly<Record<string, Cell>>): string {
  const width = Math.max(...Object.keys(values).map((name) => name.length));
  return Object.entries(values).map(([name, value]) => `${name.padEnd(width)}  ${textOf(value)}\n`).join('');
}
