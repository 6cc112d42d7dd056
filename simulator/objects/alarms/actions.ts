// What an alarm does when its status changes: the actions of that transition, told by events of their own.
// Nothing leaves the simulator: mail, traps and scripts are recorded as sent, mail only where a mail server is set.
import { type Action, type AlarmAction, type AlarmInfo, type DataTypes, type ManagedEntityStatus, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { NewEvent } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { mailTrouble } from '../mail.ts';
import { above, argumentsOf } from './states.ts';

type Ref = ManagedObjectReference;
type Status = ManagedEntityStatus;
type Triggering = DataTypes['AlarmTriggeringAction'];

/** Events of the actions of a transition; none where actions are switched off for the entity or for what it lies in. */
export function actionsOn(tx: Transaction, alarm: Ref, info: AlarmInfo, entity: Ref, from: Status, to: Status): NewEvent[] {
  if (info.action === undefined) return [];
  if ([entity, ...above(tx, entity)].some((ref) => tx.get(ref, 'alarmActionsEnabled') === false)) return [];
  const common = argumentsOf(tx, alarm, info, entity);
  return triggeringOf(info.action).filter((triggering) => isFor(triggering, from, to)).flatMap(({ action }) => [
    { ...common, _type: 'AlarmActionTriggeredEvent' }, ...outcomeOf(tx, action, common),
  ]);
}

/** The actions in a group, however deep. */
export function triggeringOf(action: AlarmAction): readonly Triggering[] {
  if (action._type === 'GroupAlarmAction') return (action as DataTypes['GroupAlarmAction']).action.flatMap(triggeringOf);
  return action._type === 'AlarmTriggeringAction' ? [action as Triggering] : [];
}

/** Transitions are named one by one, or by the four switches of the first releases. */
function isFor(action: Triggering, from: Status, to: Status): boolean {
  const steps = action.transitionSpecs ?? [];
  if (steps.length > 0) return steps.some(({ startState, finalState }) => startState === from && finalState === to);
  // What jumps over yellow passes it.
  const passed = from === 'green' && to === 'red' ? ['green2yellow', 'yellow2red'] : from === 'red' && to === 'green' ? ['red2yellow', 'yellow2green'] : [`${from}2${to}`];
  return passed.some((step) => action[step as 'green2yellow'] === true);
}

function outcomeOf(tx: Transaction, action: Action, common: Omit<NewEvent, '_type'>): NewEvent[] {
  switch (action._type) {
    case 'SendEmailAction': {
      const to = (action as DataTypes['SendEmailAction']).toList;
      const reason = mailTrouble(tx);
      return [reason ? { ...common, _type: 'AlarmEmailFailedEvent', to, reason } : { ...common, _type: 'AlarmEmailCompletedEvent', to }];
    }
    case 'SendSNMPAction': return [{ ...common, _type: 'AlarmSnmpCompletedEvent' }];
    case 'RunScriptAction': return [{ ...common, _type: 'AlarmScriptCompleteEvent', script: (action as DataTypes['RunScriptAction']).script }];
    default: return [];
  }
}
