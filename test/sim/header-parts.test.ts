/** Parts of fields: names for some bits of a header, which are no further fields of its layout. */
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { phvBits } from '../../compiler/data-plane/resources/phv.js';
import {
  analyse,
  builtInDataPlane,
  type DataPlane,
  DataPlaneError,
  DEFAULT_RECIRCULATIONS,
  dataPlaneFromJson,
  link,
  lower,
  must,
  SwitchState,
  TOFINO_1,
} from '../../compiler/index.js';
import { PacketFields } from '../../compiler/p4/fields.js';
import { Switch } from '../../sim/index.js';
import { madePacket } from '../../sim/made-packet/index.js';
import { HeaderReader } from '../../sim/pipeline/trace/header-reader.js';
import { formatFailure, validateTranslation } from '../../sim/validation/index.js';

const EXTENDED = must(builtInDataPlane('extended'), 'data plane');
const DEFAULT = must(builtInDataPlane('default'), 'data plane');

function translated(source: string, dataPlane: DataPlane) {
  const { programs, diagnostics, sourceHash } = analyse(source, dataPlane);
  assert.equal(
    diagnostics.map(({ message }) => message),
    [],
  );
  const program = must(programs[0], 'program');
  const lowered = lower(program, dataPlane, DEFAULT_RECIRCULATIONS);
  return { program, compiled: link(lowered, new SwitchState(dataPlane), sourceHash) };
}

test('a part has its place in the header, and the layout has no part', () => {
  const { partOf, bitOffset, width, header } = EXTENDED.headerField('hdr.tcp.window');
  const word = EXTENDED.headerField('hdr.tcp.tcp4thword');
  assert.equal(
    { partOf, bitOffset, width, header },
    { partOf: word.name, bitOffset: 80, width: 16, header: word.header },
  );
  assert.is(EXTENDED.layoutField(EXTENDED.headerField('hdr.tcp.flags')), word);
  assert.equal(
    EXTENDED.layoutFields.map(({ name }) => name).filter((name) => !/\.(ipv6|icmpv6)\./.test(name)),
    DEFAULT.layoutFields.map(({ name }) => name),
  );
  const inHeader = EXTENDED.layoutFields.filter((field) => field.header === header);
  const { bytes } = must(EXTENDED.headers[header], 'header');
  assert.is(
    inHeader.reduce((sum, field) => sum + field.width, 0),
    bytes * 8,
  );
});

test('a part of a P4 field is a slice of it', () => {
  const fields = new PacketFields(EXTENDED);
  assert.is(fields.expression('hdr.tcp.flags'), 'hdr.tcp.tcp4thword[23:16]');
  assert.is(fields.expression('hdr.tcp.window'), 'hdr.tcp.tcp4thword[15:0]');
});

test('a packet is made of parts, and shown by the fields of its layout', () => {
  const text = 'tcp.dst_port=80 tcp.flags=SA tcp.window=1000';
  const { bytes } = madePacket(text, EXTENDED);
  assert.equal(bytes, madePacket(text, DEFAULT).bytes);
  const reader = new HeaderReader(EXTENDED);
  reader.read(bytes);
  const tcp = must(
    reader.headers().find(({ header }) => header === 'tcp'),
    'TCP header',
  );
  assert.equal(Object.keys(tcp.fields), [
    'hdr.tcp.seq_no',
    'hdr.tcp.ack_no',
    'hdr.tcp.tcp4thword',
    'hdr.tcp.checksum',
    'hdr.tcp.urgent',
  ]);
  assert.is(tcp.fields['hdr.tcp.tcp4thword'], '0x501203e8');
});

/** Writes parts, then reads the word, and the other way round. */
const SOURCE = `
program parts(<hdr.ipv4.protocol, 6, 0xff>) {
  EXTRACT(hdr.tcp.flags, sar);
  EXTRACT(hdr.tcp.tcp4thword, har);
  BRANCH:
  case(<sar, 2, 0x12>) {
    MODIFY(hdr.tcp.window, har);
    LOADI(sar, 0x1ff);
    MODIFY(hdr.tcp.flags, sar);
    EXTRACT(hdr.tcp.tcp4thword, har);
    MOVE(sar, har);
    MODIFY(hdr.ipv4.dst, sar);
    FORWARD(3);
  }
  case(<sar, 0x10, 0x10>) {
    EXTRACT(hdr.tcp.window, sar);
    MODIFY(hdr.tcp.flags, sar);
    RETURN;
  };
}
`;

for (const engine of ['compiled', 'interpreted'] as const) {
  test(`the ${engine} engine reads and writes parts as the text says`, () => {
    const result = validateTranslation(translated(SOURCE, EXTENDED), EXTENDED, {
      packets: 400,
      random: seedrandom.alea(`parts ${engine}`),
      makeSwitch: () => new Switch(EXTENDED, { engine }),
    });
    assert.is(result.kind, 'verified', result.kind === 'failed' ? formatFailure(result.failure, EXTENDED) : '');
    assert.ok(result.kind === 'verified' && result.ran > 150);
    assert.ok(result.kind === 'verified' && result.statements.ran === result.statements.all);
  });
}

test('the containers of a word hold its parts', () => {
  const { tcp4thword, flags } = { tcp4thword: 'extract_hdrtcptcp4thword_har', flags: 'extract_hdrtcpflags_har' };
  const bits = (actions: readonly string[]): number => {
    const rpbs = { 11: { actions }, 12: { actions: [] } };
    const plane = dataPlaneFromJson({ extends: 'extended', name: 'few', rpbs: { ...ALL_EMPTY, ...rpbs } });
    return phvBits(plane, TOFINO_1);
  };
  assert.is(bits([tcp4thword, flags]), bits([tcp4thword]));
  assert.is(bits([flags]), bits([tcp4thword]));
});

const ALL_EMPTY = Object.fromEntries(EXTENDED.rpbs.map(({ number }) => [number, { actions: [] }]));

const partsOf = (parts: unknown) => () =>
  dataPlaneFromJson({ extends: 'default', name: 'mine', headers: { ipv4: { parts } } });

test('a data plane file gives parts of its own', () => {
  const plane = partsOf({ src_net: { field: 'src', bitOffset: 0, width: 16 } })();
  const { bitOffset, width, partOf } = plane.headerField('hdr.ipv4.src_net');
  assert.equal({ bitOffset, width, partOf }, { bitOffset: 96, width: 16, partOf: 'hdr.ipv4.src' });
});

for (const [title, parts, message] of [
  [
    'an unknown field',
    { a: { field: 'sauce', bitOffset: 0, width: 8 } },
    /hdr\.ipv4\.a: header ipv4 has no field sauce/,
  ],
  ['the name of a field', { ttl: { field: 'src', bitOffset: 0, width: 8 } }, /hdr\.ipv4\.ttl: a field has the name/],
  [
    'bits behind the field',
    { a: { field: 'src', bitOffset: 20, width: 16 } },
    /bits 20 to 35 are not within the 32 bits of src/,
  ],
  ['no bits', { a: { field: 'src', bitOffset: 0, width: 0 } }, /hdr\.ipv4\.a: width 0 is not from 1 to 32 bits/],
  ['no offset', { a: { field: 'src', width: 8 } }, /headers\.ipv4\.parts\.a\.bitOffset: a number is expected/],
] as const) {
  test(`a part is refused: ${title}`, () => {
    assert.throws(partsOf(parts), (error: unknown) => error instanceof DataPlaneError && message.test(error.message));
  });
}

test.run();
