/** What `tofino2` has room for, and what of `extended` it has. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resourceReport } from '../../compiler/data-plane/resources/resources.js';
import { TOFINO2_LEFT_OUT } from '../../compiler/data-plane/tofino2.js';
import {
  builtInDataPlane,
  chipOf,
  type DataPlane,
  dataPlaneFromJson,
  type Gress,
  must,
  TOFINO_1,
  TOFINO_2,
} from '../../compiler/index.js';

const planeOf = (name: string): DataPlane => must(builtInDataPlane(name), name);
const plane = planeOf('tofino2');

test('it fits a Tofino 2, with 98 % of the load', () => {
  const { excesses, power, chip, stages } = resourceReport(plane);
  assert.equal([chip, excesses], ['Tofino 2', []]);
  assert.is(power.loadPercent, 98);
  assert.is((power.ingressWatts + power.egressWatts).toFixed(2), '52.89');
  // Stage 0 holds the filters and RPB 19, whose table is half as large; stage 19 no ingress RPB.
  assert.equal(
    stages.map(({ needs }) => needs.tcamBlocks),
    [...Array.from({ length: 19 }, () => 24), 12],
  );
});

test('larger filters, a full RPB 19 or an action more are too much', () => {
  const excessesOf = (overrides: object): string[] =>
    resourceReport(dataPlaneFromJson({ extends: 'tofino2', name: 'more', ...overrides })).excesses.map(
      ({ stage, unit, used, available }) => `${stage} ${unit} ${used}/${available}`,
    );
  assert.equal(excessesOf({ rpbs: { 19: { entries: 2048 } } }), ['0 tcamBlocks 30/24']);
  const filters = plane.description.init.filters.map((filter) => ({ ...filter, entries: 1025 }));
  assert.equal(excessesOf({ init: { filters } }), ['0 tcamBlocks 33/24']);
  const full = [...plane.rpb(1).actions.keys(), 'not_har', 'not_mar', 'not_sar'];
  assert.equal(excessesOf({ rpbs: { 1: { actions: full.slice(0, 63) } } }), []);
  assert.equal(excessesOf({ rpbs: { 1: { actions: full.slice(0, 64) } } }), ['1 vliwWords 33/32']);
  // Registers that are saved in ingress, and the length of a queue in egress: the groups are full.
  assert.equal(excessesOf({ rpbs: { 3: { actions: ['backup'] } } }), ['undefined ingressWords 19/16']);
  assert.equal(excessesOf({ rpbs: { 21: { actions: ['extract_egintrmdenqqdepth_har'] } } }), [
    'undefined egressWords 17/16',
  ]);
});

test('the chip of a description decides resources, power and pipes; without one it is Tofino 1', () => {
  assert.is(chipOf(plane), TOFINO_2);
  for (const name of ['default', 'published', 'tofino1', 'extended']) assert.is(chipOf(planeOf(name)), TOFINO_1, name);
  const moved = resourceReport(dataPlaneFromJson({ extends: 'tofino1', name: 'moved', chip: 'tofino2' }));
  assert.is(moved.chip, 'Tofino 2');
  const tcam = moved.total.find(({ resource }) => resource === 'tcamBlocks');
  assert.equal([tcam?.used, tcam?.available], [273, 480]);
  // No throttling: a Tofino 1 would let a packet in in 288 of the 306 + 11 cycles.
  const onFirst = resourceReport(planeOf('tofino1'), { ...TOFINO_2, power: TOFINO_1.power }).power.ingressWatts;
  const { throttling: _none, ...unthrottled } = TOFINO_1.power;
  const whole = resourceReport(planeOf('tofino1'), { ...TOFINO_2, power: unthrottled }).power.ingressWatts;
  assert.ok(Math.abs(onFirst / whole - 288 / 317) < 1e-12);
  assert.throws(
    () => dataPlaneFromJson({ extends: 'default', name: 'x', chip: 'tofino3' }),
    /chip: 'tofino3' is not one of/,
  );
  assert.throws(() => dataPlaneFromJson({ extends: 'default', name: 'x', chip: 2 }), /chip: 2 is not one of/);
});

test('every number of a chip has a source, and PHV counts what of it any instruction writes', () => {
  for (const { sources } of [TOFINO_1, TOFINO_2]) {
    for (const { numbers, source } of sources)
      assert.ok(numbers.length > 10 && /^p4c .*\.(h|cpp)/.test(source), source);
  }
  const bitsOf = (name: string, resource: string): number | undefined =>
    resourceReport(planeOf(name)).total.find((use) => use.resource === resource)?.used;
  assert.is(bitsOf('tofino1', 'normalPhvBits'), undefined);
  const [all = 0, normal = 0] = ['phvBits', 'normalPhvBits'].map((resource) => bitsOf('tofino2', resource));
  assert.ok(normal > 0 && normal < all && normal <= 3072 && all <= 4096);
});

const actionsIn = (of: DataPlane, gress: Gress): Set<string> =>
  new Set(of.rpbs.flatMap((rpb) => (rpb.gress === gress ? [...rpb.actions.keys()] : [])));

const bothRegisters = (...actions: string[]): string[] => actions.flatMap((name) => [`${name}_har`, `${name}_sar`]);

/** Actions of `extended` that it lacks, by gress; the comment of the description says why. */
const LEFT_OUT: Readonly<Record<Gress, readonly string[]>> = {
  ingress: [
    ...TOFINO2_LEFT_OUT,
    ...bothRegisters('extract_hdrtcpackno', 'modify_hdrtcpackno', 'modify_hdripv4ttl'),
    'backup',
    'recover1',
    'recover2',
    'recover3',
  ],
  egress: [
    // Intrinsic metadata of the ingress are not asked for there.
    ...TOFINO2_LEFT_OUT.filter((action) => !action.includes('_igintrmd')),
    ...bothRegisters(
      'extract_hdrl5op',
      'extract_hdrl5key1',
      'extract_hdrl4portsrcport',
      'extract_hdrl4portdstport',
      'modify_hdripv4ttl',
      'modify_hdripv4src',
      'modify_hdrl4portsrcport',
      'modify_hdrl4portdstport',
    ),
    'extract_hdrl5key2_mar',
    'extract_egintrmdenqqdepth_har',
    'extract_hdripv4ecn_mar',
    'extract_hdripv4src_har',
    'extract_hdripv4src_mar',
    'extract_hdripv4src_sar',
  ],
};

for (const gress of ['ingress', 'egress'] as const) {
  test(`${gress}: each action of extended is in some RPB or left out by name`, () => {
    const here = actionsIn(plane, gress);
    const missing = [...actionsIn(planeOf('extended'), gress)].filter((action) => !here.has(action));
    assert.equal(missing.sort(), [...LEFT_OUT[gress]].sort());
  });

  test(`${gress}: no action is further than nine RPBs from the next RPB with it`, () => {
    const rpbs = plane.rpbs.filter((rpb) => rpb.gress === gress);
    for (const action of actionsIn(plane, gress)) {
      // The last egress RPB shares its stage, and has fewer actions.
      const places = rpbs.flatMap(({ actions }, i) => (actions.has(action) ? [i] : []));
      const gaps = [...places, rpbs.length].map((place, i) => place - (places[i - 1] ?? -1));
      assert.ok(Math.max(...gaps) <= 9, `${action}: ${places.join(' ')}`);
    }
  });
}

test.run();
