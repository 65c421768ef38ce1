/** Running programs whose filters meet those of a new one in another table, and which of the two has the packets. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { filterMeetings, meetingText, SwitchState } from '../../compiler/index.js';
import { frame } from '../sim/frames.js';
import { dataPlane, TestSwitch } from '../sim/test-switch.js';
import { compileText } from '../sim/translations.js';

const plane = dataPlane('default');
const programOf = (name: string, filters: string): string => `program ${name}(${filters}) { FORWARD(3); }`;

const L2_ANY = '<ig_intr_md.ingress_port, 1, 0x1ff>';
const L3 = '<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>';
const L4 = '<hdr.udp.dst_port, 80, 0xffff>';
/** What runs, what comes, and a packet that both want; null if there is none. */
const ROWS: readonly (readonly [
  running: string,
  coming: string,
  both: Uint8Array | null,
  winner: 'running' | 'coming',
])[] = [
  [L3, L4, frame({ ipv4: { dst: 0x0a000001 }, udp: { dst: 80 } }), 'coming'],
  [L4, L3, frame({ ipv4: { dst: 0x0a000001 }, udp: { dst: 80 } }), 'running'],
  [L2_ANY, L3, frame({ ipv4: { dst: 0x0a000001 }, udp: {} }), 'coming'],
  [`<hdr.ethernet.ether_type, 0x0800, 0xffff>`, L4, frame({ ipv4: {}, udp: { dst: 80 } }), 'coming'],
  // No packet is both: protocol, ether type, port of arrival, address; and one table is a matter of priorities.
  ['<hdr.ipv4.protocol, 6, 0xff>', L4, null, 'coming'],
  ['<hdr.ethernet.ether_type, 0x0806, 0xffff>', L3, null, 'coming'],
  [`${L3}, <ig_intr_md.ingress_port, 2, 0x1ff>`, `${L4}, ${L2_ANY}`, null, 'coming'],
  [L3, `${L4}, <hdr.ipv4.dst, 11.0.0.0, 255.0.0.0>`, null, 'coming'],
  ['<hdr.tunnel.dst_id, 1, 0xffff>', '<hdr.ethernet.ether_type, 0x0800, 0xffff>', null, 'coming'],
  ['<hdr.udp.dst_port, 81, 0xffff>', L4, null, 'coming'],
];

for (const [running, coming, both, winner] of ROWS) {
  test(`${running} runs, ${coming} comes: ${both === null ? 'apart' : `${winner} wins`}`, () => {
    const state = new SwitchState(plane);
    const first = compileText(programOf('running', running), state).compiled;
    state.commit(first);
    const second = compileText(programOf('coming', coming), state).compiled;
    const meetings = filterMeetings(second, state);
    assert.equal(
      meetings.map((meeting) => [meeting.program, meeting.other, meeting.winner]),
      both === null ? [] : [['coming', 'running', winner]],
    );
    if (both === null) return;
    const outcome = new TestSwitch(plane).insert(...first.entries, ...second.entries).send(both);
    assert.is(outcome.program, (winner === 'running' ? first : second).programId);
    state.commit(second);
    assert.equal(filterMeetings(second, state), meetings, 'a program does not meet itself');
  });
}

test('the sentence names both, their tables, and the winner', () => {
  assert.is(
    meetingText({ program: 'a', other: 'b', winner: 'b', path: 'L3', otherPath: 'L4' }),
    'the filters of a (table L3) and of the running program b (table L4) match some of the same packets, which run b, as ' +
      'L4 is looked up before L3; --priority has no effect between tables',
  );
});

test.run();
