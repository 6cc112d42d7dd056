// A boot rule in the words of an admin call: name=…&delay=…&dhcp=none&fail.<component>=…&hang.<component>=true.
import type { BootRule } from './boot-rules.ts';
import { COMPONENTS, type Component } from './vch-keys.ts';

type Read = { readonly rule: BootRule; readonly error?: undefined } | { readonly rule?: undefined; readonly error: string };

const isComponent = (name: string): name is Component => (COMPONENTS as readonly string[]).includes(name);
const WORDS = `Known: name, delay (seconds), dhcp (none or any), fail.<component> (its text), hang.<component> (true); components: ${COMPONENTS.join(', ')}.`;

/** Reads a rule, or says what is wrong with it. */
export function readBootRule(query: Readonly<Record<string, string>>): Read {
  let rule: BootRule = {};
  for (const [key, value] of Object.entries(query)) {
    const [word = '', component = ''] = key.split(/\.(.*)/, 2);
    if (key === 'name') rule = { ...rule, name: value };
    else if (key === 'delay' && /^\d+(\.\d+)?$/.test(value)) rule = { ...rule, delay: Number(value) };
    else if (key === 'dhcp' && (value === 'none' || value === 'any')) rule = { ...rule, dhcp: value === 'any' };
    else if (word === 'fail' && isComponent(component) && value !== '') rule = { ...rule, failures: { ...rule.failures, [component]: value } };
    else if (word === 'hang' && isComponent(component) && value === 'true') rule = { ...rule, hangs: [...(rule.hangs ?? []), component] };
    else return { error: `${key}=${value} makes no sense here. ${WORDS}` };
  }
  return { rule };
}
