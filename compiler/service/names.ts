/** Programs and memories by their names: where each is declared and used, also in texts with errors. */
import { REGISTERS } from '../data-plane/description.js';
import { PRIMITIVES } from '../language/primitives.js';
import type { ServiceDocument } from './document.js';
import type { Place } from './structure.js';
import type { TextRange } from './text-lines.js';

export type NameKind = 'program' | 'memory';

/** A place where a name stands. */
export interface NameUse {
  readonly kind: NameKind;
  readonly name: string;
  readonly range: TextRange;
  readonly isDeclaration: boolean;
}

export const isRegister = (text: string): boolean => REGISTERS.some((register) => register === text);

/** The kind of a name at a place. Any argument of an unknown primitive that is no register counts as a memory. */
function nameKindAt(place: Place, text: string): NameKind | undefined {
  switch (place.kind) {
    case 'program-name':
      return 'program';
    case 'memory-name':
      return 'memory';
    case 'argument': {
      const row = PRIMITIVES.get(place.callee.text);
      if (row === undefined) return isRegister(text) ? undefined : 'memory';
      return row.arguments[place.index] === 'memory' ? 'memory' : undefined;
    }
    default:
      return undefined;
  }
}

/** All names of a text, in its order. */
export function nameUses({ structure: { tokens, places } }: ServiceDocument): NameUse[] {
  return tokens.flatMap((token, i): NameUse[] => {
    const place = places[i];
    if (token.kind !== 'name' || place === undefined) return [];
    const kind = nameKindAt(place, token.text);
    if (kind === undefined) return [];
    const { start, end } = token.span;
    return [{ kind, name: token.text, range: { start, end }, isDeclaration: place.kind !== 'argument' }];
  });
}

/** The name that touches an offset. */
export function nameAt(document: ServiceDocument, offset: number): NameUse | undefined {
  const word = document.wordAt(offset);
  if (word?.token.kind !== 'name') return undefined;
  const { token, place } = word;
  const kind = nameKindAt(place, token.text);
  if (kind === undefined) return undefined;
  const { start, end } = token.span;
  return { kind, name: token.text, range: { start, end }, isDeclaration: place.kind !== 'argument' };
}

/** All uses of a name, declarations included, in text order. */
export const usesOf = (document: ServiceDocument, { kind, name }: Pick<NameUse, 'kind' | 'name'>): NameUse[] =>
  nameUses(document).filter((use) => use.kind === kind && use.name === name);

/** A memory that the text declares; without a size if none is written. */
export interface DeclaredMemory {
  readonly name: string;
  readonly range: TextRange;
  readonly buckets: number | undefined;
}

/** In the order of the text. */
export function declaredMemories({ structure: { tokens, places } }: ServiceDocument): DeclaredMemory[] {
  return tokens.flatMap((token, i): DeclaredMemory[] => {
    if (token.kind !== 'name' || places[i]?.kind !== 'memory-name') return [];
    const size = places[i + 1]?.kind === 'memory-size' ? tokens[i + 1] : undefined;
    const { start, end } = token.span;
    return [{ name: token.text, range: { start, end }, buckets: size?.kind === 'integer' ? size.value : undefined }];
  });
}
