import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BUILT_IN_DATA_PLANES, type DataPlane, type Rpb } from '../../compiler/index.js';
import { type FrameOptions, frame } from './frames.js';
import { dataPlane, EGRESS_PORT, filterEntry, INGRESS_PORT, rpbEntry, TestSwitch } from './test-switch.js';

const L5 = [1, 2, 3, 4];
const PACKETS: readonly FrameOptions[] = [
  {},
  { vlans: [5] },
  { tunnel: 3 },
  { ipv4: {} },
  { ipv4: { ihl: 7 }, tcp: {} },
  { vlans: [5], tcp: {} },
  { udp: { dst: 53 } },
  { udp: { dst: 7777 }, l5: L5 },
  { udp: { dst: 9999 }, l5: L5 },
];
const verdictsOn = ({ description }: DataPlane): Readonly<Record<string, number | undefined>> => ({
  rt: INGRESS_PORT,
  forward: 3,
  report: description.ports.cpu,
  drop: undefined,
});

/** All RPBs of default; of others, whose engines are the same, one RPB of each list of actions in each gress. */
function rpbsToTry({ name, rpbs }: DataPlane): readonly Rpb[] {
  if (name === 'default') return rpbs;
  const byActions = new Map(rpbs.map((rpb) => [`${rpb.gress} ${[...rpb.actions.keys()].join(' ')}`, rpb]));
  return [...byActions.values()];
}

for (const name of BUILT_IN_DATA_PLANES) {
  const plane = dataPlane(name);
  const testSwitch = new TestSwitch(plane);
  const verdicts = verdictsOn(plane);
  const paths = plane.filterTables.filter(({ unreachable }) => unreachable === undefined).map(({ path }) => path);
  for (const rpb of rpbsToTry(plane)) {
    test(`${name}, RPB ${rpb.number}: each of its ${rpb.actions.size} actions on packets of all kinds`, () => {
      for (const action of rpb.actions.values()) {
        testSwitch.clear().insert(...paths.map((path) => filterEntry(plane, path, 1)));
        testSwitch.insert(
          rpbEntry(
            plane,
            rpb.number,
            action.name,
            action.parameters.map(() => 3),
          ),
        );
        assert.is(testSwitch.emulator.entryCount(rpb.table), 1);
        for (const options of PACKETS) {
          const packet = frame(options);
          const { bytes, port, program } = testSwitch.send(packet);
          const verdict = action.name in verdicts && program === 1 ? verdicts[action.name] : EGRESS_PORT;
          assert.is(port, verdict, `${action.name} on ${JSON.stringify(options)}`);
          if (!/^(modify|rt)/.test(action.name)) assert.equal(bytes, packet, action.name);
        }
      }
    });
  }
}

test('the same action set in all RPBs of a gress, and names parse to effects of their own', () => {
  for (const name of BUILT_IN_DATA_PLANES) {
    for (const { actions } of dataPlane(name).rpbs) {
      const effects = [...actions.values()].map(({ effect }) => JSON.stringify(effect));
      assert.is(new Set(effects).size, actions.size);
    }
  }
});

test.run();
