// HostStorageSystem, software iSCSI: the adapter's name, how it finds targets, how it proves who it is, and its targets.
import {
  plain, type HostInternetScsiHba, type HostInternetScsiHbaAuthenticationProperties, type HostInternetScsiHbaDigestProperties, type HostInternetScsiHbaParamValue,
  type HostInternetScsiHbaSendTarget, type HostInternetScsiHbaStaticTarget, type HostInternetScsiHbaTargetSet,
} from '../../../../core/vim25/index.ts';
import type { Methods } from '../../../dispatch/define.ts';
import { ISCSI_OPTIONS, targetDisk } from './device-info.ts';
import { adapterOf, byPath, partitions, refused, set, settingsOf, wrong, type Ctx } from './shared.ts';

const PORT = 3260;
const NAME = /^(iqn\.\d{4}-\d{2}\.[a-z0-9.-]+(:\S+)?|eui\.[0-9a-f]{16}|naa\.[0-9a-f]{16}([0-9a-f]{16})?)$/i;

/** The software adapter as it is shown. Throws NotFound; HostConfigFault when the adapter is of another kind. */
function iscsiAdapter(ctx: Ctx, device: string): HostInternetScsiHba {
  const found = adapterOf(ctx, device);
  if (!('iScsiName' in found)) throw refused(`${device} is not an iSCSI adapter.`);
  return found as HostInternetScsiHba;
}

function setAdapter(ctx: Ctx, device: string, values: Partial<HostInternetScsiHba>): void {
  iscsiAdapter(ctx, device);
  set(ctx, { iscsi: { ...settingsOf(ctx).iscsi, ...values } });
}

const portOf = ({ port }: { readonly port?: number }): number => port ?? PORT;
const sameAddress = (a: { address: string; port?: number }, b: { address: string; port?: number }): boolean => a.address === b.address && portOf(a) === portOf(b);
const sameTarget = (a: HostInternetScsiHbaStaticTarget, b: HostInternetScsiHbaStaticTarget): boolean => sameAddress(a, b) && a.iScsiName === b.iScsiName;

function validAddress(field: string, { address, port }: { readonly address: string; readonly port?: number }): void {
  if (!address) throw wrong(`${field}.address`, 'it is empty');
  if (port !== undefined && (port < 1 || port > 65_535)) throw wrong(`${field}.port`, `${port}; it goes from 1 to 65535`);
}

function validName(property: string, name: string): void {
  if (!NAME.test(name)) throw wrong(property, `'${name}' is no iSCSI name; they look like iqn.1998-01.com.vmware:host or eui.0123456789abcdef`);
}

/** Secrets are taken, and never shown again. */
function shown({ chapSecret, mutualChapSecret, ...properties }: HostInternetScsiHbaAuthenticationProperties, property: string): HostInternetScsiHbaAuthenticationProperties {
  const { chapAuthEnabled, chapName, mutualChapName, chapAuthenticationType, mutualChapAuthenticationType } = properties;
  if (chapAuthEnabled && properties.chapInherited !== true && !chapName) throw wrong(`${property}.chapName`, 'CHAP is enabled, and needs a name');
  if (chapAuthEnabled && properties.chapInherited !== true && !chapSecret) throw wrong(`${property}.chapSecret`, 'CHAP is enabled, and needs a secret');
  if (mutualChapName && mutualChapSecret === chapSecret) throw wrong(`${property}.mutualChapSecret`, 'it is the secret of the other direction too');
  const types = ['chapProhibited', 'chapDiscouraged', 'chapPreferred', 'chapRequired'];
  for (const type of [chapAuthenticationType, mutualChapAuthenticationType]) {
    if (type !== undefined && !types.includes(type)) throw wrong(`${property}.chapAuthenticationType`, `'${type}'; valid: ${types.join(', ')}`);
  }
  return properties;
}

function validDigest(digest: HostInternetScsiHbaDigestProperties): HostInternetScsiHbaDigestProperties {
  const types = ['digestProhibited', 'digestDiscouraged', 'digestPreferred', 'digestRequired'];
  for (const [field, type] of [['headerDigestType', digest.headerDigestType], ['dataDigestType', digest.dataDigestType]] as const) {
    if (type !== undefined && !types.includes(type)) throw wrong(`digestProperties.${field}`, `'${type}'; valid: ${types.join(', ')}`);
  }
  return digest;
}

