// AlarmManager.description: the words for what alarms are made of.
import type { AlarmDescription, ElementDescription, TypeDescription } from '../../../core/vim25/index.ts';

const element = (key: string, label: string): ElementDescription => ({ _type: 'ElementDescription', label, summary: label, key });
const elements = (table: Readonly<Record<string, string>>): ElementDescription[] => Object.entries(table).map(([key, label]) => element(key, label));
const types = (table: Readonly<Record<string, string>>): TypeDescription[] =>
  Object.entries(table).map(([key, label]) => ({ _type: 'TypeDescription', label, summary: label, key }));

export const alarmDescription = (): AlarmDescription => ({
  _type: 'AlarmDescription',
  expr: types({ EventAlarmExpression: 'Event Alarm Expression', StateAlarmExpression: 'State Alarm Expression', MetricAlarmExpression: 'Metric Alarm Expression', AndAlarmExpression: 'And Alarm Expression', OrAlarmExpression: 'Or Alarm Expression' }),
  stateOperator: elements({ isEqual: 'Equal', isUnequal: 'Not equal' }),
  metricOperator: elements({ isAbove: 'Above', isBelow: 'Below' }),
  hostSystemConnectionState: elements({ connected: 'Connected', disconnected: 'Disconnected', notResponding: 'Not responding' }),
  virtualMachinePowerState: elements({ poweredOff: 'Powered Off', poweredOn: 'Powered On', suspended: 'Suspended' }),
  datastoreConnectionState: elements({ connected: 'Connected', disconnected: 'Disconnected' }),
  hostSystemPowerState: elements({ poweredOn: 'Powered On', poweredOff: 'Powered Off', standBy: 'Standby', unknown: 'Unknown' }),
  virtualMachineGuestHeartbeatStatus: elements({ gray: 'No heartbeat', red: 'Red', yellow: 'Yellow', green: 'Green' }),
  entityStatus: elements({ gray: 'Gray', green: 'Green', yellow: 'Yellow', red: 'Red' }),
  action: types({ SendEmailAction: 'Send email', SendSNMPAction: 'Send SNMP trap', RunScriptAction: 'Run script', MethodAction: 'Run operation', CreateTaskAction: 'Create task' }),
});
