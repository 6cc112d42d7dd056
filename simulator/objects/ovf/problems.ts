// What is wrong with a descriptor: errors and warnings are gathered, because OvfManager answers with all of them.
import { fault, type Fault, type LocalizedMethodFault } from '../../../core/vim25/index.ts';
import type { Node } from './xml.ts';

export class Problems {
  private readonly errors: LocalizedMethodFault[] = [];
  private readonly warnings: LocalizedMethodFault[] = [];

  error(problem: Fault): void {
    this.errors.push(problem.localized());
  }

  warn(problem: Fault): void {
    this.warnings.push(problem.localized());
  }

  get failed(): boolean {
    return this.errors.length > 0;
  }

  /** Fields of a result; absent when there is nothing to say. */
  result(): { error?: readonly LocalizedMethodFault[]; warning?: readonly LocalizedMethodFault[] } {
    return { ...(this.errors.length > 0 ? { error: this.errors } : {}), ...(this.warnings.length > 0 ? { warning: this.warnings } : {}) };
  }
}

const at = ({ line }: Node): string => `Line ${line}: `;

export const badXml = (why: string, lineNumber: number): Fault =>
  fault('OvfXmlFormat', { lineNumber, description: why }, `Line ${lineNumber}: the descriptor is not well-formed XML: ${why}`);

export const wrongElement = (node: Node, expected: string): Fault =>
  fault('OvfWrongElement', { lineNumber: node.line, name: node.name }, `${at(node)}unexpected element "${node.name}", expected "${expected}".`);

export const wrongNamespace = (node: Node): Fault =>
  fault('OvfWrongNamespace', { lineNumber: node.line, namespaceName: node.namespace }, `${at(node)}"${node.namespace}" is not a namespace of OVF 1.0 or 2.0.`);

export const missingElement = (node: Node, name: string): Fault =>
  fault('OvfMissingElement', { lineNumber: node.line, name }, `${at(node)}element "${node.name}" has no "${name}".`);

export const missingAttribute = (node: Node, attributeName: string): Fault =>
  fault('OvfMissingAttribute', { lineNumber: node.line, elementName: node.name, attributeName }, `${at(node)}element "${node.name}" has no attribute "${attributeName}".`);

export const badReference = (node: Node, attributeName: string, value: string): Fault =>
  fault('OvfInvalidValueReference', { lineNumber: node.line, elementName: node.name, attributeName, value }, `${at(node)}"${value}" of ${node.name}.${attributeName} refers to nothing in the descriptor.`);

export const malformed = (node: Node, attributeName: string, value: string): Fault =>
  fault('OvfInvalidValueFormatMalformed', { lineNumber: node.line, elementName: node.name, attributeName, value }, `${at(node)}"${value}" is no value for ${node.name}.${attributeName}.`);

export const badValue = (node: Node, value: string): Fault =>
  fault('OvfElementInvalidValue', { lineNumber: node.line, name: node.name, value }, `${at(node)}"${value}" is no value for element "${node.name}".`);

export const duplicate = (node: Node, name: string): Fault =>
  fault('OvfDuplicateElement', { lineNumber: node.line, name }, `${at(node)}"${name}" is in "${node.name}" more than once.`);

export const unsupportedSection = (node: Node, info: string): Fault =>
  fault('OvfUnsupportedSection', { lineNumber: node.line, name: node.name, info }, `${at(node)}the section "${node.name}" (${info}) is not supported.`);
