/** What is said of faulty sweep files, the schema of good ones, and the meaning of `where`. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cellText } from '../../../bench/sweep/cell/cell.js';
import { planSweep } from '../../../bench/sweep/cell/sweep-cells.js';
import { MEASURE_NAMES } from '../../../bench/sweep/file/measures.js';
import { SweepError, sweepFromText, sweepSchema } from '../../../bench/sweep/file/sweep-file.js';
import { whereOf } from '../../../bench/sweep/file/where.js';
import { WhereError } from '../../../bench/sweep/file/where-tokens.js';
import { assertGolden, PROPERTY, sourcePath } from '../../compiler/support.js';
import { schemaProblems } from '../../json-schema.js';

const SCHEMA = '"schema": "p4runpro-bench/sweep@1"';
const CODE = 'c0de';

const plan = (text: string) => planSweep(sweepFromText(text, 'grid.json', sourcePath('bench', 'programs')), CODE);

function messageOf(text: string): string {
  try {
    plan(text);
  } catch (error) {
    if (!(error instanceof SweepError)) throw error;
    return error.message;
  }
  return 'no mistakes';
}

const sweepWith = (grid: string, others = '"measure": "capacity"'): string =>
  `{ ${SCHEMA},\n  "grid": ${grid},\n  ${others} }`;
const where = (text: string): string =>
  sweepWith('{ "memory": [1024, 4096], "workload": ["lb"] }', `"measure": "run", "where": "${text}"`);

const FAULTY: readonly string[] = [
  sweepWith('{ "seed": { "from": 1, "to": 1000000000 } }'),
  sweepWith('{ "seed": { "from": 1, "to": 50000 }, "cases": { "from": 2, "to": 1000 } }'),
  sweepWith('{ "memry": [1024] }'),
  sweepWith('{ "memory": [1000] }'),
  sweepWith('{ "memory": ["1024"] }'),
  sweepWith('{ "memory": [] }'),
  sweepWith('{ "memory": [1024, 2048, 1024] }'),
  sweepWith('{ "memory": { "from": 4, "to": 64, "step": 4 } }'),
  sweepWith('{ "cases": { "from": 9, "to": 3 } }'),
  sweepWith('{ "cases": { "from": 1, "to": 3 } }'),
  sweepWith('{ "cases": { "from": 2, "to": 3, "step": 0.5 } }'),
  sweepWith('{ "cases": { "from": 2, "until": 3 } }'),
  sweepWith('{ "workload": { "from": 2, "to": 3 } }'),
  sweepWith('{ "workload": ["lbb"] }'),
  sweepWith('{ "workload": ["missing.p4runpro"] }'),
  sweepWith('{ "allocator": ["f9"] }'),
  sweepWith('{ "allocator": ["./mine.mjs"] }'),
  sweepWith('{ "dataplane": ["tofino9"] }'),
  sweepWith('{ "packets": [100] }'),
  sweepWith('{ "memory": [1024] }', '"measure": "capacity", "options": { "memory": 4096 }'),
  sweepWith('{ "memory": [1024], "memory": [4096] }'),
  sweepWith('{ }', '"measure": "speed"'),
  sweepWith('{ }', '"measure": "network"'),
  sweepWith('{ "workload": ["mixed"] }', '"measure": "verify"'),
  sweepWith('{ "memory": [1024] }', '"mesure": "run"'),
  '[1]',
  ...["memory < 'x'", 'membory == 2', 'memory == 3', 'memory', "workload = 'lb'", '(memory', 'memory == 1024 1'].map(
    where,
  ),
  ...[
    "workload < 'x'",
    '!memory',
    '-workload == 3',
    'memory >',
    'memory == 1 == 2',
    '(1 < 2) == (2 < 3)',
    "workload == 'lb",
  ].map(where),
  where(`${'('.repeat(200)}memory`),
  where('memory == 1 || '.repeat(400)),
];

test('faulty sweeps, each with its place and a hint; a billion cells are counted and not made', () => {
  const messages = FAULTY.map((text) => messageOf(text));
  for (const [i, message] of messages.entries()) assert.is.not(message, 'no mistakes', FAULTY[i]);
  assertGolden(sourcePath('test', 'bench', 'sweep', 'mistakes.txt'), `${messages.join('\n\n')}\n`);
});

test('a cell in words is one line, also where the name of a file has two', () => {
  const values = { workload: './a\n\u001b[1m.p4runpro', memory: 4 };
  const text = cellText({ measure: 'run', values, files: {} }, ['workload', 'memory']);
  assert.is(text, 'workload ./a\\u000a\\u001b[1m.p4runpro, memory 4');
});

test('the published schema is that of the reader', () => {
  assertGolden(sourcePath('docs', 'sweep.schema.json'), `${JSON.stringify(sweepSchema(), null, 2)}\n`);
});

test('the schema accepts sweeps of each measure and refuses a misspelt key', () => {
  for (const measure of MEASURE_NAMES) {
    const grid = { seed: { from: 1, to: 3 }, memory: [1024] };
    const sweep = { schema: 'p4runpro-bench/sweep@1', grid, measure, where: 'seed > 1', options: { cases: 2 } };
    assert.equal(schemaProblems(sweepSchema(), sweep), [], measure);
    assert.ok(schemaProblems(sweepSchema(), { ...sweep, grids: {} }).length > 0);
  }
});

test('cells in the order of the grid, of which where takes some', () => {
  const { cells } = plan(
    sweepWith(
      '{ "memory": [1024, 4096], "workload": ["lb", "hll"], "seed": { "from": 1, "to": 2 } }',
      `"measure": "run", "where": "memory <= 1024 || workload != 'hll'", "options": { "packets": 7 }`,
    ),
  );
  const shown = cells.map(({ cell: { values } }) => [values.memory, values.workload, values.seed, values.packets]);
  assert.equal(shown, [
    ...[
      [1024, 'lb', 1, 7],
      [1024, 'lb', 2, 7],
      [1024, 'hll', 1, 7],
      [1024, 'hll', 2, 7],
    ],
    ...[
      [4096, 'lb', 1, 7],
      [4096, 'lb', 2, 7],
    ],
  ]);
});

test('keys: of values, code and contents of files, and of nothing else', () => {
  const text = sweepWith('{ "workload": ["./lb.p4runpro", "./cache.p4runpro"] }');
  const keys = plan(text).cells.map(({ key }) => key);
  assert.is(new Set(keys).size, 2);
  const elsewhere = sweepFromText(
    sweepWith('{ "workload": ["programs/lb.p4runpro"] }'),
    'other.json',
    sourcePath('bench'),
  );
  assert.is(planSweep(elsewhere, CODE).cells[0]?.key, keys[0]);
  assert.is.not(planSweep(elsewhere, 'other').cells[0]?.key, keys[0]);
});

/** A random condition as a text and as what it means for two values. */
interface Meant {
  readonly text: string;
  readonly of: (memory: number, workload: string) => boolean;
}

