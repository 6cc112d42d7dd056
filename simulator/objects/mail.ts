// Mail that the server would send. Nothing leaves the simulator: it counts as sent where a mail server is set.
import type { LocalizedMethodFault, OptionValue } from '../../core/vim25/index.ts';
import type { Transaction } from '../store/transaction.ts';

/** Why mail cannot be sent; undefined when it can. */
export function mailTrouble(tx: Pick<Transaction, 'get'>): LocalizedMethodFault | undefined {
  const settings = (tx.get({ type: 'OptionManager', value: 'VpxSettings' }, 'setting') ?? []) as readonly OptionValue[];
  if (String(settings.find(({ key }) => key === 'mail.smtp.server')?.value ?? '') !== '') return undefined;
  const reason = 'There is no mail server: set mail.smtp.server in the settings of vCenter.';
  return { _type: 'LocalizedMethodFault', fault: { _type: 'SystemError', reason } as LocalizedMethodFault['fault'], localizedMessage: reason };
}
