/** What `tofino1` has room for. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resourceReport } from '../../compiler/data-plane/resources/resources.js';
import {
  builtInDataPlane,
  DataPlane,
  defaultDataPlane,
  type Gress,
  must,
  type RpbDescription,
} from '../../compiler/index.js';

const plane = builtInDataPlane('tofino1') ?? defaultDataPlane();
const published = builtInDataPlane('published') ?? defaultDataPlane();

test('no RPB has more actions than a stage has instructions, and each action is somewhere', () => {
  const wanted = new Set(defaultDataPlane().rpbs.flatMap(({ actions }) => [...actions.keys()]));
  wanted.delete('extract_egintrmdenqqdepth_har');
  const there = new Set(plane.rpbs.flatMap(({ actions }) => [...actions.keys()]));
  assert.equal([...there].sort(), [...wanted].sort());
  for (const { number, actions } of plane.rpbs) assert.ok(actions.size <= 62, `RPB ${number}: ${actions.size}`);
});

test('every RPB has what needs no header but MAX and MIN, and these lie in every other egress RPB', () => {
  const without = [...published.rpb(1).actions.values()].filter(
    ({ effect }) => effect.kind !== 'extract' && effect.kind !== 'modify',
  );
  for (const { number, gress, actions } of plane.rpbs) {
    for (const { name, effect } of without) {
      const comparison = /^(max|min)_/.test(name);
      const forwards = ['return', 'forward', 'report'].includes(effect.kind);
      const expected = comparison ? (number > 6 && gress === 'ingress') || number % 2 === 0 : true;
      if (forwards) assert.is(actions.has(name), gress === 'ingress', `${name} in RPB ${number}`);
      else if (!comparison || number > 6) assert.is(actions.has(name), expected, `${name} in RPB ${number}`);
      else assert.not.ok(actions.has(name), `${name} in RPB ${number}`);
    }
  }
});

/** The data plane with further actions in the RPBs of a gress that pass a test, and what it exceeds then. */
function excessesWith(
  actions: readonly string[],
  gress: Gress,
  where: (number: number) => boolean = () => true,
): string[] {
  const { headers, parser, intrinsics } = must(builtInDataPlane('extended'), 'extended').description;
  const replication = must(builtInDataPlane('extended')?.description.replication, 'replication');
  const rpbs = Object.entries(plane.description.rpbs).map(([key, rpb]): [string, RpbDescription] => {
    const has = rpb.gress === gress && where(Number(key));
    return [key, has ? { ...rpb, actions: [...rpb.actions, ...actions] } : rpb];
  });
  const more = { headers, parser, intrinsics, replication, name: 'more', rpbs: Object.fromEntries(rpbs) };
  return resourceReport(new DataPlane({ ...plane.description, ...more })).excesses.map(
    ({ stage, unit, used, available }) => `${stage ?? ''} ${unit} ${used}/${available}`.trim(),
  );
}

const isOdd = (number: number): boolean => number % 2 === 1;
const RANDOM = ['random_mar', 'random_sar', 'random_har'];

test('what of extended would fit is what ARCHITECTURE.md says', () => {
  assert.equal(excessesWith(['multicast'], 'ingress'), []);
  assert.equal(excessesWith(RANDOM.slice(0, 1), 'ingress'), []);
  assert.is(excessesWith(RANDOM, 'ingress').length, 10);
  assert.equal(excessesWith(RANDOM, 'egress', isOdd), []);
  assert.is(excessesWith(RANDOM, 'egress').length, 6);
  const rid = excessesWith(['extract_egintrmdegressrid_har'], 'egress', isOdd);
  assert.equal(rid, []);
  assert.equal(excessesWith(['extract_egintrmdegressrid_har', 'extract_egintrmdenqqdepth_har'], 'egress', isOdd), [
    'egressWords 17/16',
  ]);
  assert.ok(excessesWith(['hash_src_mem'], 'ingress').includes('3 hashDistributionUnits 7/6'));
  assert.equal(excessesWith(['extract_igintrmdtimestamp_har'], 'ingress'), []);
  const numbers = ['seq', 'ack'].map((name) => `extract_hdrtcp${name}no_sar`);
  assert.equal(excessesWith(numbers.slice(0, 1), 'egress', isOdd), []);
  assert.ok(excessesWith(numbers, 'egress', isOdd).includes('egressWords 17/16'));
  const addresses = ['src', 'dst'].flatMap((side) => [0, 1, 2, 3].map((i) => `extract_hdripv6${side}${i}_har`));
  assert.ok(excessesWith(addresses, 'ingress').includes('ingressWords 22/16'));
  assert.ok(excessesWith(addresses, 'egress').includes('egressWords 23/16'));
});

test.run();