const numbers = fc.letrec<{ number: { text: string; of: (memory: number) => number } }>((tie) => ({
  number: fc.oneof(
    { maxDepth: 3 },
    fc.nat(9).map((n) => ({ text: String(n), of: () => n })),
    fc.constant({ text: 'memory', of: (memory: number) => memory }),
    fc.tuple(tie('number'), fc.constantFrom('+', '-', '*'), tie('number')).map(([a, sign, b]) => ({
      text: `(${a.text} ${sign} ${b.text})`,
      of: (m: number) => (sign === '+' ? a.of(m) + b.of(m) : sign === '-' ? a.of(m) - b.of(m) : a.of(m) * b.of(m)),
    })),
  ),
})).number;

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

const conditions = fc.letrec<{ truth: Meant }>((tie) => ({
  truth: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(numbers, fc.constantFrom(...Object.keys(COMPARE)), numbers).map(([a, sign, b]) => ({
      text: `${a.text}${sign}${b.text}`,
      of: (m: number) => COMPARE[sign]?.(a.of(m), b.of(m)) === true,
    })),
    fc
      .constantFrom('lb', 'hll')
      .map((name) => ({ text: `workload == '${name}'`, of: (_: number, w: string) => w === name })),
    tie('truth').map((a) => ({ text: `!(${a.text})`, of: (m: number, w: string) => !a.of(m, w) })),
    fc.tuple(tie('truth'), tie('truth'), tie('truth')).map(([a, b, c]) => ({
      text: `${a.text} || ${b.text} && ${c.text}`,
      // Nested ones stand in parentheses only where ! puts them: && binds more strongly.
      of: (m: number, w: string) => a.of(m, w) || (b.of(m, w) && c.of(m, w)),
    })),
  ),
})).truth;

const KINDS = new Map([
  ['memory', 'number' as const],
  ['workload', 'text' as const],
]);
const EITHER = / \|\| /;

test('where means what it says, for random conditions', () => {
  fc.assert(
    fc.property(conditions, fc.nat(9), fc.constantFrom('lb', 'hll'), (meant, memory, workload) => {
      // Without parentheses, a condition inside another would read otherwise than it was made.
      fc.pre((meant.text.match(EITHER) ?? []).length <= 1 && meant.text.split(' && ').length <= 2);
      const holds = whereOf(meant.text, KINDS)((name) => (name === 'memory' ? memory : workload));
      assert.is(holds, meant.of(memory, workload), meant.text);
    }),
    PROPERTY,
  );
});

test('any text is an expression or refused at a place in it', () => {
  const words = [
    'memory',
    'workload',
    "'lb'",
    '12',
    '(',
    ')',
    '&&',
    '||',
    '!',
    '==',
    '<',
    '-',
    '+',
    "'",
    '=',
    '#',
    ' ',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 12 }), (parts) => {
      const text = parts.join(' ');
      try {
        assert.type(
          whereOf(text, KINDS)((name) => (name === 'memory' ? 1 : 'lb')),
          'boolean',
        );
      } catch (error) {
        if (!(error instanceof WhereError)) throw error;
        assert.ok(error.at >= 0 && error.at <= text.length, text);
      }
    }),
    PROPERTY,
  );
});

test.run();
