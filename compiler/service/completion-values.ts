/** Completion items that are single words: fields, registers, memories, values and masks. */

import { ones, readable } from '../data-plane/bits.js';
import { counted } from '../data-plane/counting.js';
import type { DataPlane, Field, FilterTable } from '../data-plane/data-plane.js';
import { REGISTERS, type Register } from '../data-plane/description.js';
import { actionName } from '../data-plane/instructions/table.js';
import { IPV6_BITS, ipv6Text, prefixMask } from '../data-plane/ipv6-text.js';
import { HASHED_WORDS } from '../language/hashed-fields.js';
import { type ArgumentKind, argumentKind, PRIMITIVES } from '../language/primitives.js';
import type { CompletionItem, CompletionKind } from './completion-item.js';
import type { ServiceDocument } from './document.js';
import { declaredMemories, nameUses } from './names.js';
import type { Place } from './structure.js';
import type { TextRange } from './text-lines.js';

const word = (label: string, kind: CompletionKind, detail: string): CompletionItem => ({
  label,
  kind,
  detail,
  insert: label,
  isSnippet: false,
});

const bits = (width: number): string => counted(width, 'bit');

/** @param range the word that the item replaces */
export function matchItems(
  document: ServiceDocument,
  place: Place & { kind: 'match' },
  range: TextRange,
): CompletionItem[] {
  const { dataPlane } = document;
  if (place.part === 'subject') {
    const subjects =
      place.of === 'program' ? filterFields(dataPlane, place.earlier) : conditionRegisters(place.earlier);
    // The name alone if value and mask follow already.
    const isFollowed = /^\s*[,>]/.test(document.text.slice(range.end, range.end + MAX_SPACE));
    return subjects.map(({ item, width }) => (isFollowed ? item : withValueAndMask(item, width)));
  }
  const width = subjectWidth(place, dataPlane);
  if (width === undefined) return [];
  if (place.part === 'mask') return masksOf(width).map((mask) => word(mask, 'value', `mask of ${bits(width)}`));
  return place.of === 'program' ? selectedValues(dataPlane, place.subject) : [];
}

const MAX_SPACE = 40;

interface Subject {
  readonly item: CompletionItem;
  readonly width: number;
}

function withValueAndMask(item: CompletionItem, width: number): CompletionItem {
  const isAddress = width === IPV6_BITS;
  const inserted = isAddress ? `${item.label}, \${1:2001:db8::/32}` : `${item.label}, \${1:0}, \${2:${allOnes(width)}}`;
  return { ...item, insert: inserted, isSnippet: true };
}

const conditionRegisters = (earlier: readonly string[]): Subject[] =>
  REGISTERS.filter((register) => !earlier.includes(register)).map((register) => ({
    item: word(register, 'register', REGISTER_DETAIL[register]),
    width: 32,
  }));

const REGISTER_DETAIL: Record<Register, string> = {
  har: 'hash register',
  sar: 'SALU operand register',
  mar: 'memory address register',
};

/** Fields and aliases that a filter table can match together with the filters before them. */
function filterFields(dataPlane: DataPlane, earlier: readonly string[]): Subject[] {
  const known = earlier.flatMap((spelling) => {
    const field = dataPlane.fieldReference(spelling)?.field;
    return field === undefined ? [] : dataPlane.wordsOf(field);
  });
  const isKnown = (field: Field): boolean => dataPlane.wordsOf(field).some((word) => known.includes(word));
  const holds = ({ keys }: FilterTable, field: Field): boolean =>
    dataPlane.wordsOf(field).every((word) => keys.includes(word));
  const tables = dataPlane.filterTables.filter(
    (table) => table.unreachable === undefined && known.every((field) => holds(table, field)),
  );
  const spellings = [...dataPlane.fields.keys(), ...Object.keys(dataPlane.description.aliases)];
  return spellings.flatMap((spelling): Subject[] => {
    const field = dataPlane.fieldReference(spelling)?.field;
    if (field === undefined || isKnown(field) || !tables.some((table) => holds(table, field))) return [];
    const detail = spelling === field.name ? bits(field.width) : `${bits(field.width)}, ${field.name}`;
    return [{ item: word(spelling, 'field', detail), width: field.width }];
  });
}

function subjectWidth({ of, subject }: Place & { kind: 'match' }, dataPlane: DataPlane): number | undefined {
  if (of === 'case') return 32;
  return subject === undefined ? undefined : dataPlane.fieldReference(subject)?.field.width;
}

