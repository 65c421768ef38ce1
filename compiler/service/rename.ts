/** Renaming of programs and memories. */
import { RESERVED_WORDS } from '../language/reserved-words.js';
import type { ServiceDocument } from './document.js';
import { type NameUse, nameAt, nameUses, usesOf } from './names.js';
import type { TextEdit, TextRange } from './text-lines.js';

/** The name that a rename at an offset changes. */
export interface Renamable {
  readonly range: TextRange;
  readonly name: string;
}

export type RenameResult =
  | { readonly kind: 'edits'; readonly edits: readonly TextEdit[] }
  /** The reason, as a sentence. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Undefined where no program or memory stands. */
export function renamableAt(document: ServiceDocument, offset: number): Renamable | undefined {
  const name = nameAt(document, offset);
  return name && { range: name.range, name: name.name };
}

/** The edits that rename the program or memory at an offset wherever it stands. */
export function renameAt(document: ServiceDocument, offset: number, newName: string): RenameResult {
  const use = nameAt(document, offset);
  if (use === undefined) return { kind: 'refused', reason: 'only programs and memories can be renamed' };
  const reason = problemOf(document, use, newName);
  if (reason !== undefined) return { kind: 'refused', reason };
  if (newName === use.name) return { kind: 'edits', edits: [] };
  return { kind: 'edits', edits: usesOf(document, use).map(({ range }) => ({ ...range, newText: newName })) };
}

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

/** The reason why a new name is refused. */
function problemOf(document: ServiceDocument, { kind, name }: NameUse, newName: string): string | undefined {
  if (!NAME.test(newName)) return `'${newName}' is not a name: a letter, then letters, digits and '_'`;
  const reserved = RESERVED_WORDS.get(newName);
  if (reserved !== undefined) return `${newName} is ${reserved}`;
  const isTaken = newName !== name && nameUses(document).some((use) => use.kind === kind && use.name === newName);
  return isTaken ? `there is already a ${kind} ${newName}` : undefined;
}
