import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  defaultDataPlane,
  PRIMITIVES,
  type PrimitiveStatement,
  REGISTERS,
  type Register,
  type Statement,
} from '../../compiler/index.js';
import { align } from '../../compiler/steps/align.js';
import { deferDrops } from '../../compiler/steps/defer-drops.js';
import { expand as expandFor } from '../../compiler/steps/expand.js';
import { linkGroups } from '../../compiler/steps/memory-links.js';
import type { StepTree } from '../../compiler/steps/steps.js';
import { cases } from '../tiers.js';
import { executeStatements, executeTree, newRun, observed } from './model.js';
import { anyStatements, MEMORIES, primitive, registerStatements, show, threeWords, word } from './random-programs.js';
import { PROPERTY } from './support.js';

const expand = (statements: readonly Statement[]): StepTree => expandFor(statements, defaultDataPlane());
const names = (tree: StepTree): string[] =>
  tree.steps.map((step) => (step.kind === 'nop' ? 'nop' : step.instruction.name));

type Row = readonly [statement: PrimitiveStatement, a: number, b: number, result: number];
const ONES = 0xffffffff;
const onTwo = (name: 'MOVE' | 'EQUAL' | 'SGT' | 'SLT' | 'SUB') => primitive(name, { registers: ['har', 'sar'] });
const withInteger = (name: 'ADDI' | 'SUBI' | 'ANDI' | 'ORI' | 'XORI', integer: number) =>
  primitive(name, { registers: ['har'], integer });

/** Values worked out by hand; the model is held against them too. */
const ROWS: readonly Row[] = [
  [onTwo('MOVE'), 7, ONES, ONES],
  [onTwo('EQUAL'), 5, 5, 0],
  [onTwo('EQUAL'), 5, 4, 1],
  [onTwo('SGT'), 5, 5, 0],
  [onTwo('SGT'), ONES, 0, 0],
  [onTwo('SGT'), 4, 5, 1],
  [onTwo('SGT'), 0, 0x80000000, 0x80000000],
  [onTwo('SLT'), 5, 5, 0],
  [onTwo('SLT'), 0, ONES, 0],
  [onTwo('SLT'), ONES, 0, ONES],
  [onTwo('SLT'), 0x80000000, 0x7fffffff, ONES],
  [onTwo('SUB'), 5, 3, 2],
  [onTwo('SUB'), 3, 5, 0xfffffffe],
  [onTwo('SUB'), 0, 0, 0],
  [onTwo('SUB'), 0, ONES, 1],
  [onTwo('SUB'), ONES, ONES, 0],
  [onTwo('SUB'), 0, 0x80000000, 0x80000000],
  [withInteger('ADDI', 1), ONES, 0, 0],
  [withInteger('ADDI', ONES), 1, 0, 0],
  [withInteger('SUBI', 1), 0, 0, ONES],
  [withInteger('SUBI', 0), 9, 0, 9],
  [withInteger('SUBI', ONES), 0, 0, 1],
  [withInteger('SUBI', 0x80000000), 0x80000000, 0, 0],
  [withInteger('ANDI', 0xff), 0x1234, 0, 0x34],
  [withInteger('ORI', 0x80000000), 1, 0, 0x80000001],
  [withInteger('XORI', ONES), 0x80000000, 0, 0x7fffffff],
  [primitive('NOT', { registers: ['har'] }), 0, 0, ONES],
  [primitive('NOT', { registers: ['har'] }), ONES, 0, 0],
];

for (const [statement, a, b, result] of ROWS) {
  test(`${statement.primitive} of ${a} and ${statement.registers[1] === undefined ? statement.integer : b} is ${result}`, () => {
    for (const others of [[], ['sar', 'mar']] as Register[][]) {
      const run = newRun({ har: a, sar: b, mar: 0x5a5a5a5a });
      executeTree(expand([statement, ...others.map(show), show('har')]), run, MEMORIES);
      assert.is(run.registers.har, result);
      if (others.length > 0) assert.equal([run.registers.sar, run.registers.mar], [b, 0x5a5a5a5a]);
      const model = newRun({ har: a, sar: b, mar: 0 });
      executeStatements([statement], model, MEMORIES);
      assert.is(model.registers.har, result, 'the model of the tests');
    }
  });
}

