/** Checks a program's filters and picks the filter table that serves them. */
import { and48, fits, ones, readable } from '../data-plane/bits.js';
import type { DataPlane, Field, FilterTable } from '../data-plane/data-plane.js';
import { type Advice, type Diagnostics, didYouMean, nearest } from './diagnostics.js';
import { fieldHabit } from './field-habits.js';
import { guaranteedHeaders } from './parsing-paths.js';
import type { FieldMatch } from './program.js';
import type { MatchSyntax, ProgramSyntax, Word } from './syntax.js';

export interface CheckedFilter {
  readonly table: FilterTable;
  readonly filters: readonly FieldMatch[];
  /** Indices of the headers that every matching packet has. */
  readonly guaranteed: ReadonlySet<number>;
}

const PROTOCOL = 'hdr.ipv4.protocol';

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
    if (filters.has(field.name)) {
      // Ports of different protocols contradict each other, which is reported below; there is nothing to join.
      const isContradicted = protocols.get(field.name) !== reference.protocol;
      const message = `a second filter on ${syntax.subject.text}`;
      if (!isContradicted) diagnostics.report('duplicate-filter', syntax.span, message, 'join value and mask');
      sound = false;
    }
    protocols.set(field.name, reference.protocol);
    sound = checkMatch(syntax, syntax.subject.text, field.width, diagnostics) && sound;
    filters.set(field.name, {
      field,
      value: and48(syntax.value.value, syntax.mask.value),
      mask: syntax.mask.value,
    });
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

/** Value and mask of a filter or condition against the width of what they are compared with. */
export function checkMatch(syntax: MatchSyntax, subject: string, width: number, diagnostics: Diagnostics): boolean {
  const { value, mask } = syntax;
  if (!fits(value.value, width)) {
    const hint = `the largest is ${readable(ones(width))}`;
    diagnostics.report('value-too-wide', value.span, `${subject} has ${width} bits`, hint);
    return false;
  }
  if (!fits(mask.value, width)) {
    const message = `the mask has bits outside the ${width} bits of ${subject}`;
    const text = readable(ones(width));
    const { start, end } = mask.span;
    const fix = { title: `write ${text}`, start, end, text };
    diagnostics.report('mask-too-wide', mask.span, message, { hint: `${text} compares all its bits`, fix });
    return false;
  }
  if (and48(value.value, mask.value) !== value.value) {
    const meant = maskMeant(value.value, mask.value, width);
    if (meant !== undefined) {
      const { start, end } = mask.span;
      const { message, hint, text } = meant;
      const fix = { title: `write ${text}`, start, end, text };
      diagnostics.report('value-outside-mask', mask.span, message, { hint, fix });
      return true;
    }
    const text = readable(and48(value.value, mask.value));
    const { start, end } = value.span;
    diagnostics.report(
      'value-outside-mask',
      value.span,
      'the value has bits that the mask leaves out; they are ignored',
      { hint: `it means ${text}`, fix: { title: `write ${text}`, start, end, text } },
    );
  }
  return true;
}

const dotted = (word: number): string => [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff).join('.');

/** The mask of an IPv4 address that a prefix length or a wildcard mask stands for; undefined for other masks. */
function maskMeant(
  value: number,
  mask: number,
  width: number,
): { readonly message: string; readonly hint: string; readonly text: string } | undefined {
  if (width !== 32 || value < 2 ** 24) return undefined;
  if (mask >= 1 && mask <= 32) {
    const text = dotted(ones(32) - ones(32 - mask));
    return { message: `${mask} is a mask here, not a prefix length`, hint: `write ${text}`, text };
  }
  const isWildcard = and48(mask, mask + 1) === 0;
  if (!isWildcard || and48(value, mask) !== 0) return undefined;
  const text = dotted(ones(32) - mask);
  return {
    message: `the mask ${dotted(mask)} compares the bits that a wildcard mask leaves out`,
    hint: `write ${text}`,
    text,
  };
}

export function reportUnknownField(subject: Word, dataPlane: DataPlane, diagnostics: Diagnostics): void {
  const message = `data plane '${dataPlane.name}' has no field ${subject.text}`;
  diagnostics.report('unknown-field', subject.span, message, () => nearestField(subject, dataPlane));
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
  const field = dataPlane.field(PROTOCOL);
  const known = filters.get(PROTOCOL);
  if (known !== undefined && and48(protocol, known.mask) !== known.value) {
    diagnostics.report(
      'contradicting-protocol',
      syntax.subject.span,
      `${syntax.subject.text} implies ${PROTOCOL} ${protocol}, another filter excludes it`,
    );
    return false;
  }
  filters.set(PROTOCOL, { field, value: protocol, mask: ones(field.width) });
  return true;
}

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
    if (field !== undefined && !dataPlane.filterTables.some((table) => holds(table, field))) {
      const possible = new Set(dataPlane.filterTables.flatMap((table) => table.keys.map(({ name }) => name)));
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
    const paths = dataPlane.filterTables.map(({ path, keys }) => `${path}: ${keys.map(({ name }) => name).join(', ')}`);
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
