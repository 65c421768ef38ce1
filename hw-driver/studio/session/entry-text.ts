/** Entries of RPBs in the words of a program. */
import { type KeyField, RPB_KEYS, readable, type TableEntry } from '../../../compiler/index.js';

/** A key or action without the block of the pipe, which the table says. */
const lastWord = (name: string): string => name.replace(/^.*\./, '');

/** Keys that every entry has: they are shown beside it. */
const OF_ALL: readonly string[] = [RPB_KEYS.program, RPB_KEYS.recirculation, RPB_KEYS.branch];
const ALL_BITS = 2 ** 32 - 1;

function conditionTexts(field: KeyField): string[] {
  const name = lastWord(field.name);
  if (field.match === 'exact' || field.mask === ALL_BITS) return [`${name} = ${readable(field.value)}`];
  if (field.mask === 0) return [];
  return [`${name} & ${readable(field.mask)} = ${readable(field.value)}`];
}

export interface EntryText {
  /** The branch whose packets meet the entry; null for all of them. */
  readonly branch: number | null;
  /** Conditions on registers; empty if all packets of the branch meet the entry. */
  readonly when: string;
  readonly does: string;
}

export function entryTextOf({ key, action, parameters }: TableEntry): EntryText {
  const branch = key.find(({ name }) => name === RPB_KEYS.branch);
  const isAny = branch === undefined || (branch.match === 'ternary' && branch.mask === 0);
  const conditions = key.filter(({ name }) => !OF_ALL.includes(name)).flatMap(conditionTexts);
  const [first, ...others] = parameters;
  const values =
    first === undefined || others.length > 0
      ? parameters.map(({ name, value }) => `${name} ${readable(value)}`)
      : [readable(first.value)];
  return {
    branch: isAny ? null : branch.value,
    when: conditions.join(', '),
    does: `${lastWord(action)}${values.length === 0 ? '' : `(${values.join(', ')})`}`,
  };
}