const random = (register: Register, integer: number) => primitive('RANDOM', { registers: [register], integer });

const LENGTHS: readonly (readonly [PrimitiveStatement, steps: number, stepsIfAllLive: number])[] = [
  [onTwo('MOVE'), 2, 2],
  [onTwo('EQUAL'), 1, 1],
  [onTwo('SGT'), 2, 2],
  [onTwo('SLT'), 2, 2],
  [onTwo('SUB'), 4, 6],
  [withInteger('ADDI', 1), 2, 4],
  [primitive('NOT', { registers: ['har'] }), 2, 4],
  [primitive('MEMADD', { memory: 'm' }), 2, 2],
  [primitive('HASH_MEM', { memory: 'm' }), 2, 2],
  [primitive('NOP'), 1, 1],
  [random('har', 0xff), 3, 5],
  [random('sar', ONES), 1, 1],
  [random('mar', 0xff), 2, 2],
  [random('mar', ONES), 1, 1],
  [random('mar', 0), 1, 1],
];
for (const [statement, steps, stepsIfAllLive] of LENGTHS) {
  test(`${statement.primitive} takes ${steps} steps, ${stepsIfAllLive} where every register is live`, () => {
    assert.is(expand([statement]).steps.length, steps);
    const shown = REGISTERS.map(show);
    assert.is(expand([statement, ...shown]).steps.length, stepsIfAllLive + shown.length);
  });
}

test('a dead register is taken before one is saved', () => {
  assert.equal(names(expand([withInteger('ADDI', 1), show('mar'), show('har')])), [
    ...['loadi_sar', 'add_har_sar', 'modify_hdrl5key2_mar', 'modify_hdrl5key1_har'],
  ]);
  assert.equal(names(expand([withInteger('ADDI', 1), ...REGISTERS.map(show)])).slice(0, 4), [
    ...['backup', 'loadi_sar', 'add_har_sar', 'recover2'],
  ]);
});

test('a mask of a constant is another step than the mask of a memory of that number', () => {
  const masks = [primitive('HASH_MEM', { memory: 'm' }), ...[0, 1, 2].map((mask) => random('mar', 4 + mask))];
  const many = ['m', 'n', 'o'].flatMap((memory) => primitive('HASH_MEM', { memory }));
  const constants = [1, 2, 3, 4, 0xfffffffe, 0xfffffffd].map((mask) => random('mar', mask));
  const steps = expand([...masks, ...many, ...constants]).steps.filter(
    (step) => step.kind === 'action' && step.instruction.name === 'address_translation_mask',
  );
  const texts = steps.map((step) => (step.kind === 'action' ? JSON.stringify(step.parameters) : ''));
  const identities = steps.map((step) => (step.kind === 'action' ? step.identity : undefined));
  assert.is(new Set(identities).size, new Set(texts).size);
});

test('a random number is masked in mar by the mask of addresses, elsewhere by a register', () => {
  assert.equal(names(expand([random('mar', 0xff)])), ['random_mar', 'address_translation_mask']);
  assert.equal(names(expand([random('sar', 0xff)])), ['random_sar', 'loadi_har', 'and_sar_har']);
  assert.equal(names(expand([random('sar', 0xff), ...REGISTERS.map(show)])).slice(0, 5), [
    ...['backup', 'random_sar', 'loadi_har', 'and_sar_har', 'recover3'],
  ]);
  assert.equal(names(expand([random('sar', 0)])), ['loadi_sar']);
});

