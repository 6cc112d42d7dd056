// Writes a world as `govc object.save` does: a file with an ObjectContent for each managed object.
import { encodeAnyProperty } from '../../../core/vim25/index.ts';
import { escapeAttribute, escapeText } from '../../../core/vim25/codec/scalar.ts';
import { isOfVim25, managedType, versionOf, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Props, Readable } from '../../store/object.ts';

/** Tasks and what sessions made are no inventory. */
const LEFT_OUT = new Set(['Task', 'EventHistoryCollector', 'TaskHistoryCollector', 'PropertyFilter', 'LicenseManager', 'LicenseAssignmentManager']);

export interface SavedFile {
  readonly name: string;
  readonly content: string;
}

/** The files, the ServiceInstance and the root folder first. */
export function* savedFiles(sim: Simulation): Iterable<SavedFile> {
  const version = versionOf(sim.about.apiVersion);
  const first = [{ type: 'ServiceInstance', value: 'ServiceInstance' }, sim.wellKnown['rootFolder']!];
  const order: Readable[] = [...first.flatMap((ref) => sim.store.get(ref) ?? []), ...[...sim.store.all()].filter(({ ref }) => !first.some(({ value }) => value === ref.value))];
  let number = 0;
  for (const { ref, props } of order) {
    const type = managedType(ref.type);
    // Readers know the types of vim25, and stop at any other.
    if (!type || !isOfVim25(ref.type) || LEFT_OUT.has(ref.type) || type.properties.length === 0) continue;
    const content = [`<ObjectContent xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">`, `  <obj type="${escapeAttribute(ref.type)}">${escapeText(ref.value)}</obj>`];
    for (const field of type.properties) {
      const value = (props as Props)[field.name];
      const text = value === undefined ? '' : encodeAnyProperty('val', field, value, version);
      if (text !== '') content.push('  <propSet>', `    <name>${field.name}</name>`, `    ${text}`, '  </propSet>');
    }
    content.push('</ObjectContent>', '');
    yield { name: `${String(number++).padStart(4, '0')}-${ref.type}-${fileName(ref)}.xml`, content: content.join('\n') };
  }
}

const fileName = ({ value }: ManagedObjectReference): string => value.replaceAll(/[/\\:]/g, (character) => encodeURIComponent(character));
