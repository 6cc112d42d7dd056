// What an alarm does when its status changes: the actions of that transition, told by events of their own.
// Methods are called for the user who wrote the alarm. Nothing leaves the simulator: mail, traps and scripts are recorded as sent, mail only where a mail server is set.
import { isFault, type Action, type AlarmAction, type AlarmInfo, type DataTypes, type ManagedEntityStatus, type ManagedObjectReference, type TaskInfo } from '../../../core/vim25/index.ts';
import type { NewEvent, Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { mailTrouble } from '../mail.ts';
import { takeAction } from '../method-actions.ts';
import { above, argumentsOf } from './states.ts';

type Ref = ManagedObjectReference;
type Status = ManagedEntityStatus;
type Triggering = DataTypes['AlarmTriggeringAction'];

/** Takes an action that does something, once the transaction is committed. */
export type Act = (tx: Transaction, alarm: Ref, info: AlarmInfo, entity: Ref, action: Action) => void;

/** Calls methods and makes tasks for alarms, as the user who wrote the alarm; what fails is told by its task, or in the log. */
export const actFor = (sim: () => Simulation): Act => (tx, alarm, { name, lastModifiedUser }, entity, action) => {
  const reason = { _type: 'TaskReasonAlarm', alarmName: name, alarm, entityName: String(tx.get(entity, 'name') ?? ''), entity } as TaskInfo['reason'];
  tx.afterCommit(() => void sim().clock.after(0, () => {
    takeAction(sim(), action, entity, lastModifiedUser, reason).catch((error: unknown) => {
      sim().log.write(isFault(error) ? 'warn' : 'error', `alarm '${name}': its action on ${entity.value} failed: ${String(error)}`);
    });
  }));
};

/** Events of the actions of a transition; none where actions are switched off for the entity or for what it lies in. */
export function actionsOn(tx: Transaction, alarm: Ref, info: AlarmInfo, entity: Ref, from: Status, to: Status, act: Act): NewEvent[] {
  if (info.action === undefined) return [];
  if ([entity, ...above(tx, entity)].some((ref) => tx.get(ref, 'alarmActionsEnabled') === false)) return [];
  const common = argumentsOf(tx, alarm, info, entity);
  return triggeringOf(info.action).filter((triggering) => isFor(triggering, from, to)).flatMap(({ action }) => {
    act(tx, alarm, info, entity, action);
    return [{ ...common, _type: 'AlarmActionTriggeredEvent' }, ...outcomeOf(tx, action, common)];
  });
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