/** Changes the adapter, or those of its targets that are named. Throws NotFound for a target that it has not. */
function setOn(ctx: Ctx, device: string, targets: HostInternetScsiHbaTargetSet | undefined, values: Partial<HostInternetScsiHbaSendTarget>): void {
  const hba = iscsiAdapter(ctx, device);
  const { sendTargets = [], staticTargets = [] } = targets ?? {};
  if (sendTargets.length + staticTargets.length === 0) {
    setAdapter(ctx, device, values);
    return;
  }
  const changed = <T extends { address: string }>(known: readonly T[], named: readonly T[], same: (a: T, b: T) => boolean): T[] => {
    const missing = named.find((target) => !known.some((one) => same(one, target)));
    if (missing) throw refused(`${device} has no target ${missing.address}.`);
    return known.map((one) => (named.some((target) => same(one, target)) ? { ...one, ...values } : one));
  };
  setAdapter(ctx, device, {
    configuredSendTarget: changed(hba.configuredSendTarget ?? [], sendTargets, sameAddress), configuredStaticTarget: changed(hba.configuredStaticTarget ?? [], staticTargets, sameTarget),
  });
}

function withOptions(known: readonly HostInternetScsiHbaParamValue[], options: readonly HostInternetScsiHbaParamValue[]): HostInternetScsiHbaParamValue[] {
  for (const { key, value } of options) {
    const option = ISCSI_OPTIONS.find((one) => one.key === key);
    if (!option) throw wrong('options.key', `'${key}'; valid: ${ISCSI_OPTIONS.map((one) => one.key).join(', ')}`);
    const number = Number(plain(value));
    if (!(number >= option.min && number <= option.max)) throw wrong('options.value', `${key} is ${number}; it goes from ${option.min} to ${option.max}`);
  }
  return [...known.filter(({ key }) => !options.some((option) => option.key === key)), ...options.map((option) => ({ ...option, isInherited: false }))];
}

/** What is not known so far, and each of it once. */
const fresh = <T>(known: readonly T[], given: readonly T[], same: (a: T, b: T) => boolean): T[] =>
  given.filter((target, i) => ![...known, ...given.slice(0, i)].some((one) => same(one, target)));

/** A target whose disk is used is not taken away. */
function mustBeUnused(ctx: Ctx, targets: readonly HostInternetScsiHbaStaticTarget[]): void {
  for (const { iScsiName } of targets) {
    if (!settingsOf(ctx).reached?.includes(iScsiName)) continue;
    const disk = byPath(ctx, targetDisk(iScsiName).canonicalName!);
    if (partitions(ctx, disk).length > 0) throw refused(`the disk ${disk.canonicalName!} of target ${iScsiName} is in use.`);
  }
}

function without(ctx: Ctx, device: string, gone: (target: HostInternetScsiHbaStaticTarget) => boolean, more: Partial<HostInternetScsiHba>, force: boolean): void {
  const known = iscsiAdapter(ctx, device).configuredStaticTarget ?? [];
  if (!force) mustBeUnused(ctx, known.filter(gone));
  setAdapter(ctx, device, { ...more, configuredStaticTarget: known.filter((target) => !gone(target)) });
}

