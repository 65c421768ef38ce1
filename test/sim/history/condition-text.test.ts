import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  COMPARISONS,
  type Condition,
  ConditionError,
  formatCondition,
  PACKET_VERDICTS,
  parseCondition,
} from '../../../sim/history/index.js';
import { packageFile } from '../../../traces/system/package-root.js';
import { cases } from '../../tiers.js';

const READ: readonly (readonly [text: string, condition: Condition])[] = [
  ['program = lb', { kind: 'program', program: 'lb' }],
  ['program != none', { kind: 'negation', of: { kind: 'program', program: null } }],
  ['verdict=no-group', { kind: 'verdict', verdict: 'no-group' }],
  ['port >= 0x40', { kind: 'port', comparison: '>=', value: 64 }],
  ['passes > 1', { kind: 'passes', comparison: '>', value: 1 }],
  [
    '<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0> and not passes = 1',
    {
      kind: 'all',
      of: [
        { kind: 'filter', filter: '<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>' },
        { kind: 'negation', of: { kind: 'passes', comparison: '=', value: 1 } },
      ],
    },
  ],
  [
    'lb.address[5] = 10.0.0.9',
    {
      kind: 'word',
      words: { program: 'lb', memory: 'address', bucket: 5, half: undefined },
      comparison: '=',
      value: 0x0a000009,
    },
  ],
  [
    'program.writes[0].hi < 4294967295',
    {
      kind: 'word',
      words: { program: 'program', memory: 'writes', bucket: 0, half: 'hi' },
      comparison: '<',
      value: 2 ** 32 - 1,
    },
  ],
  [
    'writes hh.count1',
    {
      kind: 'writes',
      words: { program: 'hh', memory: 'count1', bucket: undefined, half: undefined },
      written: undefined,
    },
  ],
  [
    'writes hh.count1[3] > 9',
    {
      kind: 'writes',
      words: { program: 'hh', memory: 'count1', bucket: 3, half: undefined },
      written: { comparison: '>', value: 9 },
    },
  ],
  [
    'sar = 5 before lb:12',
    { kind: 'register', register: 'sar', when: 'before', program: 'lb', line: 12, comparison: '=', value: 5 },
  ],
  ['runs lb:12', { kind: 'line', program: 'lb', line: 12 }],
  ['hits lb#3', { kind: 'entry', program: 'lb', entry: 3 }],
  [
    'passes = 1 or passes = 2 and port = 3',
    {
      kind: 'any',
      of: [
        { kind: 'passes', comparison: '=', value: 1 },
        {
          kind: 'all',
          of: [
            { kind: 'passes', comparison: '=', value: 2 },
            { kind: 'port', comparison: '=', value: 3 },
          ],
        },
      ],
    },
  ],
];

for (const [text, condition] of READ) test(text, () => assert.equal(parseCondition(text), condition));

test('the conditions of docs/HISTORY.md are conditions, of all kinds', () => {
  const text = readFileSync(packageFile('docs', 'HISTORY.md'), 'utf8');
  const rows = [...text.slice(text.indexOf('## Conditions')).matchAll(/^\| `([^`]+)` \|/gm)].map(([, row]) => `${row}`);
  const [joined] = /not \(program[^`]+/.exec(text) ?? [];
  const conditions = [...rows, `${joined}`].map(parseCondition);
  assert.is(conditions.length, 13);
  const kinds = new Set(READ.map(([, { kind }]) => kind));
  for (const { kind } of conditions) kinds.delete(kind);
  assert.equal([...kinds], ['negation', 'any']);
});

