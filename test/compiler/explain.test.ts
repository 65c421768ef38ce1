/** What programs are said to be: text and figure as goldens, the data behind them, liveness and reasons by hand. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ExplainedRow,
  explain,
  explainMisfit,
  explanationSvg,
  explanationText,
  misfitText,
  type ProgramExplanation,
  refusalOf,
} from '../../compiler/explain/index.js';
import {
  analyse,
  DEFAULT_LINK_OPTIONS,
  defaultDataPlane,
  f1,
  greedyAllocator,
  hierarchical,
  type LinkOptions,
  lower,
  SwitchState,
} from '../../compiler/index.js';
import { cases } from '../tiers.js';
import { wholePrograms } from './random-whole-programs.js';
import {
  assertGolden,
  checkedProgram,
  checkedPrograms,
  inProgram,
  linkProgram,
  PROPERTY,
  SAMPLE_NAMES,
  sampleSource,
  smallDataPlane,
  testPath,
} from './support.js';
import { assertBalanced } from './xml.js';

const DATA_PLANE = defaultDataPlane();
const ALL = DATA_PLANE.rpbs.map(({ number }) => number);

function explained(
  source: string,
  {
    recirculations = 1,
    state = new SwitchState(DATA_PLANE),
    ...options
  }: Partial<LinkOptions> & {
    recirculations?: number;
    state?: SwitchState;
  } = {},
): ProgramExplanation {
  const lowered = lower(checkedProgram(source), DATA_PLANE, recirculations);
  return explain(lowered, state, '0'.repeat(64), { ...DEFAULT_LINK_OPTIONS, ...options }).explanation;
}

for (const name of ['calc', 'nc', 'lb']) {
  test(`${name} as text`, () => {
    assertGolden(testPath('goldens', `${name}.explain.txt`), explanationText(explained(sampleSource(name)), 100));
  });
}

test('lb as a figure', () => {
  assertGolden(testPath('goldens', 'lb.explain.svg'), explanationSvg([explained(sampleSource('lb'))], DATA_PLANE));
});

test('lines keep to the width, from 80 columns on, for every program', () => {
  for (const name of SAMPLE_NAMES) {
    const explanation = explained(sampleSource(name));
    for (const width of [80, 120]) {
      const lines = explanationText(explanation, width).split('\n');
      const long = lines.filter((line) => line.length > width);
      assert.equal(long, [], name);
    }
  }
});

test('every program is drawn as well-formed XML that names every RPB in use and no number that is none', () => {
  for (const name of SAMPLE_NAMES) {
    const programs = checkedPrograms(sampleSource(name));
    const state = new SwitchState(DATA_PLANE);
    const explanations = programs.map(
      (program) => explain(lower(program, DATA_PLANE, 1), state, '', DEFAULT_LINK_OPTIONS).explanation,
    );
    const svg = explanationSvg(explanations, DATA_PLANE);
    assertBalanced(svg);
    assert.not.match(svg, /NaN|undefined|Infinity/, name);
    assert.ok(!/(href=|src=|url\((?!#))/.test(svg), 'nothing from elsewhere');
  }
});

test('names with special characters leave the figure well-formed', () => {
  const explanation = { ...explained(sampleSource('lb')), program: '<a&"b>\u0000' };
  const svg = explanationSvg([explanation], DATA_PLANE);
  assertBalanced(svg);
  assert.match(svg, /&lt;a&amp;&quot;b&gt;\?/);
});

test('the entries, tables and memories of an explanation are those of the compiled program', () => {
  for (const name of SAMPLE_NAMES) {
    const program = checkedProgram(sampleSource(name));
    const compiled = linkProgram(program, new SwitchState(DATA_PLANE));
    const { rows, tables, memories, cost, programId } = explained(sampleSource(name));
    const total = tables.reduce((sum, { entries }) => sum + entries, 0);
    assert.is(total, compiled.entries.length, name);
    const inRpbs = compiled.entries.filter(({ table }) => table.endsWith('tb_operation'));
    assert.equal(
      rows.flatMap((row) =>
        row.entries.map((entry) => `${row.rpb} ${entry.action} ${Object.values(entry.parameters)}`),
      ),
      inRpbs.map(({ table, action, parameters }) => {
        const rpb = /rpb(\d+)\./.exec(table)?.[1];
        return `${rpb} ${action.split('.').at(-1)} ${parameters.map(({ value }) => value)}`;
      }),
      name,
    );
    assert.equal(
      memories.map(({ bytes, switch: of, ...block }) => block),
      compiled.memories,
    );
    assert.is(cost.passes, compiled.passes);
    assert.is(programId, compiled.programId);
  }
});

test('a recirculation costs a pass of time and the traffic once more', () => {
  const { cost } = explained(inProgram(`${'LOADI(sar, 1); ADD(har, sar);'.repeat(14)} FORWARD(1);`));
  assert.is(cost.passes, 2);
  assert.is(cost.cyclesPerPass, 306 + 316);
  assert.is(cost.extraNs, cost.nsPerPass);
  assert.is(cost.maxBitsPerSecond, 100e9);
  assert.is(explained(inProgram('FORWARD(1);')).cost.maxBitsPerSecond, null);
});

const liveOf = ({ rows }: ProgramExplanation): string[] =>
  rows.flatMap((row) =>
    row.live.flatMap(({ branch, before, after }) =>
      after.map(({ entry, registers }) => `${branch} ${row.entries[entry]?.verb} ${before.join()}/${registers.join()}`),
    ),
  );

const LIVE: readonly (readonly [name: string, body: string, memories: string, live: readonly string[]])[] = [
  ['an unused value is dead', 'LOADI(sar, 1); FORWARD(1);', '', ['0 LOADI /', '0 FORWARD /']],
  [
    'MEMREAD overwrites sar, MEMWRITE needs it',
    'EXTRACT(hdr.ipv4.ecn, mar); EXTRACT(hdr.ipv4.dst, sar); MEMWRITE(m); MEMREAD(n); MODIFY(hdr.ipv4.dst, sar);',
    '@m 256\n@n 256',
    [
      '0 EXTRACT /mar',
      '0 EXTRACT mar/sar,mar',
      '0 OFFSET sar,mar/sar,mar',
      '0 MEMWRITE sar,mar/mar',
      '0 OFFSET mar/',
      '0 MEMREAD /sar',
      '0 MODIFY sar/',
    ],
  ],
  [
    'a branch needs what its conditions compare, and what any case needs',
    'EXTRACT(hdr.ipv4.src, har); EXTRACT(hdr.ipv4.dst, sar); BRANCH: case(<har, 1, 0xff>) { MODIFY(hdr.ipv4.dst, sar); DROP; }; FORWARD(1);',
    '',
    ['0 EXTRACT /har', '0 EXTRACT har/har,sar', '0 BRANCH har,sar/sar', '0 FORWARD /', '1 MODIFY sar/', '1 DROP /'],
  ],
];

for (const [name, body, memories, expected] of LIVE) {
  test(`live registers: ${name}`, () => {
    const found = liveOf(explained(inProgram(body, memories)));
    assert.equal([...found].sort(), [...expected].sort());
  });
}

const whyOf = (rows: readonly ExplainedRow[], verb: string): string =>
  rows.find(({ entries }) => entries.some((entry) => entry.verb === verb))?.why ?? '';

test('why: FORWARD is where the action is', () => {
  assert.match(whyOf(explained(inProgram('FORWARD(1);')).rows, 'FORWARD'), /RPBs 1-10.*only ingress RPBs have forward/);
});

test('why: the only place', () => {
  const { rows } = explained(inProgram(`${'LOADI(sar, 1); LOADI(har, 2);'.repeat(5)} FORWARD(1);`), {
    recirculations: 1,
  });
  assert.match(rows.at(-1)?.why ?? '', /only ingress RPBs have forward/);
});

test('why: two accesses of one memory share an RPB', () => {
  const body = 'HASH_5_TUPLE_MEM(m); MEMREAD(m); LOADI(sar, 1); MEMWRITE(m);';
  const accesses = explained(inProgram(body, '@m 256')).rows.filter(({ entries }) => entries[0]?.category === 'memory');
  assert.is(accesses.length, 2);
  assert.is(accesses[0]?.rpb, accesses[1]?.rpb);
  assert.match(accesses[0]?.why ?? '', /shares the RPB of row 7: memory m is in one RPB/);
  assert.match(accesses[1]?.why ?? '', /shares the RPB of row 4: memory m is in one RPB/);
});

test('why: what is full is left out, and the cheapest is taken', () => {
  const state = new SwitchState(DATA_PLANE);
  const lb = sampleSource('lb').replaceAll('256', '65536');
  state.commit(
    linkProgram(checkedProgram(lb.replace('program lb', 'program other').replace('10.0.0.0', '11.0.0.0')), state),
  );
  const { rows } = explained(lb, { state });
  const full = [...state.programs.values()].flatMap(({ compiled }) => compiled.memories.map(({ rpb }) => rpb));
  for (const row of rows.filter(({ memories }) => memories.length > 0)) {
    assert.ok(!full.includes(row.rpb));
  }
  assert.ok(rows.some(({ why }) => /too little memory free in RPB/.test(why)));
  assert.ok(rows.some(({ why }) => /the cheapest/.test(why)));
});

test('why: allocators of the paper place depths, and take the first with room', () => {
  const { rows } = explained(sampleSource('calc'), { allocator: greedyAllocator(f1()) });
  assert.ok(rows.every(({ reason }) => reason.unit === 'depth'));
  assert.match(rows.at(-1)?.why ?? '', /the first with room/);
});

test('each RPB listed as free would take the row while all others stay', () => {
  for (const name of SAMPLE_NAMES) {
    for (const { reason, rpb, pass } of explained(sampleSource(name)).rows) {
      const at = (pass - 1) * DATA_PLANE.rpbCount + rpb;
      assert.ok(reason.possible.includes(at), `${name}: ${at} is not among ${reason.possible}`);
    }
  }
});

test('an empty program is explained', () => {
  const explanation = explained(inProgram(''));
  assert.is(explanation.rows.length, 0);
  assert.match(explanationText(explanation, 80), /The program has no rows/);
  assertBalanced(explanationSvg([explanation], DATA_PLANE));
});

test('a program of 256 cases is explained', () => {
  const cases = Array.from(
    { length: 256 },
    (_, i) => `case(<har, ${i}, 0xffff>) { LOADI(sar, ${i}); RETURN; MODIFY(hdr.ipv4.dst, sar); }`,
  );
  const explanation = explained(inProgram(`EXTRACT(hdr.ipv4.src, har); BRANCH: ${cases.join('\n')};`));
  const text = explanationText(explanation, 80);
  assert.match(text, /map of depths and branches is left out/);
  assertBalanced(explanationSvg([explanation], DATA_PLANE));
});

test('random programs, placed by any allocator: each statement of an explanation is true', () => {
  const small = smallDataPlane(ALL, { entries: 24, buckets: 65536 });
  const allocators = [DEFAULT_LINK_OPTIONS.allocator, greedyAllocator(f1()), greedyAllocator(hierarchical)];
  const property = fc.property(
    wholePrograms(),
    fc.nat({ max: 2 }),
    fc.nat({ max: 2 }),
    (source, which, recirculations) => {
      const analysis = analyse(source, small);
      if (analysis.hasErrors) return;
      const options = { allocator: allocators[which] ?? DEFAULT_LINK_OPTIONS.allocator, filterPriority: 0 };
      const state = new SwitchState(small);
      for (const program of analysis.programs) {
        const lowered = lower(program, small, recirculations);
        const refused = refusalOf(lowered, state, options);
        if (refused !== undefined) {
          const misfit = explainMisfit(program, small, state, refused, { ...options, recirculations, maxTries: 12 });
          assert.ok(misfit.why !== '' && misfit.tries <= 12);
          misfitText(misfit, small, recirculations, 80);
          continue;
        }
        const { explanation, compiled } = explain(lowered, state, '', options);
        for (const { reason, rpb, pass, why } of explanation.rows) {
          assert.ok(why !== '' && reason.possible.includes((pass - 1) * small.rpbCount + rpb), why);
        }
        assert.not.match(explanationText(explanation, 80), /NaN|undefined/);
        assertBalanced(explanationSvg([explanation], small));
        state.commit(compiled);
      }
    },
  );
  fc.assert(property, { ...PROPERTY, numRuns: cases(18) });
});

test.run();
