/** HASH_FIELDS: hashes of some fields of the 5-tuple, in the language, in steps, in both engines and on the chip. */
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  builtInDataPlane,
  type CompiledProgram,
  type DataPlane,
  dataPlaneFromJson,
  link,
  lower,
  must,
  registerTables,
  SwitchState,
} from '../../compiler/index.js';
import { PacketFields } from '../../compiler/p4/fields.js';
import { rpbFile } from '../../compiler/p4/rpb-file.js';
import { flowValues, hashedBucket } from '../../hw-driver/cli/kit/hashed-bucket.js';
import { HashUnit, Switch } from '../../sim/index.js';
import { formatFailure, validateTranslation } from '../../sim/validation/index.js';
import { frame, word16, word32 } from './frames.js';
import { dataPlane, filterEntry, rpbEntry, TestSwitch } from './test-switch.js';

const EXTENDED = must(builtInDataPlane('extended'), 'data plane');
const RECIRCULATIONS = 3;

function translated(body: string, plane: DataPlane = EXTENDED) {
  const text = `@m 64 @n 1024 program p(<hdr.ipv4.src, 10.0.0.0, 0xff000000>) { ${body} }`;
  const { programs, diagnostics, sourceHash } = analyse(text, plane);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  assert.equal(errors, []);
  const program = must(programs[0], 'program');
  return { program, compiled: link(lower(program, plane, RECIRCULATIONS), new SwitchState(plane), sourceHash) };
}

const actionsOf = ({ entries }: CompiledProgram): readonly string[] =>
  entries.map(({ action }) => action.slice(action.lastIndexOf('.') + 1));

const USES = 'LOADI(sar, 1); MEMADD(m); MODIFY(hdr.ipv4.dst, sar);';

for (const [fields, into, action] of [
  ['src', '', 'hash_src'],
  ['dst', '', 'hash_dst'],
  ['src, dst', '', 'hash_src_dst'],
  ['src, dst, src_port, dst_port, protocol', '', 'hash_5_tuple'],
  ['src', '_MEM', 'hash_src_mem'],
  ['dst', '_MEM', 'hash_dst_mem'],
  ['src, dst', '_MEM', 'hash_src_dst_mem'],
  ['src, dst, src_port, dst_port, protocol', '_MEM', 'hash_5_tuple_mem'],
] as const) {
  test(`HASH_FIELDS${into}(${fields}) is the action ${action}`, () => {
    const body =
      into === ''
        ? `HASH_FIELDS(${fields}); MODIFY(hdr.ipv4.dst, har); ANDI(mar, 63); ${USES} HASH_MEM(n); MEMREAD(n);`
        : `HASH_FIELDS_MEM(m, ${fields}); ${USES} HASH_MEM(n); MEMREAD(n);`;
    assert.ok(actionsOf(translated(body).compiled).includes(action));
  });
}

/** IPv4 addresses, ports and protocol as the packet has them. */
const BYTES = { src: word32(0x0a010203), dst: word32(0xc0a80a0b), rest: [...word16(1000), ...word16(80), 6] };

for (const [action, input] of [
  ['hash_src', BYTES.src],
  ['hash_dst', BYTES.dst],
  ['hash_src_dst', [...BYTES.src, ...BYTES.dst]],
  ['hash_5_tuple', [...BYTES.src, ...BYTES.dst, ...BYTES.rest]],
] as const) {
  test(`${action} takes its fields most significant byte first, and keeps the upper half of har`, () => {
    const target = new TestSwitch(dataPlane('extended'));
    for (const rpb of [3, 14]) {
      target.clear().insert(filterEntry(target.plane, 'L4', 1), rpbEntry(target.plane, 1, 'loadi_har', [0xabcd1234]));
      target.insert(rpbEntry(target.plane, rpb, action), rpbEntry(target.plane, rpb + 1, 'modify_hdrtcpseqno_har'));
      const { bytes } = target.send(frame({ ipv4: { src: 0x0a010203, dst: 0xc0a80a0b }, tcp: {} }));
      const crc = new HashUnit(target.plane.rpb(rpb).hash).digest(Uint8Array.from(input), input.length);
      assert.equal([...bytes.subarray(38, 42)], [0xab, 0xcd, ...word16(crc)]);
    }
  });
}