const FAULTS: readonly (readonly [text: string, at: number, message: string])[] = [
  ['', 0, 'character 1: found the end, where a condition is expected'],
  ['program lb', 8, "character 9: found 'lb', where '=' or '!=' is expected"],
  ['program = lb port = 1', 13, "character 14: found 'port', where 'and', 'or' or the end is expected"],
  ['verdict = lost', 10, `character 11: found 'lost', where one of ${PACKET_VERDICTS.join(', ')} is expected`],
  ['port = ten', 7, "character 8: found 'ten', where a number, from 0 to 2^32 - 1 is expected"],
  ['port = 4294967296', 7, "character 8: found '4294967296', where a number, from 0 to 2^32 - 1 is expected"],
  ['port = 10.0.0.256', 7, "character 8: found '10.0.0.256', where a number, from 0 to 2^32 - 1 is expected"],
  ['lb.address = 3', 11, "character 12: found '=', where '[' and the number of a bucket is expected"],
  ['lb.address[3', 12, "character 13: found the end, where ']' is expected"],
  ['runs lb:0', 8, "character 9: found '0', where the number of a line, from 1 to 2^32 - 1 is expected"],
  ['(port = 1', 9, "character 10: found the end, where ')' is expected"],
  ['port = 1 and $', 13, "character 14: '$' begins no word of a condition"],
];

for (const [text, at, message] of FAULTS) {
  test(`'${text}' is refused at character ${at + 1}`, () => {
    try {
      parseCondition(text);
    } catch (error) {
      assert.instance(error, ConditionError);
      if (error instanceof ConditionError) assert.equal([error.at, error.message], [at, message]);
      return;
    }
    assert.unreachable('it was taken');
  });
}

test('a thousand brackets are refused', () => {
  assert.throws(() => parseCondition('('.repeat(1000)), 'at most 100 conditions within each other');
  assert.throws(() => parseCondition(`${'not '.repeat(1000)}port = 1`), 'at most 100');
});

const name = fc.constantFrom('lb', 'p_1', 'program', 'not', 'sar');
const compared = fc.record({ comparison: fc.constantFrom(...COMPARISONS), value: fc.nat(2 ** 31 - 1) });
const words = fc.record({
  program: name,
  memory: name,
  bucket: fc.nat(9),
  half: fc.constantFrom('lo' as const, 'hi' as const, undefined),
});
const line = fc.integer({ min: 1, max: 99 });
const { any: condition } = fc.letrec<{ any: Condition }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.record({ kind: fc.constant('program' as const), program: fc.constantFrom('lb', null) }),
    fc.record({ kind: fc.constant('verdict' as const), verdict: fc.constantFrom(...PACKET_VERDICTS) }),
    compared.map((each): Condition => ({ kind: 'port', ...each })),
    fc.tuple(words, compared).map(([w, each]): Condition => ({ kind: 'word', words: w, ...each })),
    fc.record({ kind: fc.constant('writes' as const), words, written: fc.option(compared, { nil: undefined }) }),
    fc.record({ kind: fc.constant('line' as const), program: name, line }),
    fc.record({ kind: fc.constant('entry' as const), program: name, entry: line }),
    fc
      .tuple(
        fc.constantFrom('har', 'sar', 'mar' as const),
        fc.constantFrom('before', 'after' as const),
        name,
        line,
        compared,
      )
      .map(
        ([register, when, program, l, each]): Condition => ({
          kind: 'register',
          register,
          when,
          program,
          line: l,
          ...each,
        }),
      ),
    fc.constant<Condition>({ kind: 'filter', filter: '<hdr.udp.dst_port, 53, 0xffff>' }),
    tie('any').map((of): Condition => ({ kind: 'negation', of })),
    fc
      .tuple(fc.constantFrom('all' as const, 'any' as const), fc.array(tie('any'), { minLength: 2, maxLength: 3 }))
      .map(([kind, of]): Condition => ({ kind, of })),
  ),
}));

test('the text of a condition is read as this condition', () => {
  fc.assert(
    fc.property(condition, (each) => assert.equal(parseCondition(formatCondition(each)), structuredClone(each))),
    { numRuns: cases(200), seed: 19 },
  );
});

test('any text is read or refused', () => {
  const piece = fc.constantFrom(
    'program',
    '=',
    'lb',
    '.',
    '[',
    '3',
    ']',
    'writes',
    'not',
    '(',
    ')',
    '<',
    '>',
    'a',
    ' ',
    '#',
    ':',
    'é',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        parseCondition(pieces.join(''));
      } catch (error) {
        assert.instance(error, ConditionError);
      }
    }),
    { numRuns: cases(300), seed: 19 },
  );
});

test.run();
