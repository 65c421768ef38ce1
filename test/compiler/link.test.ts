import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type CompiledProgram,
  type DataPlane,
  DEFAULT_LINK_OPTIONS,
  DoesNotFit,
  defaultDataPlane,
  f1,
  f2,
  f3,
  greedyAllocator,
  hierarchical,
  type LinkOptions,
  type Program,
  priceAllocator,
  REGISTERS,
  type Statement,
  SwitchState,
} from '../../compiler/index.js';
import { checkFormsWhere } from '../../compiler/passes/checks/check-form.js';
import { checkForms } from '../../compiler/passes/forms.js';
import { cases } from '../tiers.js';
import { executeDocument, executeStatements, newRun, observed } from './model.js';
import { assertSound, assertWithinResources } from './placement-rules.js';
import { MEMORIES, placeableStatements, primitive, programOf, threeWords } from './random-programs.js';
import {
  checkedProgram,
  checkedPrograms,
  inProgram,
  linkProgram,
  PROPERTY,
  SAMPLE_NAMES,
  sampleSource,
  smallDataPlane,
} from './support.js';

const dataPlane = defaultDataPlane();

/** The compiled program, or why there is none; anything else is thrown on. */
function tryLink(program: Program, state: SwitchState, options: LinkOptions, recirculations: number) {
  try {
    return linkProgram(program, state, options, recirculations);
  } catch (error) {
    if (error instanceof DoesNotFit) return error;
    throw error;
  }
}

const withAllocator = (objective: Parameters<typeof greedyAllocator>[0]): LinkOptions => ({
  ...DEFAULT_LINK_OPTIONS,
  allocator: greedyAllocator(objective),
});
const OPTIONS: readonly LinkOptions[] = [
  DEFAULT_LINK_OPTIONS,
  { ...DEFAULT_LINK_OPTIONS, allocator: priceAllocator({ recirculationWeight: 0 }) },
  withAllocator(f1()),
  withAllocator(f2),
  withAllocator(f3),
  withAllocator(hierarchical),
];

for (const name of SAMPLE_NAMES) {
  test(`${name} is placed within every constraint, for every objective`, () => {
    for (const options of OPTIONS) {
      const state = new SwitchState(dataPlane);
      const documents = checkedPrograms(sampleSource(name)).map((program) => {
        const document = linkProgram(program, state, options);
        assertSound(program, document, dataPlane, 1);
        state.commit(document);
        return document;
      });
      assertWithinResources(documents, dataPlane);
    }
  });
}

test('two uses of a memory on one path: one RPB, two passes', () => {
  const program = checkedProgram(
    inProgram('LOADI(mar, 0); MEMREAD(m); MODIFY(hdr.ipv4.dst, sar); MEMWRITE(m);', '@m 256'),
  );
  const document = linkProgram(program, new SwitchState(dataPlane));
  const accesses = document.placement.filter(({ action }) => action.startsWith('salu'));
  assert.equal(
    accesses.map(({ pass }) => pass),
    [0, 1],
  );
  assert.is(new Set(accesses.map(({ rpb }) => rpb)).size, 1);
  assert.is(document.passes, 2);
  assert.throws(() => linkProgram(program, new SwitchState(dataPlane), undefined, 0), /one more recirculation/);
});

test('memories used in opposite orders in exclusive branches get a sound placement', () => {
  const program = checkedProgram(
    inProgram(
      'LOADI(har, 1);\nBRANCH: case(<har, 1, 1>) {\nHASH_5_TUPLE_MEM(m);\nMEMREAD(m);\nHASH_5_TUPLE_MEM(n);\nMEMREAD(n);\n};\nHASH_5_TUPLE_MEM(n);\nMEMREAD(n);\nHASH_5_TUPLE_MEM(m);\nMEMREAD(m);',
      '@m 256\n@n 1024',
    ),
  );
  const document = linkProgram(program, new SwitchState(dataPlane));
  assert.is(document.passes, 2);
  assertSound(program, document, dataPlane, 1);
});

test('a memory that is hashed for and never accessed needs no block', () => {
  const document = linkProgram(checkedProgram(inProgram('HASH_5_TUPLE_MEM(m);', '@m 256')), new SwitchState(dataPlane));
  assert.equal(document.memories, []);
  const mask = document.entries.find(({ action }) => action.endsWith('address_translation_mask'));
  assert.is(mask?.parameters[0]?.value, 255);
});

test('an empty program is its filter', () => {
  const document = linkProgram(checkedProgram(inProgram('')), new SwitchState(dataPlane));
  assert.is(document.entries.length, 1);
  assert.is(document.passes, 1);
});

