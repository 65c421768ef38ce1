/** Programs that write a port by which the parser tells whether a packet has an application header. */
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse, builtInDataPlane, link, lower, must, SwitchState } from '../../compiler/index.js';
import { headersBehind } from '../../compiler/language/changed-headers.js';
import { Switch } from '../../sim/index.js';
import { formatFailure, validateTranslation } from '../../sim/validation/index.js';

const EXTENDED = must(builtInDataPlane('extended'), 'data plane');
const namesBehind = (field: string): readonly string[] =>
  [...headersBehind(EXTENDED, EXTENDED.headerField(field))].map(
    (index) => must(EXTENDED.headers[index], 'header').name,
  );

test('the headers that hang on a field', () => {
  assert.equal(namesBehind('hdr.l4_port.dst_port'), ['l5']);
  assert.equal(namesBehind('hdr.l4_port.src_port'), []);
  assert.equal(namesBehind('hdr.tcp.flags'), []);
  assert.equal([...namesBehind('hdr.ipv4.protocol')].sort(), ['l4_port', 'l5', 'tcp', 'udp']);
  assert.equal([...namesBehind('hdr.ipv4.ihl')].sort(), ['ipv4', 'l4_port', 'l5', 'tcp', 'udp']);
});

const codesOf = (body: string): readonly string[] =>
  analyse(`program p(<hdr.udp.dst_port, 7777, 0xffff>) { LOADI(sar, 1); LOADI(har, 2); ${body} FORWARD(1); }`, EXTENDED)
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ code }) => code);

for (const [title, body, codes] of [
  ['is read behind it', 'MODIFY(hdr.udp.dst_port, sar); EXTRACT(hdr.l5.op, har);', ['header-may-change']],
  ['is written behind it', 'MODIFY(hdr.udp.dst_port, sar); MODIFY(hdr.l5.key3, sar);', ['header-may-change']],
  ['is read before it', 'EXTRACT(hdr.l5.op, har); MODIFY(hdr.udp.dst_port, har);', []],
  ['is not used: the hash takes the ports', 'MODIFY(hdr.udp.dst_port, sar); HASH_5_TUPLE; RETURN;', []],
  [
    'is read in a case behind it',
    'MODIFY(hdr.udp.dst_port, sar); BRANCH: case(<har, 2, 3>) { EXTRACT(hdr.l5.op, har); };',
    ['header-may-change'],
  ],
  [
    'is read where no case wrote it',
    'BRANCH: case(<har, 2, 3>) { MODIFY(hdr.udp.dst_port, sar); }; EXTRACT(hdr.l5.op, har);',
    [],
  ],
] as const) {
  test(`the destination port is written, and the application header ${title}`, () =>
    assert.equal(codesOf(body), codes));
}

/** A translation of addresses and ports that takes three passes, and reads the application header before it writes the port. */
const SOURCE = `
@seen 256
program translates(<hdr.udp.dst_port, 7777, 0xfff0>) {
  EXTRACT(hdr.l5.op, har);
  HASH_5_TUPLE_MEM(seen);
  LOADI(sar, 1);
  MEMADD(seen);
  MODIFY(hdr.udp.src_port, sar);
  HASH_5_TUPLE_MEM(seen);
  MEMREAD(seen);
  MODIFY(hdr.udp.dst_port, har);
  HASH_5_TUPLE_MEM(seen);
  MEMADD(seen);
  BRANCH:
  case(<har, 7777, 0xffffffff>) { EXTRACT(hdr.udp.dst_port, sar); MODIFY(hdr.ipv4.src, sar); FORWARD(2); }
  case(<har, 0, 0xffffff00>) { EXTRACT(hdr.ipv4.ttl, sar); SUBI(sar, 1); MODIFY(hdr.ipv4.ttl, sar); FORWARD(3); };
  MODIFY(hdr.udp.length, har);
  RETURN;
}
`;

for (const engine of ['compiled', 'interpreted'] as const) {
  test(`the ${engine} engine does over several passes what the text says`, () => {
    const { programs, sourceHash, hasErrors } = analyse(SOURCE, EXTENDED);
    assert.not(hasErrors);
    const program = must(programs[0], 'program');
    const compiled = link(lower(program, EXTENDED, 3), new SwitchState(EXTENDED), sourceHash);
    assert.ok(compiled.passes > 1);
    const result = validateTranslation({ program, compiled }, EXTENDED, {
      packets: 500,
      random: seedrandom.alea(`ports ${engine}`),
      makeSwitch: () => new Switch(EXTENDED, { engine }),
    });
    assert.is(result.kind, 'verified', result.kind === 'failed' ? formatFailure(result.failure, EXTENDED) : '');
    assert.ok(result.kind === 'verified' && result.ran > 200);
  });
}

test('packets of such a data plane run in vectors', () => {
  assert.ok(new Switch(EXTENDED).pipeline.vectors !== undefined);
});

test.run();
