// The worlds of fixtures/worlds as files, and who may log in to them wherever we run them.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** The project's own files. */
export const projectFile = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

export const worldFile = (name: string): string => projectFile(`fixtures/worlds/${name}.yaml`);

export const LOGIN = { user: 'administrator@vsphere.local', password: 'VMware1!' } as const;

/** 'vcenter' or 'esxi': what a world is. */
export const worldProduct = async (name: string): Promise<string> => String((parse(await readFile(worldFile(name), 'utf8')) as { product: string }).product);
