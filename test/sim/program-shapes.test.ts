/** Keys of shapes: programs of one key have the same code, and constants that follow from their entries. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BUILT_IN_DATA_PLANES, type DataPlane } from '../../compiler/index.js';
import { ActionUnit } from '../../sim/blocks/actions.js';
import { FieldOperands } from '../../sim/blocks/instructions/field-operands.js';
import { OPCODE, OPERATIONS } from '../../sim/blocks/instructions/table.js';
import { branchIdsOf, type RpbEntry } from '../../sim/blocks/program-code.js';
import { inOrder, openValue, switchContext } from '../../sim/engines/compiled/cell-writer.js';
import { constantsOf, rpbClasses, shapeConstants, shapeKey } from '../../sim/engines/compiled/program-shape.js';
import {
  type VectorContext,
  type VectorProgram,
  vectorCode,
  vectorContext,
} from '../../sim/engines/compiled/vector-code.js';
import { RegisterArrays } from '../../sim/index.js';
import { dataPlane, property } from './test-switch.js';

interface Drawn {
  readonly rpb: number;
  readonly pass: number;
  readonly branch: readonly [value: number, mask: number];
  readonly priority: number;
  readonly opcode: number;
  readonly first: number;
  readonly second: number;
  readonly immediate: number;
  readonly flag: number;
  readonly match: readonly (readonly [number, number])[];
}

const ANY: readonly [number, number] = [0, 0];
const MATCH = fc.oneof(
  { weight: 3, arbitrary: fc.constant(ANY) },
  fc.constantFrom(
    ...([
      [1, 0xffffffff],
      [2, 3],
    ] as const),
  ),
);
const drawn = (rpbs: number): fc.Arbitrary<Drawn> =>
  fc.record({
    rpb: fc.nat(rpbs - 1),
    pass: fc.nat(1),
    branch: fc.constantFrom(
      ...([
        [0, 0],
        [0, 0xffff],
        [1, 0xffff],
        [1, 1],
      ] as const),
    ),
    priority: fc.nat(2),
    opcode: fc.nat(OPCODE.none),
    first: fc.nat(2),
    second: fc.nat(2),
    immediate: fc.constantFrom(0, 1, 2, 300),
    flag: fc.nat(1),
    match: fc.tuple(MATCH, MATCH, MATCH),
  });

const entryOf = ({ branch, opcode, first, second, immediate, flag, ...rest }: Drawn, sequence: number): RpbEntry => ({
  ...rest,
  branchValue: branch[0],
  branchMask: branch[1],
  sequence,
  instruction: { opcode, first, second, immediate, flag },
  source: { table: '', priority: 0, key: [], action: '', parameters: [] },
});

function contextOf(plane: DataPlane): VectorContext {
  const fields = new FieldOperands(plane);
  const memory = new RegisterArrays(plane);
  return vectorContext(plane, switchContext(plane, new ActionUnit(plane, fields, memory), memory, fields), 511);
}

function programOf(list: readonly Drawn[], context: VectorContext, isGuarded: boolean): VectorProgram {
  const entries = inOrder(list.map(entryOf));
  const branchIds = branchIdsOf(entries, []);
  return { entries, context: { ...context, branchIds, isGuarded }, recirculations: 1, isNone: false };
}

const FIELDS = [
  'rpb',
  'pass',
  'branch',
  'priority',
  'opcode',
  'first',
  'second',
  'immediate',
  'flag',
  'match',
] as const;

for (const name of BUILT_IN_DATA_PLANES) {
  test(`${name}: programs of one key have one text, and constants by the places of their entries`, () => {
    const plane = dataPlane(name);
    const context = contextOf(plane);
    const classes = rpbClasses(context);
    let same = 0;
    let different = 0;
    fc.assert(
      fc.property(
        fc.array(drawn(plane.rpbCount), { minLength: 1, maxLength: 8 }),
        fc.array(fc.tuple(fc.nat(7), drawn(plane.rpbCount), fc.constantFrom(...FIELDS)), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.boolean(),
        (list, changes, isGuarded) => {
          const changed = [...list];
          for (const [at, donor, field] of changes) {
            const place = at % list.length;
            const before = changed[place] ?? donor;
            changed[place] = { ...before, [field]: donor[field] };
          }
          const [one, other] = [programOf(list, context, isGuarded), programOf(changed, context, isGuarded)];
          const [text, otherText] = [vectorCode(one, 3), vectorCode(other, 3)];
          if (shapeKey(one, classes) !== shapeKey(other, classes)) {
            different++;
            return;
          }
          same++;
          assert.is(otherText.body, text.body);
          const shape = { run: 0, constants: shapeConstants(text.constants, one.entries) };
          assert.equal(
            constantsOf(shape, other.entries, context),
            otherText.constants.map((constant) => openValue(constant, context)),
          );
        },
      ),
      property(400),
    );
    assert.ok(same > 20 && different > 20, `${same} of one key, ${different} of two`);
  });
}

test('instances of one program in other RPBs, with other bases, have one key', () => {
  const plane = dataPlane('default');
  const context = contextOf(plane);
  const classes = rpbClasses(context);
  const opcodeOf = (name: string): number => OPERATIONS.findIndex((operation) => operation.name === name);
  const common = { pass: 0, branch: ANY, priority: 0, first: 0, second: 0, flag: 0, match: [ANY, ANY, ANY] };
  const instance = (shift: number): VectorProgram =>
    programOf(
      [
        { ...common, rpb: shift, opcode: opcodeOf('hashTupleMar'), immediate: 0 },
        { ...common, rpb: shift + 1, opcode: opcodeOf('offset'), immediate: 100 * shift },
        { ...common, rpb: shift + 2, opcode: opcodeOf('saluAddSub'), immediate: 0 },
      ],
      context,
      false,
    );
  const key = shapeKey(instance(0), classes);
  assert.is(shapeKey(instance(3), classes), key);
  assert.is(vectorCode(instance(3), 3).body, vectorCode(instance(0), 3).body);
});

test.run();