test('a program of more passes than the recirculation id counts, or the table of recirculations holds, is refused', () => {
  const long = checkedProgram(inProgram('LOADI(har, 1); LOADI(har, 2); '.repeat(25)));
  assert.is(linkProgram(long, new SwitchState(dataPlane), undefined, 3).passes, 3);
  const { description } = dataPlane;
  const narrow = smallDataPlane([1, 11], {}, { state: { ...description.state, recirculationIdBits: 2 } });
  assert.throws(() => linkProgram(long, new SwitchState(narrow), undefined, 30), /it needs 25 passes, .* can count 4/);
  const few = smallDataPlane([1, 11], {}, { recirculation: { stage: 11, entries: 10 } });
  assert.throws(
    () =>
      linkProgram(
        checkedProgram(inProgram('LOADI(har, 1); LOADI(har, 2); '.repeat(15))),
        new SwitchState(few),
        undefined,
        30,
      ),
    /tb_recirculation has 10 free entries, and the program needs 15/,
  );
});

test('a program of more branches than there are branch ids is refused', () => {
  const { description } = dataPlane;
  const narrow = smallDataPlane([1, 11], {}, { state: { ...description.state, branchIdBits: 2 } });
  const branches = (count: number): Program => {
    const cases = Array.from(
      { length: count },
      (_, i) => `case(<har, ${i}, 0xff>) { LOADI(har, ${i}); LOADI(sar, 1); }`,
    );
    return checkedProgram(inProgram(`EXTRACT(hdr.l5.op, har); BRANCH: ${cases.join(' ')};`));
  };
  assert.is(linkProgram(branches(3), new SwitchState(narrow), undefined, 2).entries.length, 12);
  assert.throws(
    () => linkProgram(branches(4), new SwitchState(narrow), undefined, 2),
    /it needs 5 branch ids, and the data plane has 4/,
  );
});

const SMALL: DataPlane = smallDataPlane([1, 2, 3, 11, 12, 13], { entries: 12, buckets: 65536 });

interface Tally {
  placed: number;
  refused: number;
  severalPasses: number;
}

function placeAll(
  bodies: readonly (readonly Statement[])[],
  on: DataPlane,
  options: LinkOptions,
  recirculations: number,
  tally: Tally,
) {
  const state = new SwitchState(on);
  const placed: { program: Program; document: CompiledProgram }[] = [];
  for (const [i, body] of bodies.entries()) {
    const program = programOf(`p${i}`, i, body, on);
    const before = state.snapshot();
    const document = tryLink(program, state, options, recirculations);
    assert.equal(state.snapshot(), before, 'linking changes nothing');
    if (document instanceof DoesNotFit) {
      tally.refused++;
      continue;
    }
    tally.placed++;
    if (document.passes > 1) tally.severalPasses++;
    assertSound(program, document, on, recirculations);
    state.commit(document);
    placed.push({ program, document });
  }
  assertWithinResources(
    placed.map(({ document }) => document),
    on,
  );
  return placed;
}

/** Behind all lines of random programs: each statement needs one of its own. */
const LAST_LINE = 10_000;
const ZEROS = { har: 0, sar: 0, mar: 0 };

// Random statements, which were never checked.
checkForms(checkFormsWhere({ areAddressesChecked: false }));

const PLACES: readonly (readonly [
  name: string,
  on: DataPlane,
  recirculations: number,
  runs: number,
  refusedAtMost: number,
])[] = [
  ['the default data plane', dataPlane, 1, 54, 0.3],
  ['the default data plane, three recirculations', dataPlane, 3, 24, 0.2],
  ['six RPBs of twelve entries, eleven recirculations', SMALL, 11, 20, 0.8],
];

for (const [name, on, recirculations, runs, refusedAtMost] of PLACES) {
  test(`every placement satisfies every constraint and does what its statements say: ${name}`, () => {
    const tally: Tally = { placed: 0, refused: 0, severalPasses: 0 };
    fc.assert(
      fc.property(
        fc.array(placeableStatements, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...OPTIONS),
        threeWords,
        (bodies, options, start) => {
          const loads = REGISTERS.map((register, i) => ({
            ...primitive('LOADI', { registers: [register], integer: start[register] }),
            span: { start: 0, end: 0, line: LAST_LINE + i, column: 1 },
          }));
          const programs = bodies.map((body) => [...loads, ...body]);
          for (const { program, document } of placeAll(programs, on, options, recirculations, tally)) {
            const [wanted, got] = [newRun(ZEROS), newRun(ZEROS)];
            executeStatements(program.body, wanted, MEMORIES);
            executeDocument(document, on, got);
            assert.equal(observed(got), observed(wanted));
          }
        },
      ),
      { ...PROPERTY, numRuns: cases(runs) },
    );
    const share = tally.refused / (tally.placed + tally.refused);
    assert.ok(share <= refusedAtMost, `${JSON.stringify(tally)}: too many are refused for the property to mean much`);
    assert.ok(tally.severalPasses > tally.placed / 50, JSON.stringify(tally));
  });
}

test.run();
