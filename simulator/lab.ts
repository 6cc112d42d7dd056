// From a lab file to the options of createSimulator. Apart from index.ts, because reading YAML costs time to load.
import type { SimulatorOptions } from './index.ts';
import { labOptions as optionsOf } from './inventory/lab-options.ts';
import { loadLab, parseLab } from './inventory/load-lab.ts';

/** Reads a lab file. Throws an Error whose message names the file, or every line of it that makes no sense. */
export async function labOptions(file: string, options: { seed?: number } = {}): Promise<SimulatorOptions> {
  return optionsOf(await loadLab(file, options), file);
}

/** The same from the text of a lab; `name` stands for the file in messages. Throws a DocumentError. */
export async function labOptionsOfText(text: string, name = 'lab', options: { seed?: number } = {}): Promise<SimulatorOptions> {
  return optionsOf(await parseLab(text, name, options), name);
}
