/** Go to definition, and all references. */
import type { ServiceDocument } from './document.js';
import { nameAt, usesOf } from './names.js';
import type { TextRange } from './text-lines.js';

/** The declaration of the program or memory at an offset; the first of several. */
export function definitionAt(document: ServiceDocument, offset: number): TextRange | undefined {
  const name = nameAt(document, offset);
  return name && usesOf(document, name).find(({ isDeclaration }) => isDeclaration)?.range;
}

/** All places of the program or memory at an offset, in the order of the text. */
export function referencesAt(document: ServiceDocument, offset: number, withDeclaration: boolean): TextRange[] {
  const name = nameAt(document, offset);
  if (name === undefined) return [];
  return usesOf(document, name).flatMap(({ range, isDeclaration }) =>
    isDeclaration && !withDeclaration ? [] : [range],
  );
}
