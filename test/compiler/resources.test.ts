/** The resource model against what the open compiler makes of the authors' program, and against the paper. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  builtInDataPlane,
  type DataPlane,
  dataPlaneFromJson,
  defaultDataPlane,
  type Resource,
  resourceReport,
} from '../../compiler/index.js';
import { publishedFigure } from '../../hw-driver/published-figures.js';
import { PROPERTY } from './support.js';

const named = (name: string): DataPlane => builtInDataPlane(name) ?? defaultDataPlane();

const used = (dataPlane: DataPlane, resource: Resource): number =>
  resourceReport(dataPlane).total.find((use) => use.resource === resource)?.used ?? Number.NaN;

/** Figures are compared in the digits in which they are published. */
const PUBLISHED: readonly (readonly [Resource, p4c: string, figure10?: string])[] = [
  ['tcamBlocks', 'tcam', 'TCAM'],
  ['sramBlocks', 'sram', 'SRAM'],
  ['mapRams', 'map_ram'],
  ['vliwWords', 'vliw_words'],
  ['hashDistributionUnits', 'hash_distribution_units', 'Hash unit'],
  ['hashBits', 'hash_bits'],
  ['statefulAlus', 'stateful_alus'],
  ['logicalTables', 'logical_tables', 'Logical table ID'],
];

for (const [resource, p4c, figure10] of PUBLISHED) {
  test(`published takes as many ${resource} as the compiler says`, () => {
    const { total } = resourceReport(named('published'));
    const use = total.find((candidate) => candidate.resource === resource);
    assert.is(use?.used, publishedFigure('p4c-resources.csv', p4c, 'used'));
    assert.is(use?.available, publishedFigure('p4c-resources.csv', p4c, 'of'));
    if (figure10 === undefined || use === undefined) return;
    const printed = publishedFigure('fig10.csv', figure10, 'utilization') ?? Number.NaN;
    assert.ok(Math.abs(use.used / use.available - printed) < 0.005, `${use.used / use.available}`);
  });
}

test('published: the PHV estimate is the share of figure 10', () => {
  const share = used(named('published'), 'phvBits') / 4096;
  assert.is(share.toFixed(2), publishedFigure('fig10.csv', 'PHV', 'utilization')?.toFixed(2));
});

test('published: latency and power are those of table 2, and of the compiler at the load that it allows', () => {
  const { ingressCycles, egressCycles, power } = resourceReport(named('published'));
  const table2 = (column: string): number => publishedFigure('table2.csv', 'P4runpro', column) ?? Number.NaN;
  assert.equal([ingressCycles, egressCycles], [table2('latency_ingress_cycles'), table2('latency_egress_cycles')]);
  assert.is(power.ingressWatts.toFixed(2), table2('power_ingress_w').toFixed(2));
  assert.is(power.egressWatts.toFixed(2), table2('power_egress_w').toFixed(2));
  assert.is(power.loadPercent, table2('traffic_limit_load_percent'));
  const limited = [power.ingressWatts, power.egressWatts].map((watts) =>
    ((watts * power.loadPercent) / 100).toFixed(2),
  );
  assert.equal(limited, ['18.94', '20.99']);
  assert.is(publishedFigure('p4c-resources.csv', 'ingress_watts', 'used'), 18.94);
  assert.is(publishedFigure('p4c-resources.csv', 'egress_watts', 'used'), 20.99);
});

test('an RPB, by unit and by access', () => {
  const tables = resourceReport(named('published')).stages.flatMap((stage) => stage.tables);
  const rpb = tables.find(({ name }) => name === 'SwitchIngress.rpb1.tb_operation');
  assert.equal(rpb?.needs, {
    tcamBlocks: 12,
    sramBlocks: 19,
    mapRams: 17,
    statefulAlus: 1,
    logicalTables: 1,
    hashDistributionUnits: 3,
    hashBits: 48,
  });
  assert.equal(rpb?.accesses, { tcamSearches: 12, ramReads: 3, ramWrites: 1, mapRamReads: 17, mapRamWrites: 1 });
});

test('published and tofino1 fit; stages 1 to 10 use every TCAM block and instruction word', () => {
  for (const name of ['published', 'tofino1']) {
    const { excesses, stages } = resourceReport(named(name));
    assert.equal(excesses, [], name);
    for (const { stage, needs, vliwWords } of stages.slice(1, 11)) {
      assert.equal([needs.tcamBlocks, vliwWords], [24, 32], `${name}, stage ${stage}`);
    }
  }
});

test('tofino1 takes no more power than the load allows that the authors’ program needs', () => {
  assert.is(resourceReport(named('tofino1')).power.loadPercent, resourceReport(named('published')).power.loadPercent);
});

test('default exceeds the chip in its filters and its instructions, and in nothing else', () => {
  const { excesses } = resourceReport(named('default'));
  const shown = excesses.map(({ stage, unit, used: needed, available }) => `${stage} ${unit} ${needed}/${available}`);
  assert.equal(shown, ['0 tcamBlocks 84/24', ...Array.from({ length: 12 }, (_, i) => `${i} vliwWords 40/32`)]);
});

const variant = (overrides: object): DataPlane => dataPlaneFromJson({ extends: 'published', name: 'v', ...overrides });

/** One action more than published has is no word more in ingress, four more in egress are. */
const ROOM: readonly (readonly [rpb: string, more: readonly string[], fits: boolean])[] = [
  ['1', ['backup'], true],
  ['1', ['backup', 'recover1'], false],
  ['12', ['backup', 'recover1', 'recover2'], true],
  ['12', ['backup', 'recover1', 'recover2', 'recover3'], false],
];
for (const [rpb, more, fits] of ROOM) {
  test(`RPB ${rpb} of published with ${more.length} more: ${fits ? 'fits' : 'does not fit'}`, () => {
    const actions = [...(named('published').rpbs[Number(rpb) - 1]?.actions.keys() ?? []), ...more];
    const { excesses } = resourceReport(variant({ rpbs: { [rpb]: { actions } } }));
    assert.is(excesses.length === 0, fits, JSON.stringify(excesses));
  });
}

test('what is larger never takes less, and tables in stages that the chip lacks are too many', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8192 }), fc.integer({ min: 0, max: 8192 }), (entries, more) => {
      const [small, large] = [entries, entries + more].map((count) => variant({ rpbs: { 5: { entries: count } } }));
      if (small === undefined || large === undefined) throw new Error('two data planes');
      for (const unit of ['tcamBlocks', 'sramBlocks'] as const) assert.ok(used(small, unit) <= used(large, unit));
    }),
    { ...PROPERTY, numRuns: 30 },
  );
  const { excesses, stages } = resourceReport(variant({ rpbs: { 22: { stage: 12 } } }));
  assert.is(stages.length, 13);
  assert.ok(excesses.some(({ stage, unit, available }) => stage === 12 && unit === 'tcamBlocks' && available === 0));
});

test('a short pipe is not throttled', () => {
  const timing = { stageCycles: 4, tcamCycles: 0, statefulAluCycles: 0 };
  const [long, short] = [named('published'), variant({ timing })].map((plane) => resourceReport(plane).power);
  const ratio = (long?.ingressWatts ?? 0) / (short?.ingressWatts ?? 1);
  assert.ok(Math.abs(ratio - 288 / (306 + 11)) < 1e-9, String(ratio));
});

test.run();
