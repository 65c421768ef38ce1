/** Which running filter is in the way of a new one: against all pairs of fields, bit by bit. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { and48, defaultDataPlane, FIXED_NAMES, type TableEntry } from '../../compiler/index.js';
import { RunningFilters } from '../../compiler/link/running-filters.js';
import { cases } from '../tiers.js';

const plane = defaultDataPlane();

/** Few values and masks, at both ends of 48 bits, so that filters meet often. */
const bits = fc.constantFrom(0, 1, 3, 0x8000_0000, 0x8000_0001, 2 ** 47, 2 ** 47 + 1, 2 ** 48 - 1);
const anyWords = fc.array(fc.record({ value: bits, mask: bits }), { minLength: 8, maxLength: 8 });
/** Of one or two fields, so that many filters have the same masks. */
const likeOthers = fc.array(fc.record({ value: bits, mask: fc.constantFrom(1, 3, 2 ** 48 - 1) }), {
  minLength: 1,
  maxLength: 2,
});

const filtersOf = (words: fc.Arbitrary<{ readonly value: number; readonly mask: number }[]>, ranks: number) =>
  fc.record({ table: fc.constantFrom(...plane.filterTables.slice(0, ranks)), priority: fc.nat(ranks - 1), words }).map(
    ({ table, priority, words }): TableEntry => ({
      table: table.table,
      priority,
      action: FIXED_NAMES.setProgram,
      parameters: [],
      key: table.keys.map(({ name }, i) => {
        const { value = 0, mask = 0 } = words[i] ?? {};
        return { name, match: 'ternary', value: and48(value, mask), mask };
      }),
    }),
  );

type Command =
  | { readonly kind: 'add'; readonly entries: readonly TableEntry[] }
  | { readonly kind: 'remove'; readonly which: number }
  | { readonly kind: 'ask'; readonly filter: TableEntry; readonly except: number };
const commandsWith = (filters: fc.Arbitrary<TableEntry>): fc.Arbitrary<Command> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('add' as const), entries: fc.array(filters, { maxLength: 3 }) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), which: fc.nat(100) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('ask' as const), filter: filters, except: fc.nat(100) }) },
  );

/** Whether no bit tells the two apart. */
function meet(a: TableEntry, b: TableEntry): boolean {
  if (a.table !== b.table || a.priority !== b.priority) return false;
  return a.key.every((field, i) => {
    const other = b.key[i];
    if (field.match !== 'ternary' || other?.match !== 'ternary') throw new Error('a filter has ternary keys');
    const both = BigInt(field.mask) & BigInt(other.mask);
    return ((BigInt(field.value) ^ BigInt(other.value)) & both) === 0n;
  });
}

const KINDS = {
  'of all kinds': commandsWith(filtersOf(anyWords, 2)),
  'of few masks': commandsWith(filtersOf(likeOthers, 1)),
};

for (const [kind, commands] of Object.entries(KINDS)) {
  test(`filters ${kind}: the first program in the way, after any that came and went`, () => {
    fc.assert(
      fc.property(fc.array(commands, { minLength: 10, maxLength: 80 }), (list) => {
        const running = new RunningFilters(plane);
        const programs: { program: string; programId: number; entries: readonly TableEntry[] }[] = [];
        list.forEach((command, i) => {
          if (command.kind === 'add') {
            const program = { program: `p${i}`, programId: i + 1, entries: command.entries };
            programs.push(program);
            running.add(program);
          } else if (command.kind === 'remove') {
            const [program] = programs.splice(command.which % Math.max(1, programs.length), 1);
            if (program !== undefined) running.remove(program);
          } else {
            const except = programs[command.except % (programs.length + 1)]?.program;
            const expected = programs.find(
              ({ program, entries }) => program !== except && entries.some((entry) => meet(entry, command.filter)),
            );
            assert.is(running.overlapping(command.filter, except), expected?.program);
          }
        });
      }),
      { numRuns: cases(500), seed: 11 },
    );
  });
}

test.run();
