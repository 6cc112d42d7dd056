// The list of topics: one line for each file of checks.
import curlAdmin from './curl/admin.mjs';
import curlFiles from './curl/files.mjs';
import curlHttp from './curl/http.mjs';
import curlRest from './curl/rest.mjs';
import curlSoap from './curl/soap.mjs';
import curlViJson from './curl/vi-json.mjs';
import dockerContainers from './docker/containers.mjs';
import access from './govc/access.mjs';
import appliance from './govc/appliance.mjs';
import clusters from './govc/clusters.mjs';
import collect from './govc/collect.mjs';
import datastore from './govc/datastore.mjs';
import devices from './govc/devices.mjs';
import disks from './govc/disks.mjs';
import esxi from './govc/esxi.mjs';
import events from './govc/events.mjs';
import guest from './govc/guest.mjs';
import hosts from './govc/hosts.mjs';
import hostNetwork from './govc/host-network.mjs';
import inventory from './govc/inventory.mjs';
import libraries from './govc/libraries.mjs';
import machines from './govc/machines.mjs';
import managers from './govc/managers.mjs';
import metrics from './govc/metrics.mjs';
import networks from './govc/networks.mjs';
import packages from './govc/packages.mjs';
import placement from './govc/placement.mjs';
import pools from './govc/pools.mjs';
import power from './govc/power.mjs';
import saved from './govc/saved.mjs';
import service from './govc/service.mjs';
import snapshots from './govc/snapshots.mjs';
import sso from './govc/sso.mjs';
import tags from './govc/tags.mjs';
import storageObjects from './govc/storage-objects.mjs';
import storagePolicies from './govc/storage-policies.mjs';
import viJson from './govc/vi-json.mjs';
import virshDomains from './virsh/domains.mjs';
import vchCreate from './vic-machine/create.mjs';
import vchDelete from './vic-machine/delete.mjs';
import vchErrors from './vic-machine/errors.mjs';
import vchInspect from './vic-machine/inspect.mjs';
import vchLater from './vic-machine/later-layout.mjs';
import vchLs from './vic-machine/ls.mjs';

/** Checks run with every version of govc, unless they name theirs. */
export const govcChecks = [service, inventory, collect, machines, guest, power, placement, devices, disks, snapshots, tags, datastore, hosts, hostNetwork, networks, clusters, pools, events, access, managers, metrics, packages, storageObjects, storagePolicies, esxi, libraries, saved, appliance, viJson, sso].flat();

export const virshChecks = [virshDomains].flat();

export const curlChecks = [curlHttp, curlSoap, curlFiles, curlAdmin, curlRest, curlViJson].flat();

/** Checks of our command, against vicsim and every vcsim alike. */
export const vicMachineChecks = [vchLs, vchInspect, vchDelete, vchErrors, vchCreate, vchLater].flat();

export const dockerChecks = [dockerContainers].flat();
