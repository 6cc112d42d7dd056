// Which operation answers which request, and what clients of the VCH cannot do.
import { createContainer } from './container-create.ts';
import { killContainer, logs, removeContainer, restartContainer, startContainer, stopContainer } from './container-actions.ts';
import { inspectContainer, listContainers } from './containers.ts';
import type { Operation } from './context.ts';
import { unimplemented } from './http.ts';
import { inspectImage, listImages, pullImage } from './images.ts';
import { connectNetwork, createNetwork, inspectNetwork, listNetworks, removeNetwork } from './networks.ts';
import { events, info, ping, version } from './system.ts';
import { createVolume, listVolumes, removeVolume } from './volumes.ts';

export interface Route {
  readonly method: string;
  /** Steps of the path; '*' is what is named, '**' a name with slashes in it. */
  readonly path: string;
  readonly run: Operation;
}

const route = (method: string, path: string, run: Operation): Route => ({ method, path, run });

/** An operation of Docker that VIC does not have. */
const not = (method: string, path: string, operation: string): Route => route(method, path, () => {
  throw unimplemented(operation);
});

export const ROUTES: readonly Route[] = [
  route('GET', '_ping', ping),
  route('HEAD', '_ping', ping),
  route('GET', 'info', info),
  route('GET', 'version', version),
  route('GET', 'events', events),
  not('POST', 'auth', 'system.AuthenticateToRegistry'),

  route('GET', 'containers/json', listContainers),
  route('POST', 'containers/create', createContainer),
  route('GET', 'containers/*/json', inspectContainer),
  route('GET', 'containers/*/logs', logs),
  route('POST', 'containers/*/start', startContainer),
  route('POST', 'containers/*/stop', stopContainer),
  route('POST', 'containers/*/restart', restartContainer),
  route('POST', 'containers/*/kill', killContainer),
  route('DELETE', 'containers/*', removeContainer),
  not('POST', 'containers/*/exec', 'container.ContainerExecCreate'),
  not('POST', 'containers/*/pause', 'container.ContainerPause'),
  not('POST', 'containers/*/unpause', 'container.ContainerUnpause'),
  not('POST', 'containers/*/rename', 'container.ContainerRename'),
  not('POST', 'containers/*/update', 'container.ContainerUpdate'),
  not('POST', 'containers/*/wait', 'container.ContainerWait'),
  not('POST', 'containers/*/attach', 'container.ContainerAttach in a simulation'),
  not('POST', 'containers/*/resize', 'container.ContainerResize in a simulation'),
  not('GET', 'containers/*/top', 'container.ContainerTop'),
  not('GET', 'containers/*/stats', 'container.ContainerStats'),
  not('GET', 'containers/*/changes', 'container.ContainerChanges'),
  not('GET', 'containers/*/export', 'container.ContainerExport'),
  not('GET', 'containers/*/archive', 'container.ContainerArchivePath'),
  not('PUT', 'containers/*/archive', 'container.ContainerExtractToDir'),
  not('HEAD', 'containers/*/archive', 'container.ContainerStatPath'),
  not('POST', 'commit', 'container.Commit'),

  route('GET', 'images/json', listImages),
  route('POST', 'images/create', pullImage),
  not('GET', 'images/search', 'image.SearchRegistryForImages'),
  not('GET', 'images/get', 'image.ExportImage'),
  not('POST', 'images/load', 'image.LoadImage'),
  route('GET', 'images/**/json', inspectImage),
  not('GET', 'images/**/history', 'image.ImageHistory'),
  not('POST', 'images/**/tag', 'image.TagImage'),
  not('POST', 'images/**/push', 'image.PushImage'),
  not('DELETE', 'images/**', 'image.ImageDelete'),

  route('GET', 'networks', listNetworks),
  route('POST', 'networks/create', createNetwork),
  route('GET', 'networks/*', inspectNetwork),
  route('POST', 'networks/*/connect', connectNetwork),
  not('POST', 'networks/*/disconnect', 'network.DisconnectContainerFromNetwork'),
  route('DELETE', 'networks/*', removeNetwork),

  route('GET', 'volumes', listVolumes),
  route('POST', 'volumes/create', createVolume),
  not('GET', 'volumes/*', 'volume.VolumeInspect'),
  route('DELETE', 'volumes/*', removeVolume),
];
