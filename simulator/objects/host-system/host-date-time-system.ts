// HostDateTimeSystem: each host has its own clock, which runs as the simulation's does, by an offset that can be set.
import { fault, type HostDateTimeInfo, type HostDateTimeSystemTimeZone, type HostService, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define } from '../../dispatch/define.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Props } from '../../store/object.ts';
import { DATE_TIME } from './defaults.ts';

const zone = (key: string, gmtOffset: number): HostDateTimeSystemTimeZone => ({ key, name: key, description: key, gmtOffset });

let zones: readonly HostDateTimeSystemTimeZone[] | undefined;

/** Seconds east of Greenwich in January 2024: zones are told apart, daylight saving is not a host's business. */
function offsetOf(key: string): number {
  const at = new Date(Date.UTC(2024, 0, 15, 12));
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: key, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((p) => p.type === type)!.value);
  return (Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - at.getTime()) / 1000;
}

/** Every zone of the time zone database, by name; UTC is what hosts are set to. */
function timeZones(): readonly HostDateTimeSystemTimeZone[] {
  zones ??= [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])].sort().map((key) => zone(key, offsetOf(key)));
  return zones;
}

/** What the host's clock shows. */
export const hostTime = (sim: Simulation, props: Props): Date =>
  new Date(sim.clock.now().getTime() + Number(props['_offset'] ?? 0));

const refused = (why: string) => fault('HostConfigFault', {}, `An error occurred during host configuration: ${why}`);

export const hostDateTimeSystem = define('HostDateTimeSystem', {
  QueryDateTime: { query: ({ sim, self }) => hostTime(sim, self.props) },
  QueryAvailableTimeZones: { query: () => timeZones() },
  UpdateDateTime({ sim, tx, self }, { dateTime }) {
    tx.set(self.ref, '_offset', dateTime.getTime() - sim.clock.now().getTime());
  },
  UpdateDateTimeConfig({ tx, self }, { config }) {
    const old = tx.get(self.ref, 'dateTimeInfo') as HostDateTimeInfo;
    if (config.resetToFactoryDefaults) {
      tx.set(self.ref, 'dateTimeInfo', DATE_TIME);
      return;
    }
    const timeZone = config.timeZone === undefined ? old.timeZone : timeZones().find(({ key }) => key === config.timeZone);
    if (!timeZone) throw refused(`the time zone '${config.timeZone!}' is not known; QueryAvailableTimeZones lists them.`);
    if (config.protocol !== undefined && !['ntp', 'ptp'].includes(config.protocol)) throw refused(`the protocol '${config.protocol}' is not known; use ntp or ptp.`);
    const bad = config.ntpConfig?.server?.find((server) => !/^[\w.:-]+$/.test(server));
    if (bad !== undefined) throw refused(`'${bad}' cannot be the name of an NTP server.`);
    // The wire's type name does not belong to what is stored as another type.
    const { _type, timeZone: _timeZone, protocol, resetToFactoryDefaults: _reset, ntpConfig, ...rest } = config;
    tx.set(self.ref, 'dateTimeInfo', {
      ...old, ...rest, timeZone, ...(protocol === undefined ? {} : { systemClockProtocol: protocol }),
      ...(ntpConfig === undefined ? {} : { ntpConfig: { ...old.ntpConfig, ...ntpConfig, configFile: undefined } }),
    });
  },
  RefreshDateTimeSystem() {},
  TestTimeService: {
    query({ sim, self }) {
      const { ntpConfig, systemClockProtocol } = self.props['dateTimeInfo'] as HostDateTimeInfo;
      const host = sim.store.get(self.props['_host'] as ManagedObjectReference)!;
      const services = (host.props['config'] as { service?: { service?: readonly HostService[] } }).service?.service ?? [];
      const daemon = systemClockProtocol === 'ptp' ? 'ptpd' : 'ntpd';
      const running = services.some(({ key, running }) => key === daemon && running);
      const servers = ntpConfig?.server ?? [];
      const report = [
        ...(running ? [] : [`Service ${daemon} is not running.`]),
        ...(daemon === 'ntpd' && servers.length === 0 ? ['No NTP servers are configured.'] : []),
      ];
      return { workingNormally: report.length === 0, report: report.length === 0 ? [`Time is synchronised by ${daemon}${daemon === 'ntpd' ? ` with ${servers.join(', ')}` : ''}.`] : report };
    },
  },
});