export const iscsiMethods: Methods<'HostStorageSystem'> = {
  UpdateSoftwareInternetScsiEnabled: (ctx, { enabled }) => {
    if (!enabled && settingsOf(ctx).softwareIscsi) mustBeUnused(ctx, settingsOf(ctx).iscsi?.configuredStaticTarget ?? []);
    set(ctx, { softwareIscsi: enabled });
  },
  UpdateInternetScsiName: (ctx, { iScsiHbaDevice, iScsiName }) => {
    iscsiAdapter(ctx, iScsiHbaDevice);
    validName('iScsiName', iScsiName);
    setAdapter(ctx, iScsiHbaDevice, { iScsiName });
  },
  UpdateInternetScsiAlias: (ctx, { iScsiHbaDevice, iScsiAlias }) => setAdapter(ctx, iScsiHbaDevice, { iScsiAlias }),
  UpdateInternetScsiDiscoveryProperties: (ctx, { iScsiHbaDevice, discoveryProperties }) => {
    iscsiAdapter(ctx, iScsiHbaDevice);
    if (discoveryProperties.iSnsDiscoveryEnabled || discoveryProperties.slpDiscoveryEnabled) throw refused('the software adapter finds targets by static and send-targets discovery only.');
    setAdapter(ctx, iScsiHbaDevice, { discoveryProperties });
  },
  UpdateInternetScsiIPProperties: (ctx, { iScsiHbaDevice }) => {
    iscsiAdapter(ctx, iScsiHbaDevice);
    throw refused(`the software adapter ${iScsiHbaDevice} has no address of its own: it uses those of the kernel NICs.`);
  },
  UpdateInternetScsiAuthenticationProperties: (ctx, { iScsiHbaDevice, authenticationProperties, targetSet }) =>
    setOn(ctx, iScsiHbaDevice, targetSet, { authenticationProperties: shown(authenticationProperties, 'authenticationProperties') }),
  UpdateInternetScsiDigestProperties: (ctx, { iScsiHbaDevice, digestProperties, targetSet }) => setOn(ctx, iScsiHbaDevice, targetSet, { digestProperties: validDigest(digestProperties) }),
  UpdateInternetScsiAdvancedOptions: (ctx, { iScsiHbaDevice, options, targetSet }) =>
    setOn(ctx, iScsiHbaDevice, targetSet, { advancedOptions: withOptions(iscsiAdapter(ctx, iScsiHbaDevice).advancedOptions ?? [], options) }),
  AddInternetScsiSendTargets: (ctx, { iScsiHbaDevice, targets }) => {
    const known = iscsiAdapter(ctx, iScsiHbaDevice).configuredSendTarget ?? [];
    for (const target of targets) validAddress('targets', target);
    const added = fresh(known, targets, sameAddress).map((target) => ({
      ...target, port: portOf(target), ...(target.authenticationProperties ? { authenticationProperties: shown(target.authenticationProperties, 'targets.authenticationProperties') } : {}),
    }));
    setAdapter(ctx, iScsiHbaDevice, { configuredSendTarget: [...known, ...added] });
  },
  RemoveInternetScsiSendTargets: (ctx, { iScsiHbaDevice, targets, force = false }) => {
    const known = iscsiAdapter(ctx, iScsiHbaDevice).configuredSendTarget ?? [];
    for (const target of targets) if (!known.some((one) => sameAddress(one, target))) throw refused(`${iScsiHbaDevice} asks no server ${target.address}:${portOf(target)} for targets.`);
    const configuredSendTarget = known.filter((one) => !targets.some((target) => sameAddress(one, target)));
    without(ctx, iScsiHbaDevice, ({ parent }) => targets.some((target) => parent === `${target.address}:${portOf(target)}`), { configuredSendTarget }, force);
  },
  AddInternetScsiStaticTargets: (ctx, { iScsiHbaDevice, targets }) => {
    const known = iscsiAdapter(ctx, iScsiHbaDevice).configuredStaticTarget ?? [];
    for (const target of targets) {
      validAddress('targets', target);
      validName('targets.iScsiName', target.iScsiName);
    }
    const added = fresh(known, targets, sameTarget).map((target) => ({
      ...target, port: portOf(target), discoveryMethod: 'staticMethod',
      ...(target.authenticationProperties ? { authenticationProperties: shown(target.authenticationProperties, 'targets.authenticationProperties') } : {}),
    }));
    setAdapter(ctx, iScsiHbaDevice, { configuredStaticTarget: [...known, ...added] });
  },
  RemoveInternetScsiStaticTargets: (ctx, { iScsiHbaDevice, targets }) => {
    const known = iscsiAdapter(ctx, iScsiHbaDevice).configuredStaticTarget ?? [];
    for (const target of targets) if (!known.some((one) => sameTarget(one, target))) throw refused(`${iScsiHbaDevice} has no target ${target.iScsiName} at ${target.address}:${portOf(target)}.`);
    without(ctx, iScsiHbaDevice, (one) => targets.some((target) => sameTarget(one, target)), {}, false);
  },
};
