import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Action, BUILT_IN_DATA_PLANES, type DataPlane, type Rpb } from '../../compiler/index.js';
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
  // There is no group 3.
  multicast: undefined,
});

/** All actions of all RPBs of default; of others, whose engines are the same, each action in one RPB of each gress. */
function actionsToTry({ name, rpbs }: DataPlane): [Rpb, readonly Action[]][] {
  const tried = new Set<string>();
  return rpbs.flatMap((rpb): [Rpb, readonly Action[]][] => {
    const actions = [...rpb.actions.values()].filter((action) => {
      const known = tried.has(`${rpb.gress} ${action.name}`);
      tried.add(`${rpb.gress} ${action.name}`);
      return name === 'default' || !known;
    });
    return actions.length === 0 ? [] : [[rpb, actions]];
  });
}

for (const name of BUILT_IN_DATA_PLANES) {
  const plane = dataPlane(name);
  const testSwitch = new TestSwitch(plane);
  const verdicts = verdictsOn(plane);
  const paths = plane.filterTables.filter(({ unreachable }) => unreachable === undefined).map(({ path }) => path);
  for (const [rpb, actions] of actionsToTry(plane)) {
    test(`${name}, RPB ${rpb.number}: ${actions.length} actions on packets of all kinds`, () => {
      for (const action of actions) {
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
