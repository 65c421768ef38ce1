/** Checks a program's filters and picks the filter table that serves them. */
import { and48, ones } from '../data-plane/bits.js';
import type { DataPlane, Field, FilterTable } from '../data-plane/data-plane.js';
import { planesWhere } from '../data-plane/extend.js';
import { checkMatch } from './check-match.js';
import { type Advice, type Diagnostics, didYouMean, nearest } from './diagnostics.js';
import { fieldHabit } from './field-habits.js';
import { fieldMatches, protocolField } from './field-matches.js';
import { guaranteedHeaders } from './parsing-paths.js';
import type { FieldMatch } from './program.js';
import type { MatchSyntax, ProgramSyntax, Word } from './syntax.js';

export interface CheckedFilter {
  readonly table: FilterTable;
  readonly filters: readonly FieldMatch[];
  /** Indices of the headers that every matching packet has. */
  readonly guaranteed: ReadonlySet<number>;
}

/** The filters of a program, or undefined when an error was reported. */
export function checkFilters(
  program: ProgramSyntax,
  dataPlane: DataPlane,
  diagnostics: Diagnostics,
): CheckedFilter | undefined {
  const filters = new Map<string, FieldMatch>();
  const protocols = new Map<string, number | undefined>();
  let sound = true;
  for (const syntax of program.filters) {
    const reference = dataPlane.fieldReference(syntax.subject.text);
    if (reference === undefined) {
      reportUnknownField(syntax.subject, dataPlane, diagnostics);
      sound = false;
      continue;
    }
    const { field } = reference;
    const matches = fieldMatches(syntax, field, dataPlane);
    if (matches.some((match) => filters.has(match.field.name))) {
      // Ports of different protocols contradict each other, which is reported below; there is nothing to join.
      const isContradicted = protocols.get(field.name) !== reference.protocol;
      const message = `a second filter on ${syntax.subject.text}`;
      if (!isContradicted) diagnostics.report('duplicate-filter', syntax.span, message, 'join value and mask');
      sound = false;
    }
    protocols.set(field.name, reference.protocol);
    sound = checkMatch(syntax, syntax.subject.text, field.width, diagnostics) && sound;
    for (const match of matches) filters.set(match.field.name, match);
  }
  // After all that is spelled out: what a port implies must narrow a filter on the protocol, wherever it stands.
  for (const syntax of program.filters) {
    const protocol = dataPlane.fieldReference(syntax.subject.text)?.protocol;
    if (protocol !== undefined) sound = addProtocol(protocol, syntax, filters, dataPlane, diagnostics) && sound;
  }
  if (!sound) return undefined;
  const list = [...filters.values()];
  const table = chooseTable(program, list, dataPlane, diagnostics);
  return table && { table, filters: list, guaranteed: guaranteedHeaders(dataPlane, table, list) };
}

export function reportUnknownField(subject: Word, dataPlane: DataPlane, diagnostics: Diagnostics): void {
  const message = `data plane '${dataPlane.name}' has no field ${subject.text}`;
  diagnostics.report('unknown-field', subject.span, message, () => {
    if (fieldHabit(subject.text, dataPlane) !== undefined) return nearestField(subject, dataPlane);
    const elsewhere = planesWhere((plane) => plane.fieldReference(subject.text) !== undefined);
    return elsewhere.length > 0 ? `it is in data plane ${elsewhere.join(' and ')}` : nearestField(subject, dataPlane);
  });
}

/** The field that a word was meant to be: one whose end it is, one that is nearly spelt so, or one of the same last name. */
export function nearestField({ text, span }: Word, dataPlane: DataPlane): Advice | undefined {
  const habit = fieldHabit(text, dataPlane);
  if (habit !== undefined) {
    const advice = didYouMean(habit.field, span);
    return habit.note === undefined ? advice : { ...advice, hint: `write ${habit.field}: ${habit.note}` };
  }
  const names = [...dataPlane.fields.keys(), ...Object.keys(dataPlane.description.aliases)];
  const endingIn = (end: string): string | undefined => names.find((name) => name.endsWith(`.${end}`));
  const near = endingIn(text) ?? nearest(text, names) ?? endingIn(text.slice(text.lastIndexOf('.') + 1));
  return near === undefined ? undefined : didYouMean(near, span);
}

/** Adds what the spelling of a port says about the protocol; false if the filters contradict it. */
function addProtocol(
  protocol: number,
  syntax: MatchSyntax,
  filters: Map<string, FieldMatch>,
  dataPlane: DataPlane,
  diagnostics: Diagnostics,
): boolean {
  const field = protocolField([...filters.values()], dataPlane);
  const known = filters.get(field.name);
  if (known !== undefined && and48(protocol, known.mask) !== known.value) {
    diagnostics.report(
      'contradicting-protocol',
      syntax.subject.span,
      `${syntax.subject.text} implies ${field.name} ${protocol}, another filter excludes it`,
    );
    return false;
  }
  filters.set(field.name, { field, value: protocol, mask: ones(field.width) });
  return true;
}

/** The names of fields; that of a wide field in place of its words. */
const keyNames = (keys: readonly Field[]): string[] => [
  ...new Set(keys.map(({ name }) => name.replace(/\[\d+\]$/, ''))),
];

/** The table with all the fields that most packets come to: the last in the order of look-up. */
function chooseTable(
  program: ProgramSyntax,
  filters: readonly FieldMatch[],
  dataPlane: DataPlane,
  diagnostics: Diagnostics,
): FilterTable | undefined {
  const holds = (table: FilterTable, field: Field): boolean => table.keys.includes(field);
  for (const syntax of program.filters) {
    const field = dataPlane.fieldReference(syntax.subject.text)?.field;
    if (field === undefined) continue;
    const parts = dataPlane.wordsOf(field);
    if (!dataPlane.filterTables.some((table) => parts.every((part) => holds(table, part)))) {
      const possible = new Set(dataPlane.filterTables.flatMap((table) => keyNames(table.keys)));
      diagnostics.report(
        'field-not-filterable',
        syntax.subject.span,
        `no filter table has ${field.name}`,
        `filters can use ${[...possible].join(', ')}`,
      );
      return undefined;
    }
  }
  const tables = dataPlane.filterTables.filter((table) => filters.every(({ field }) => holds(table, field)));
  const table = tables.at(-1);
  const all = { ...program.name.span };
  if (table === undefined) {
    const paths = dataPlane.filterTables.map(({ path, keys }) => `${path}: ${keyNames(keys).join(', ')}`);
    diagnostics.report(
      'mixed-paths',
      all,
      `the filters of ${program.name.text} belong to different parsing paths`,
      `a program filters on fields of one of ${paths.join('; ')}`,
    );
  } else if (table.unreachable !== undefined) {
    diagnostics.report(
      'path-not-executed',
      all,
      `data plane '${dataPlane.name}' never runs a program on path ${table.path}: ${table.unreachable}`,
    );
    return undefined;
  }
  return table;
}