const SOURCE = `
  HASH_FIELDS(src, dst);
  HASH_MEM(n);
  LOADI(sar, 3);
  MEMADD(n);
  HASH_FIELDS(dst);
  MODIFY(hdr.tcp.seq_no, har);
  HASH_FIELDS_MEM(m, src);
  LOADI(sar, 1);
  MEMADD(m);
  BRANCH:
  case(<sar, 1, 1>) { HASH_FIELDS(src); MODIFY(hdr.tcp.ack_no, har); FORWARD(2); }
  case(<har, 1, 1>) { HASH_FIELDS(src, dst, src_port, dst_port, protocol); MODIFY(hdr.tcp.ack_no, har); FORWARD(3); };
  RETURN;
`;

for (const engine of ['compiled', 'interpreted'] as const) {
  test(`the ${engine} engine hashes what the text says`, () => {
    const result = validateTranslation(translated(SOURCE), EXTENDED, {
      packets: 400,
      random: seedrandom.alea(`fields ${engine}`),
      makeSwitch: () => new Switch(EXTENDED, { engine }),
    });
    assert.is(result.kind, 'verified', result.kind === 'failed' ? formatFailure(result.failure, EXTENDED) : '');
    assert.ok(result.kind === 'verified' && result.ran > 150);
  });
}

const IPV6_SOURCE = `
@m 64
program v6(<hdr.ipv6.dst, 2001:db8::/32>, <hdr.l4_port.dst_port, 80, 0xffff>) {
  HASH_FIELDS(src, dst);
  MODIFY(hdr.tcp.seq_no, har);
  HASH_FIELDS(dst);
  MODIFY(hdr.tcp.ack_no, har);
  HASH_FIELDS_MEM(m, src);
  LOADI(sar, 1);
  MEMADD(m);
  FORWARD(2);
}
`;

for (const engine of ['compiled', 'interpreted'] as const) {
  test(`the ${engine} engine folds addresses of IPv6`, () => {
    const { programs, hasErrors, sourceHash } = analyse(IPV6_SOURCE, EXTENDED);
    assert.not(hasErrors);
    const program = must(programs[0], 'program');
    const compiled = link(lower(program, EXTENDED, RECIRCULATIONS), new SwitchState(EXTENDED), sourceHash);
    const result = validateTranslation({ program, compiled }, EXTENDED, {
      packets: 200,
      random: seedrandom.alea(`ipv6 ${engine}`),
      makeSwitch: () => new Switch(EXTENDED, { engine }),
    });
    assert.is(result.kind, 'verified', result.kind === 'failed' ? formatFailure(result.failure, EXTENDED) : '');
    assert.ok(result.kind === 'verified' && result.ran > 50);
  });
}

test('the bucket of a flow is that of the fields that are hashed', () => {
  const { compiled } = translated(`HASH_FIELDS_MEM(m, dst); ${USES} HASH_MEM(n); MEMREAD(n);`);
  const use = must(
    compiled.hashes.find(({ memories }) => memories.some(({ name }) => name === 'm')),
    'hash of a memory',
  );
  assert.equal(use.input, [{ name: 'hdr.ipv4.dst', bits: 32 }]);
  const crc = new HashUnit(use.crc).digest(Uint8Array.from(BYTES.dst), 4);
  assert.is(hashedBucket(compiled, 'm', flowValues('10.1.2.3,192.168.10.11,1000,80,tcp')), crc & 63);
  assert.throws(() => hashedBucket(compiled, 'm', [1]), /addressed by a hash of hdr\.ipv4\.dst: use --flow/);
});

