/** Programs over several switches in a row. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtInDataPlane } from '../../compiler/data-plane/extend.js';
import { memberTable, tableOfMember } from '../../compiler/data-plane/member-table.js';
import { must } from '../../compiler/data-plane/must.js';
import { explainPrograms, explanationSvg, explanationText } from '../../compiler/explain/index.js';
import {
  ALLOCATOR_NAMES,
  ALLOCATORS,
  analyse,
  ChainError,
  type CompiledProgram,
  chainOf,
  compiledProgramFromJson,
  DEFAULT_LINK_OPTIONS,
  DoesNotFit,
  defaultDataPlane,
  documentFault,
  FIXED_NAMES,
  formatCompiledProgram,
  installableProgramFromJson,
  maxSwitches,
  SwitchState,
} from '../../compiler/index.js';
import { checkedProgram, inProgram, linkProgram, SAMPLE_NAMES, sampleSource } from './support.js';

const PLANE = defaultDataPlane();
const TWO = chainOf(PLANE, 2);
const EXTENDED = must(builtInDataPlane('extended'), 'data plane extended');
const LONG = inProgram(`LOADI(har, 1); LOADI(sar, 1); ${'ADD(har, sar); '.repeat(2 * PLANE.rpbCount)}`);
const TWICE = inProgram('LOADI(mar, 3); MEMADD(m); LOADI(mar, 5); MEMADD(m);', '@m 16');

const compiled = (source: string, dataPlane = TWO, allocator = ALLOCATORS.price.make({})): CompiledProgram =>
  linkProgram(checkedProgram(source, dataPlane), new SwitchState(dataPlane), { ...DEFAULT_LINK_OPTIONS, allocator }, 0);

const refusal = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was refused';
};

test('a chain has the RPBs of all its switches, with names of their own, and one for each of them', () => {
  assert.is(chainOf(PLANE, 1), PLANE);
  assert.is(chainOf(PLANE, 2), TWO);
  assert.is(TWO.rpbCount, 2 * PLANE.rpbCount);
  assert.is(TWO.rpbsPerSwitch, PLANE.rpbCount);
  assert.is(new Set(TWO.rpbs.map(({ table }) => table)).size, TWO.rpbCount);
  assert.equal(
    TWO.rpbs.map(({ table, member }) => [member, tableOfMember(table)]),
    [0, 1].flatMap((member) => PLANE.rpbs.map(({ table }) => [member, { member, table }])),
  );
  assert.is(memberTable('a.b', 11), 'switch12.a.b');
  assert.equal(tableOfMember('switch12.a.b'), { member: 11, table: 'a.b' });
  assert.equal(TWO.placeOf(PLANE.rpbCount + 3), { rpb: TWO.rpb(PLANE.rpbCount + 3), pass: 1 });
  assert.is.not(TWO.hash, PLANE.hash);
  assert.is.not(TWO.hash, chainOf(PLANE, 3).hash);
});

test('what can make no chain, as a sentence', () => {
  const most = maxSwitches(PLANE);
  assert.match(
    refusal(() => chainOf(PLANE, most + 1)),
    `has 1 to ${most} switches`,
  );
  assert.match(
    refusal(() => chainOf(PLANE, 1.5)),
    'not 1.5',
  );
  const published = must(builtInDataPlane('published'), 'data plane published');
  assert.throws(
    () => chainOf(published, 2),
    (error: unknown) => error instanceof ChainError,
  );
  assert.match(
    refusal(() => chainOf(published, 2)),
    'its init block runs on every pass',
  );
  assert.match(
    refusal(() => chainOf(TWO, 2)),
    'is a chain already',
  );
});

test('every program lies on chains by every allocator: each switch has its entries, the first alone filters', () => {
  for (const name of SAMPLE_NAMES) {
    for (const switches of [2, 3]) {
      const chain = chainOf(PLANE, switches);
      for (const document of analyse(sampleSource(name), chain).programs.flatMap((program) =>
        ALLOCATOR_NAMES.filter((allocator) => allocator !== 'z3').map((allocator) =>
          linkProgram(
            program,
            new SwitchState(chain),
            {
              ...DEFAULT_LINK_OPTIONS,
              allocator: ALLOCATORS[allocator].make({}),
            },
            0,
          ),
        ),
      )) {
        assert.is(documentFault(document, chain), undefined, name);
        assert.is(document.passes, switches);
        const filters = document.entries.filter(({ action }) => action === FIXED_NAMES.setProgram);
        assert.equal(
          filters.map(({ table }) => tableOfMember(table).member),
          [0],
        );
        assert.is(document.entries.indexOf(must(filters[0], 'filter')), document.entries.length - 1);
        const rec = document.entries.filter(({ table }) => chain.recirculationTables.includes(table));
        assert.equal(
          rec.map(({ table, key }) => [tableOfMember(table).member, key[1]?.value]),
          Array.from({ length: switches }, (_, member) => [member, member]),
          name,
        );
        assert.is(rec[0]?.action, FIXED_NAMES.firstRecirculate);
        assert.is(rec.at(-1)?.action, FIXED_NAMES.lastRecirculate);
        for (const { rpb, pass } of document.placement) assert.is(chain.rpb(rpb).member, pass);
      }
    }
  }
});

test('a program of one switch more than its length needs all of them', () => {
  assert.match(
    refusal(() => compiled(LONG)),
    `${2 * PLANE.rpbCount + 2} steps in sequence, and the 2 switches have ${TWO.rpbCount} RPBs`,
  );
  const document = compiled(LONG, chainOf(PLANE, 3));
  assert.equal([...new Set(document.placement.map(({ pass }) => pass))], [0, 1, 2]);
});

test('constraint 5: a second access to a memory cannot follow in a later switch', () => {
  assert.match(
    refusal(() => compiled(TWICE)),
    /must share an RPB with step \d+, and packets pass each RPB of a chain once/,
  );
  const recirculates = linkProgram(checkedProgram(TWICE), new SwitchState(PLANE), DEFAULT_LINK_OPTIONS, 1);
  assert.is(recirculates.passes, 2);
});

test('memory and entries are those of each switch: where both would be full with recirculation, a chain has room', () => {
  const { buckets } = must(PLANE.rpbs[0], 'RPB');
  const count = PLANE.rpbCount + 1;
  const memories = Array.from({ length: count }, (_, i) => `@m${i} ${buckets}`).join('\n');
  const body = Array.from({ length: count }, (_, i) => `case(<har, ${i}, 0xff>) { LOADI(mar, 1); MEMADD(m${i}); }`);
  const source = inProgram(`BRANCH: ${body.join(' ')};`, memories);
  const single = (): CompiledProgram =>
    linkProgram(checkedProgram(source), new SwitchState(PLANE), DEFAULT_LINK_OPTIONS, 1);
  assert.throws(single, (error: unknown) => error instanceof DoesNotFit);
  const document = compiled(source);
  assert.is(new Set(document.memories.map(({ rpb }) => rpb)).size, count);
  assert.is(documentFault(document, TWO), undefined);
});

test('books of a chain: what is committed is free again when it is released', () => {
  const state = new SwitchState(TWO);
  const before = state.snapshot();
  state.commit(linkProgram(checkedProgram(sampleSource('nc'), TWO), state, DEFAULT_LINK_OPTIONS, 0));
  assert.is(state.freeEntries(must(TWO.recirculationTables[1], 'table')), PLANE.description.recirculation.entries - 1);
  assert.ok(TWO.rpbs.slice(PLANE.rpbCount).some(({ table, entries }) => state.freeEntries(table) < entries));
  state.release('nc');
  assert.equal(state.snapshot(), before);
});

test('documents name their switches, and those for one switch and for a chain are not taken for each other', () => {
  const document = compiled(sampleSource('hh'));
  const json: unknown = JSON.parse(formatCompiledProgram(document));
  assert.equal(installableProgramFromJson(json, TWO), document);
  assert.ok(document.entries.some(({ table }) => table === `switch2.${PLANE.rpb(1).table}`));
  assert.is(document.schema, 'p4runpro-sim/compiled-program@3');
  assert.match(
    refusal(() => compiledProgramFromJson(json, PLANE)),
    'for a chain of switches, not for one',
  );
  assert.match(
    refusal(() => compiledProgramFromJson(json, chainOf(PLANE, 3))),
    "for data plane 'default, 2 switches in a row'",
  );
  const single = linkProgram(checkedProgram(sampleSource('hh')), new SwitchState(PLANE));
  assert.is(single.schema, 'p4runpro-sim/compiled-program@2');
  assert.match(
    refusal(() => compiledProgramFromJson(single, TWO)),
    'for one switch, not for a chain of switches',
  );
});

test('an entry for another pass than that of its switch is a fault, and so are accesses of another switch', () => {
  const document = compiled(sampleSource('nc'));
  const later = document.entries.findIndex(({ table }) => table.startsWith('switch2.') && table.includes('rpb'));
  const entries = document.entries.map((entry, i) =>
    i === later
      ? {
          ...entry,
          key: entry.key.map((field) => (field.name.endsWith('iterations') ? { ...field, value: 0 } : field)),
        }
      : entry,
  );
  assert.match(
    String(documentFault({ ...document, entries }, TWO)),
    'is for pass 1, and packets meet its switch in pass 2',
  );
  const moved = document.memories.map((block) => ({
    ...block,
    rpb: ((block.rpb + PLANE.rpbCount - 1) % TWO.rpbCount) + 1,
  }));
  assert.match(String(documentFault({ ...document, memories: moved }, TWO)), 'it has no memory there');
  assert.match(
    String(documentFault({ ...document, passes: 1 }, TWO)),
    'it has 1 passes, and 2 are expected, one a switch',
  );
});

test('copies are made by the last switch, so only its egress has the replication id', () => {
  const source = inProgram('MULTICAST(7); EXTRACT(eg_intr_md.egress_rid, sar); MODIFY(hdr.ipv4.dst, sar);');
  const chain = chainOf(EXTENDED, 2);
  const document = compiled(source, chain);
  const rid = document.placement.filter(({ action }) => action.includes('egressrid'));
  assert.ok(rid.length > 0);
  for (const { rpb, pass } of rid) {
    assert.is(pass, 1);
    assert.is(chain.rpb(rpb).gress, 'egress');
  }
});

test('explanations name the switch of each RPB, and propose more switches', () => {
  const options = { ...DEFAULT_LINK_OPTIONS, recirculations: 0 };
  const analysis = analyse(sampleSource('hh'), TWO);
  const [result] = explainPrograms(analysis, TWO, new SwitchState(TWO), options);
  if (result?.fits !== true) throw new Error('hh does not fit two switches');
  const text = explanationText(result, 100);
  const { cyclesPerPass, nsPerPass } = result.cost;
  const each = `${cyclesPerPass} cycles (${Math.round(nsPerPass)} ns) in match-action stages for each`;
  assert.match(text.replaceAll(/\s+/g, ' '), `switches 2 in a row, ${each}, ${Math.round(2 * nsPerPass)} ns together`);
  assert.match(text, 'RPB 2:5 is RPB 5 of switch 2.');
  assert.match(text, /^RPBs? [\d, -]+ of switch 2 /m);
  assert.ok(text.split('\n').every((line) => line.length <= 100));
  assert.match(explanationSvg([result], TWO), 'switch 2, RPB');
  const [misfit] = explainPrograms(analyse(LONG, TWO), TWO, new SwitchState(TWO), options);
  if (misfit?.fits !== false) throw new Error('a longer program fits two switches');
  assert.equal(
    misfit.proposals.filter(({ kind }) => kind === 'more-switches'),
    [{ kind: 'more-switches', switches: 3 }],
  );
});

test.run();
