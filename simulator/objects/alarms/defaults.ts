// The alarms that a vCenter is installed with, as far as the simulator can set them off or knows their counters.
import type { AlarmExpression, AlarmSpec, ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { catalogue } from '../performance/catalogue.ts';
import { addAlarm } from './alarm-manager.ts';

const state = (type: string, statePath: string, operator: 'isEqual' | 'isUnequal', red: string | undefined, yellow?: string): AlarmExpression =>
  ({ _type: 'StateAlarmExpression', operator, type, statePath, ...(red === undefined ? {} : { red }), ...(yellow === undefined ? {} : { yellow }) }) as AlarmExpression;
const event = (eventType: string, objectType: string, status: string, eventTypeId?: string): AlarmExpression =>
  ({ _type: 'EventAlarmExpression', eventType, objectType, status, comparisons: [], ...(eventTypeId === undefined ? {} : { eventTypeId }) }) as AlarmExpression;
const combine = (_type: 'AndAlarmExpression' | 'OrAlarmExpression', ...expression: AlarmExpression[]): AlarmExpression => ({ _type, expression }) as AlarmExpression;

function alarms(sim: Simulation): AlarmSpec[] {
  const { all } = catalogue(sim.product);
  /** Usage in hundredths of a percent, for five minutes, as vCenter's have it. */
  const usage = (type: string, group: string, name: string, yellow: number, red: number): AlarmExpression => {
    const counter = all.find(({ info }) => info.groupInfo.key === group && info.nameInfo.key === name && (info.rollupType === 'average' || info.rollupType === 'latest'));
    return combine('OrAlarmExpression', {
      _type: 'MetricAlarmExpression', operator: 'isAbove', type, metric: { _type: 'PerfMetricId', counterId: counter!.info.key, instance: '' }, yellow, yellowInterval: 300, red, redInterval: 300,
    } as AlarmExpression);
  };
  const alarm = (name: string, systemName: string, description: string, expression: AlarmExpression): AlarmSpec => ({
    _type: 'AlarmSpec', name, systemName: `alarm.${systemName}`, description, enabled: true, expression, actionFrequency: 0,
    setting: { _type: 'AlarmSetting', toleranceRange: 0, reportingFrequency: 300 },
  });
  return [
    alarm('Host connection and power state', 'HostConnectionStateAlarm', 'Default alarm to monitor host connection and power state',
      combine('AndAlarmExpression', state('HostSystem', 'runtime.connectionState', 'isEqual', 'notResponding'), state('HostSystem', 'runtime.powerState', 'isUnequal', 'standBy'))),
    alarm('Host CPU usage', 'HostCPUUsageAlarm', 'Default alarm to monitor host CPU usage', usage('HostSystem', 'cpu', 'usage', 7500, 9000)),
    alarm('Host memory usage', 'HostMemoryUsageAlarm', 'Default alarm to monitor host memory usage', usage('HostSystem', 'mem', 'usage', 9000, 9500)),
    alarm('Virtual machine CPU usage', 'VmCPUUsageAlarm', 'Default alarm to monitor virtual machine CPU usage', usage('VirtualMachine', 'cpu', 'usage', 7500, 9000)),
    alarm('Virtual machine memory usage', 'VmMemoryUsageAlarm', 'Default alarm to monitor virtual machine memory usage', usage('VirtualMachine', 'mem', 'usage', 8500, 9500)),
    alarm('Virtual machine Consolidation Needed status', 'VmDiskConsolidationNeededAlarm', 'Default alarm that is triggered when VM Consolidation Needed status is set',
      state('VirtualMachine', 'runtime.consolidationNeeded', 'isEqual', undefined, 'true')),
    alarm('Cannot connect to storage', 'StorageConnectivityAlarm', 'Default alarm to monitor host connectivity to storage devices',
      combine('OrAlarmExpression', event('EventEx', 'HostSystem', 'red', 'esx.problem.storage.connectivity.lost'), event('EventEx', 'HostSystem', 'green', 'esx.clear.storage.connectivity.restored'))),
    alarm('Network connectivity lost', 'NetworkConnectivityLostAlarm', 'Default alarm to monitor network connectivity on a virtual switch',
      combine('OrAlarmExpression', event('EventEx', 'HostSystem', 'red', 'esx.problem.net.connectivity.lost'), event('EventEx', 'HostSystem', 'green', 'esx.clear.net.connectivity.restored'))),
  ];
}

/** Adds them to the root folder of a vCenter, which may still have to be made; a host by itself has no alarms. */
export function createDefaultAlarms(sim: Simulation, tx: Transaction): void {
  if (sim.product !== 'vcenter') return;
  const root = sim.wellKnown['rootFolder'] as ManagedObjectReference;
  const time = sim.clock.now();
  for (const spec of alarms(sim)) addAlarm(tx, root, spec, { user: '', time, event: 0 });
}
