// Paths inside guests: '/var/log' and 'C:\Windows' to steps and back. Pure.
import { fault } from '../../../core/vim25/index.ts';
import type { Steps } from './tree.ts';

/** The steps of an absolute path; '.' and '..' are resolved. Throws InvalidArgument for one that is not absolute. */
export function stepsOf(path: string, windows: boolean, property = 'filePath'): Steps {
  const absolute = windows ? /^[A-Za-z]:([\\/]|$)/.test(path) : path.startsWith('/');
  if (!absolute || path.includes('\0')) throw fault('InvalidArgument', { invalidProperty: property }, `A specified parameter was not correct: ${property} ('${path}' is not an absolute path in the guest, as ${windows ? 'C:\\dir\\file' : '/dir/file'} is)`);
  const steps: string[] = [];
  for (const step of path.split(windows ? /[\\/]+/ : /\/+/)) {
    if (step === '' || step === '.') continue;
    if (step === '..') {
      if (steps.length > (windows ? 1 : 0)) steps.pop();
    } else steps.push(step);
  }
  return steps;
}

/** The path of steps as the guest writes it. */
export const pathOf = (steps: Steps, windows: boolean): string => (windows ? (steps.length === 1 ? `${steps[0]!}\\` : steps.join('\\')) : `/${steps.join('/')}`);

/** The last step; '' of the root. */
export const basename = (steps: Steps): string => steps.at(-1) ?? '';