test('a register is live into the cases of a later branch, through conditions and bodies', () => {
  const branch = (on: Register, mask: number, body: readonly PrimitiveStatement[]) =>
    ({
      kind: 'branch',
      cases: [{ conditions: [{ register: on, value: 0, mask }], body, span: onTwo('SUB').span }],
      span: onTwo('SUB').span,
    }) as const;
  assert.equal(names(expand([onTwo('SUB'), branch('har', 1, [])]))[0], 'loadi_mar');
  assert.equal(names(expand([onTwo('SUB'), branch('mar', 1, [])]))[0], 'backup');
  assert.equal(names(expand([onTwo('SUB'), branch('mar', 0, [])]))[0], 'loadi_mar');
  assert.equal(names(expand([onTwo('SUB'), branch('har', 1, [show('mar')])]))[0], 'backup');
  assert.equal(names(expand([onTwo('SUB'), branch('har', 1, []), show('mar')]))[0], 'backup');
});

test('the upper half of har that a hash keeps is live', () => {
  assert.equal(
    names(expand([primitive('NOT', { registers: ['sar'] }), primitive('HASH_5_TUPLE'), show('har'), show('sar')]))[0],
    'loadi_mar',
  );
  const before = newRun({ har: 0xabcd1234, sar: 1, mar: 0 });
  executeTree(
    expand([primitive('NOT', { registers: ['sar'] }), primitive('HASH_5_TUPLE'), show('har')]),
    before,
    MEMORIES,
  );
  assert.is(before.registers.har >>> 16, 0xabcd);
});

test('every primitive of the table does on all registers what the language says', () => {
  fc.assert(
    fc.property(threeWords, word, (start, integer) => {
      for (const row of PRIMITIVES.values()) {
        const kinds = row.arguments;
        const statement = primitive(row.name, {
          registers: kinds.filter((kind) => kind === 'register').map((_, i): Register => (i === 0 ? 'sar' : 'har')),
          integer: kinds.includes('port') ? integer & 0x1ff : integer,
          ...(kinds.includes('field') ? { field: 'hdr.ipv4.dst' } : {}),
          ...(kinds.includes('memory') ? { memory: 'm' } : {}),
          ...(kinds.includes('fields') ? { hashed: 'src, dst' as const } : {}),
        });
        const statements = [statement, ...REGISTERS.map(show)];
        const [wanted, got] = [newRun(start), newRun(start)];
        executeStatements(statements, wanted, MEMORIES);
        executeTree(expand(statements), got, MEMORIES);
        assert.equal(got, wanted, row.name);
      }
    }),
    { ...PROPERTY, numRuns: cases(100) },
  );
});

test('no live register is clobbered: straight-line programs of register primitives', () => {
  let saved = 0;
  fc.assert(
    fc.property(registerStatements, threeWords, (statements, start) => {
      const [wanted, got] = [newRun(start), newRun(start)];
      executeStatements(statements, wanted, MEMORIES);
      const tree = expand(statements);
      executeTree(tree, got, MEMORIES);
      assert.equal(got.log, wanted.log);
      if (names(tree).includes('backup')) saved++;
    }),
    { ...PROPERTY, numRuns: cases(2000) },
  );
  assert.ok(saved > 200, `only ${saved} of 2000 programs needed to save a register`);
});

test('expansion, deferred drops and alignment each keep what a program does', () => {
  fc.assert(
    fc.property(anyStatements, threeWords, (statements, start) => {
      const wanted = newRun(start);
      executeStatements(statements, wanted, MEMORIES);
      const expanded = expand(statements);
      const deferred = deferDrops(expanded);
      const aligned = align(deferred, linkGroups(deferred), 88).tree;
      for (const [pass, tree] of Object.entries({ expanded, deferred, aligned })) {
        const got = newRun(start);
        executeTree(tree, got, MEMORIES);
        assert.equal(observed(got), observed(wanted), pass);
      }
    }),
    { ...PROPERTY, numRuns: cases(1000) },
  );
});

test.run();
