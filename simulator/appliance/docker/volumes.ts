// Volumes, as Docker shows them and lets them be made.
import { volumeLabel } from '../container-keys.ts';
import { makeVolume, VolumeError, volumesOf, type Volume } from '../port-layer/volumes.ts';
import type { Operation } from './context.ts';
import { DockerError, filtersOf, json, objectIn, unimplemented } from './http.ts';

const DEFAULT_CAPACITY_MB = 1024;
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1 / 1024, m: 1, g: 1024, t: 1024 ** 2 };
const OPTIONS: readonly string[] = ['Capacity', 'VolumeStore'];
const NAME = /^[a-zA-Z0-9][\w.-]*$/;

const shown = ({ name, labels }: Volume): object => ({ Name: name, Driver: 'vsphere', Mountpoint: volumeLabel(name), Labels: labels });

/** '2GB', '512mb', '100' (MB) as whole megabytes. Throws DockerError. */
function megabytes(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text) ?? [];
  const size = amount === undefined ? 0 : Math.ceil(Number(amount) * UNITS[unit.toLowerCase()]!);
  if (size <= 0) throw new DockerError(400, `Capacity "${text}" is not understood: it is a size such as 512MB or 2GB`);
  return size;
}

/** The value of an option, whatever its case. */
const optionOf = (options: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.entries(options).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];

export const listVolumes: Operation = ({ read, vch }, request) => {
  const names = filtersOf(request, ['name']).get('name');
  return json({ Volumes: read((tx) => volumesOf(tx, vch)).filter(({ name }) => names?.some((wanted) => name.includes(wanted)) ?? true).map(shown), Warnings: null });
};

export const createVolume: Operation = async ({ vch, vsphere }, request) => {
  const { Name, DriverOpts, Labels } = objectIn(request) as { Name?: string; DriverOpts?: Record<string, string> | null; Labels?: Record<string, string> | null };
  const options = DriverOpts ?? {};
  const strange = Object.keys(options).find((key) => !OPTIONS.some((known) => known.toLowerCase() === key.toLowerCase()));
  if (strange !== undefined) throw new DockerError(400, `unknown option "${strange}"; there are: ${OPTIONS.join(', ')}`);
  if (Name && !NAME.test(Name)) throw new DockerError(400, `volume name "${Name}" includes invalid characters: only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
  const capacity = optionOf(options, 'Capacity');
  try {
    const volume = await makeVolume(vsphere, vch, {
      name: Name || vsphere.sim.random.uuid(), store: optionOf(options, 'VolumeStore'), capacityMb: capacity === undefined ? DEFAULT_CAPACITY_MB : megabytes(capacity),
      options, labels: Labels ?? {},
    });
    return json(shown(volume), 201);
  } catch (error) {
    if (error instanceof VolumeError) throw new DockerError(error.kind === 'duplicate' ? 409 : 404, error.message);
    throw error;
  }
};

export const removeVolume: Operation = ({ read, vch }, _request, name) => {
  if (!read((tx) => volumesOf(tx, vch)).some((volume) => volume.name === name)) throw new DockerError(404, `Get ${name}: no such volume`);
  throw unimplemented('volume.VolumeRm');
};
