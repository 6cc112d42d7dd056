// Images: listed and inspected as the store has them; pulled from the registry of the simulated world.
import { describeImage } from '../images.ts';
import { findImage, imagesOf, writeImage, type StoredImage } from '../port-layer/images.ts';
import { inRegistry, splitReference } from '../registry.ts';
import type { Operation } from './context.ts';
import { DockerError, filtersOf, json, lines, PRODUCT, unimplemented } from './http.ts';

const tagsOf = ({ name, tags }: StoredImage): string[] => tags.map((tag) => `${name}:${tag}`);

export const listImages: Operation = ({ read, vch }, request) => {
  const wanted = request.query.get('filter') ?? filtersOf(request, ['reference']).get('reference')?.[0];
  const images = read((tx) => imagesOf(tx, vch)).filter((image) => !wanted || image.name === splitReference(wanted).name);
  return json(images.map((image) => ({
    Id: `sha256:${image.id}`, ParentId: '', RepoTags: tagsOf(image), RepoDigests: image.digests.map((digest) => `${image.name}@${digest}`),
    Created: Math.floor(Date.parse(image.created) / 1000), Size: image.size, VirtualSize: image.size, Labels: {},
  })));
};

export const inspectImage: Operation = ({ read, vch }, _request, name) => {
  const image = read((tx) => findImage(tx, vch, name));
  if (!image) throw new DockerError(404, `No such image: ${name}`);
  return json({
    Id: `sha256:${image.id}`, RepoTags: tagsOf(image), RepoDigests: image.digests.map((digest) => `${image.name}@${digest}`), Parent: '', Comment: '', Created: image.created,
    Container: '', DockerVersion: '', Author: '', Config: image.config, Architecture: 'amd64', Os: 'linux', Size: image.size, VirtualSize: image.size,
    GraphDriver: { Name: PRODUCT, Data: null },
  });
};

/** 'busybox' is 'library/busybox' on Docker Hub. */
const full = (name: string): string => (name.includes('/') ? name : `library/${name}`);

export const pullImage: Operation = async ({ read, vch, vsphere }, { query }) => {
  const from = query.get('fromImage');
  if (!from) throw unimplemented('image.ImportImage');
  // A digest is not honoured: the tag is pulled.
  const tagged = query.get('tag') ?? '';
  const reference = tagged === '' || tagged.startsWith('sha256:') ? from : `${from}:${tagged}`;
  const { name, tag } = splitReference(reference);
  if (!read((tx) => inRegistry(tx, reference))) {
    const message = `image ${full(name)}${tag === 'latest' ? '' : `:${tag}`} not found`;
    return lines([{ errorDetail: { message }, error: message }]);
  }
  const known = read((tx) => findImage(tx, vch, reference)) !== undefined;
  const image = describeImage(reference);
  const written = new Set(await writeImage(vsphere, vch, image));
  const [digest = ''] = read((tx) => findImage(tx, vch, reference))?.digests ?? [];
  return lines([
    { status: `Pulling from ${full(name)}`, id: tag },
    ...image.layers.map(({ id }) => ({ status: written.has(id) ? 'Pull complete' : 'Already exists', id: id.slice(0, 12) })),
    { status: `Digest: ${digest}` },
    { status: known ? `Status: Image is up to date for ${full(name)}:${tag}` : `Status: Downloaded newer image for ${full(name)}:${tag}` },
  ]);
};
