// The pages that /folder shows to browsers: lists of datacenters, datastores and directories. Pure.

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => ESCAPES[c]!);

export interface Row {
  readonly name: string;
  readonly href: string;
  readonly modified?: Date;
  readonly size?: number;
}

/** '/folder/a%20b/?dcPath=DC0&dsName=ds' */
export function folderHref(path: string, dcPath: string | undefined, dsName: string | undefined): string {
  const query = new URLSearchParams({ ...(dcPath === undefined ? {} : { dcPath }), ...(dsName === undefined ? {} : { dsName }) }).toString();
  return `/folder${path === '' ? '' : `/${path.split('/').map(encodeURIComponent).join('/')}`}${query === '' ? '' : `?${query}`}`;
}

/** '24-Nov-2026 02:07' */
function dateText(date: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) (\d+:\d+)/.exec(date.toUTCString())!;
  return `${day}-${month}-${year} ${time}`;
}

/** A page with one link per row. */
export function folderPage(title: string, rows: readonly Row[], up?: string): string {
  const lines = rows.map(({ name, href, modified, size }) =>
    `<tr><td><a href="${escape(href)}">${escape(name)}</a></td><td align="right">${modified ? dateText(modified) : ''}</td><td align="right">${size ?? ' - '}</td></tr>`);
  return [
    '<!DOCTYPE html>', `<html><head><meta charset="utf-8"><title>${escape(title)}</title></head><body>`, `<h1>${escape(title)}</h1>`,
    '<table><tr><th>Name</th><th>Last modified</th><th>Size</th></tr><tr><th colspan="3"><hr></th></tr>',
    ...(up === undefined ? [] : [`<tr><td><a href="${escape(up)}">Parent Directory</a></td><td></td><td></td></tr>`]),
    ...lines, '</table></body></html>', '',
  ].join('\n');
}
