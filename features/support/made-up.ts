// Names that VIC or the server makes up: steps write <uuid> and <id> for them.

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** Containers and image layers: 64 hex digits. */
const ID = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/** The text with <uuid> and <id> in the place of what was made up. */
export const unmade = (text: string): string => text.replace(UUID, '<uuid>').replace(ID, '<id>');

/** The one of `names` that a step means. Throws when it means several. */
export function meant(name: string, names: Iterable<string>): string | undefined {
  if (!/<(uuid|id)>/.test(name)) return [...names].find((one) => one === name);
  const found = [...names].filter((one) => unmade(one) === name);
  if (found.length > 1) throw new Error(`"${name}" may be any of: ${found.join(', ')}`);
  return found[0];
}
