/** Running programs whose filters meet those of a new one in another table, and which of the two has the packets. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { filterMeetings, meetingText, SwitchState } from '../../compiler/index.js';
import { frame } from '../sim/frames.js';
import { ipv6Frame } from '../sim/ipv6-frames.js';
import { dataPlane, TestSwitch } from '../sim/test-switch.js';
import { compileText } from '../sim/translations.js';

const programOf = (name: string, filters: string): string => `program ${name}(${filters}) { FORWARD(3); }`;

const L2_ANY = '<ig_intr_md.ingress_port, 1, 0x1ff>';
const L3 = '<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>';
const L4 = '<hdr.udp.dst_port, 80, 0xffff>';
/** What runs, what comes, and a packet that both want; null if there is none. */
type Row = readonly [running: string, coming: string, both: Uint8Array | null, winner: 'running' | 'coming'];
const ROWS: readonly Row[] = [
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

const V6 = '<hdr.ipv6.dst, 2001:db8::/32>';
const V6_FRAME = ipv6Frame({
  source: [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  destination: [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  extensions: [{ kind: 'hop-by-hop' }],
  transport: 'udp',
  payload: [],
}).bytes;
const EXTENDED_ROWS: readonly Row[] = [
  ...ROWS,
  [V6, '<hdr.l4_port.dst_port, 80, 0xffff>', V6_FRAME, 'running'],
  ['<hdr.ethernet.ether_type, 0x86dd, 0xffff>', V6, V6_FRAME, 'coming'],
  [V6, L3, null, 'coming'],
  // Port filters by protocol are of IPv4.
  [V6, L4, null, 'coming'],
  [V6, '<hdr.ethernet.ether_type, 0x0800, 0xffff>', null, 'coming'],
  [`${V6}, <hdr.ipv6.next_header, 0, 0xff>`, '<hdr.l4_port.dst_port, 80, 0xffff>', V6_FRAME, 'running'],
  [`${V6}, <hdr.ipv6.next_header, 58, 0xff>`, '<hdr.l4_port.dst_port, 80, 0xffff>', null, 'running'],
];

const ALL_ROWS = [
  ...ROWS.map((row) => [dataPlane('default'), ...row] as const),
  ...EXTENDED_ROWS.map((row) => [dataPlane('extended'), ...row] as const),
];
for (const [plane, running, coming, both, winner] of ALL_ROWS) {
  test(`${plane.name}: ${running} runs, ${coming} comes: ${both === null ? 'apart' : `${winner} wins`}`, () => {
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