const allOnes = (width: number): string =>
  width === IPV6_BITS ? ipv6Text(prefixMask(IPV6_BITS, IPV6_BITS)) : `0x${ones(width).toString(16)}`;

const BITS_OF_AN_ADDRESS = 32;

function masksOf(width: number): string[] {
  if (width === IPV6_BITS) return [64, 48, 32, 0].map((length) => ipv6Text(prefixMask(length, IPV6_BITS)));
  const prefixes = width === BITS_OF_AN_ADDRESS ? ['255.255.255.0', '255.255.0.0', '255.0.0.0'] : [];
  return [allOnes(width), ...prefixes, '0'];
}

/** The values of a field that the parser selects on. */
function selectedValues(dataPlane: DataPlane, spelling: string | undefined): CompletionItem[] {
  const name = spelling === undefined ? undefined : dataPlane.fieldReference(spelling)?.field.name;
  return Object.values(dataPlane.description.parser.states).flatMap(({ select }) =>
    select === undefined || select.field !== name
      ? []
      : select.next.map(({ value, state }) => word(readable(value), 'value', `the parser goes on to ${state}`)),
  );
}

/** @param range the word that the item replaces */
export function argumentItems(
  document: ServiceDocument,
  { callee, index, earlier }: Place & { kind: 'argument' },
  range: TextRange,
): CompletionItem[] {
  const row = PRIMITIVES.get(callee.text);
  const kind: ArgumentKind | undefined = row && argumentKind(row, index);
  switch (kind) {
    case 'field':
      return accessibleFields(document.dataPlane, callee.text);
    case 'register':
      return argumentRegisters(document.dataPlane, callee.text, index, earlier).map((register) =>
        word(register, 'register', REGISTER_DETAIL[register]),
      );
    case 'memory':
      return memoryItems(document, range);
    case 'fields':
      return HASHED_WORDS.filter((each) => !earlier.includes(each)).map((each) =>
        word(each, 'value', 'a field that is hashed'),
      );
    default:
      return [];
  }
}

const accessOf = (primitive: string): 'extract' | 'modify' => (primitive === 'EXTRACT' ? 'extract' : 'modify');

const canAccess = (dataPlane: DataPlane, primitive: string, field: Field, register: Register): boolean =>
  dataPlane.rpbsWith(actionName({ kind: accessOf(primitive), field: field.name, register })).includes(1);

/** Fields and aliases that some RPB can extract, or modify. */
function accessibleFields(dataPlane: DataPlane, primitive: string): CompletionItem[] {
  const spellings = [...dataPlane.fields.keys(), ...Object.keys(dataPlane.description.aliases)];
  return spellings.flatMap((spelling) => {
    const field = dataPlane.fieldReference(spelling)?.field;
    if (field === undefined || field.width > 32) return [];
    const registers = REGISTERS.filter((register) => canAccess(dataPlane, primitive, field, register));
    if (registers.length === 0) return [];
    const only = registers.length === REGISTERS.length ? '' : `, ${registers.join(' or ')} alone`;
    return [word(spelling, 'field', `${bits(field.width)}${only}`)];
  });
}

/** Registers that the field argument can be copied to or from; without the register of the first argument. */
function argumentRegisters(
  dataPlane: DataPlane,
  primitive: string,
  index: number,
  earlier: readonly string[],
): Register[] {
  const [first] = earlier;
  const field = index === 1 && first !== undefined ? dataPlane.fieldReference(first)?.field : undefined;
  return REGISTERS.filter(
    (register) => register !== first && (field === undefined || canAccess(dataPlane, primitive, field, register)),
  );
}

/** Memories that no other program uses. */
function memoryItems(document: ServiceDocument, { start }: TextRange): CompletionItem[] {
  const { programs } = document.structure;
  const here = document.programAt(start);
  const elsewhere = new Set<string>();
  let at = -1;
  for (const { kind, isDeclaration, name, range } of nameUses(document)) {
    // Uses and programs are both in text order.
    for (let next = programs[at + 1]; next !== undefined && next.head.start <= range.start; next = programs[at + 1])
      at++;
    if (kind === 'memory' && !isDeclaration && programs[at] !== here) elsewhere.add(name);
  }
  return declaredMemories(document)
    .filter(({ name }) => !elsewhere.has(name))
    .map(({ name, buckets }) => word(name, 'memory', buckets === undefined ? 'memory' : counted(buckets, 'bucket')));
}