const errorsOf = (statement: string) =>
  analyse(
    `@m 64 program p(<hdr.ipv4.src, 1, 1>) { ${statement} MEMREAD(m); FORWARD(1); }`,
    EXTENDED,
  ).diagnostics.filter(({ severity }) => severity === 'error');

for (const [statement, message, hint] of [
  ['HASH_FIELDS_MEM(m, dst, src);', 'no hash takes these fields in this order', 'write HASH_FIELDS_MEM(m, src, dst);'],
  [
    'HASH_FIELDS_MEM(m, src_port);',
    'no hash takes these fields in this order',
    'write HASH_FIELDS_MEM(m, src, dst, src_port, dst_port, protocol);',
  ],
  [
    'HASH_FIELDS_MEM(m, ttl);',
    'expected a field of the 5-tuple',
    /^HASH_FIELDS_MEM takes \(src\), \(dst\), \(src, dst\), /,
  ],
  [
    'HASH_FIELDS_MEM(m);',
    'HASH_FIELDS_MEM takes at least 2 arguments, not 1',
    /takes \(src\), \(dst\), \(src, dst\), /,
  ],
  ['HASH_FIELDS();', 'HASH_FIELDS takes at least 1 argument, not 0', /takes \(src\), \(dst\), \(src, dst\), /],
  ['HASH_FIELDS_MEM(src, m);', 'the arguments of HASH_FIELDS_MEM are swapped', 'write HASH_FIELDS_MEM(m, src);'],
] as const) {
  test(`refused: ${statement}`, () => {
    const errors = errorsOf(statement);
    assert.is(errors.length, 1);
    const error = must(errors[0], 'error');
    assert.is(error.message, message);
    if (typeof hint === 'string') assert.is(error.hint, hint);
    else assert.match(must(error.hint, 'hint'), hint);
  });
}

test('a field may have the name of a memory', () => {
  const text = '@src 64 program p(<hdr.ipv4.src, 1, 1>) { HASH_FIELDS_MEM(src, src); MEMREAD(src); FORWARD(1); }';
  assert.equal(analyse(text, EXTENDED).diagnostics, []);
  const unused = '@src 64 program p(<hdr.ipv4.src, 1, 1>) { HASH_FIELDS(src); FORWARD(1); }';
  assert.equal(
    analyse(unused, EXTENDED).diagnostics.map(({ code }) => code),
    ['unused-memory'],
  );
});

test('each list of fields is a hash of its own on the chip, with its bits and its unit', () => {
  const tofino2 = dataPlane('tofino2');
  const { actions } = tofino2.rpb(38);
  const more = ['hash_src', 'hash_src_mem', 'hash_src_dst_mem'];
  const plane = dataPlaneFromJson({
    extends: 'tofino2',
    name: 'hashes',
    rpbs: { 38: { actions: [...actions.keys(), ...more] } },
  });
  const source = rpbFile(plane, plane.rpb(38), new PacketFields(plane));
  for (const [name, times] of [
    ['src_hash', 1],
    ['dst_hash', 0],
    ['src_dst_hash', 1],
  ] as const) {
    assert.is(source.split(`rpb38_polynomial) ${name};`).length - 1, times, name);
  }
  assert.match(
    source,
    /action hash_src_dst_mem\(\) \{\s+hdr\.meta\.reg\.mar\[15:0\] = src_dst_hash\.get\(\{\s*hdr\.ipv4\.src,\s*hdr\.ipv4\.dst\s*\}\);/,
  );
  const inputs = (each: DataPlane) => registerTables(each).map(({ hashInputs }) => hashInputs);
  assert.equal([...new Set(inputs(EXTENDED))], [5]);
  assert.equal([...new Set(inputs(dataPlane('default')))], [2]);
  assert.is(inputs(plane)[37], 4);
});

test.run();
