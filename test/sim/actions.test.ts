import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HashUnit } from '../../sim/index.js';
import { type FrameOptions, frame, MAC_DST, MAC_SRC, word32 } from './frames.js';
import { anyPacket, dataPlane, EGRESS_PORT, INGRESS_PORT, rpbEntry, TestSwitch } from './test-switch.js';

const plane = dataPlane('default');
const MAX = 0xffffffff;
const CPU_PORT = 192;
const OTHER_PORT = 33;

type Registers = Readonly<Partial<Record<'har' | 'sar' | 'mar', number>>>;
type Step = readonly [action: string, ...parameters: number[]];

const testSwitch = new TestSwitch(plane);
const UDP: FrameOptions = { udp: {}, l5: [0x01020304, 0x11223344, 0xfffffffe, 0x80000001] };
const TCP: FrameOptions = { tcp: { word4: 0x9abcdef0 }, payload: [1, 2, 3] };
const IPV4_ONLY: FrameOptions = { ipv4: { src: 0xc0a80001, dst: 0xfffffffe, tos: 0xff } };
const ETHERNET_ONLY: FrameOptions = { payload: [9, 8, 7, 6] };

/** Loads registers in RPBs 1 to 3 and takes one step in each RPB from `firstRpb` on. */
function program(before: Registers, steps: readonly Step[], firstRpb: number): void {
  testSwitch.clear().insert(anyPacket(plane));
  testSwitch.emulator.memory.words.fill(0);
  Object.entries(before).forEach(([register, value], i) => {
    testSwitch.insert(rpbEntry(plane, i + 1, `loadi_${register}`, [value]));
  });
  steps.forEach(([action, ...parameters], i) => {
    testSwitch.insert(rpbEntry(plane, firstRpb + i, action, parameters, { branchMask: 0 }));
  });
}

/** Asserts what the registers are in the end: the last RPB drops the packets in which they are so. */
function expectRegisters(name: string, expected: Registers, options: FrameOptions): void {
  assert.is(testSwitch.send(frame(options)).port, EGRESS_PORT, `${name}: arrives`);
  for (const [register, value] of Object.entries(expected)) {
    const probe = rpbEntry(plane, 22, 'drop', [], { branchMask: 0, registers: { [register]: [value, MAX] } });
    testSwitch.insert(probe);
    const { port } = testSwitch.send(frame(options));
    testSwitch.delete(probe);
    assert.is(port, undefined, `${name}: ${register} is 0x${value.toString(16)}`);
  }
}

type RegisterRow = readonly [action: Step, before: Registers, after: Registers, name?: string, packet?: FrameOptions];

/** Arithmetic of two registers: a op b, for all six pairs. */
const ALU_ROWS: readonly (readonly [operation: string, a: number, b: number, result: number, name: string])[] = [
  ['add', 0, 0, 0, 'zero'],
  ['add', 1, 2, 3, 'small'],
  ['add', MAX, 1, 0, 'wraps to 0'],
  ['add', MAX, MAX, MAX - 1, 'two maxima'],
  ['add', 0x80000000, 0x80000000, 0, 'sign bits'],
  ['and', MAX, 0x80000001, 0x80000001, 'top bit'],
  ['and', 0xf0f0f0f0, 0x0f0f0f0f, 0, 'disjoint'],
  ['or', 0xf0f0f0f0, 0x0f0f0f0f, MAX, 'disjoint'],
  ['or', 0, 0, 0, 'zero'],
  ['xor', MAX, MAX, 0, 'equal'],
  ['xor', MAX, 0, MAX, 'zero'],
  ['max', 0x7fffffff, 0x80000000, 0x80000000, 'unsigned'],
  ['max', MAX, 0, MAX, 'extremes'],
  ['max', 5, 5, 5, 'equal'],
  ['min', 0x7fffffff, 0x80000000, 0x7fffffff, 'unsigned'],
  ['min', MAX, 0, 0, 'extremes'],
  ['min', 5, 5, 5, 'equal'],
];
const PAIRS = [
  ['mar', 'sar'],
  ['mar', 'har'],
  ['sar', 'mar'],
  ['sar', 'har'],
  ['har', 'mar'],
  ['har', 'sar'],
] as const;
for (const [operation, a, b, result, name] of ALU_ROWS) {
  test(`${operation}: ${name}, all register pairs`, () => {
    for (const [first, second] of PAIRS) {
      const action = `${operation}_${first}_${second}`;
      program({ [first]: a, [second]: b }, [[action]], 4);
      expectRegisters(action, { [first]: result, [second]: b }, UDP);
    }
  });
}

const REGISTER_ROWS: readonly RegisterRow[] = [
  [['loadi_har', MAX], { har: 1, sar: 2, mar: 3 }, { har: MAX, sar: 2, mar: 3 }],
  [['loadi_sar', 0], { har: 1, sar: 2, mar: 3 }, { har: 1, sar: 0, mar: 3 }],
  [['loadi_mar', 0x80000000], { har: 1, sar: 2, mar: 3 }, { har: 1, sar: 2, mar: 0x80000000 }],
  [['address_translation_mask', 0], { mar: MAX, sar: MAX }, { mar: 0, sar: MAX }, 'mask 0'],
  [['address_translation_mask', MAX], { mar: 0x80000001 }, { mar: 0x80000001 }, 'mask of all bits'],
  [['address_translation_mask', 0x3ff], { mar: 0x12345678 }, { mar: 0x278 }, 'mask of 10 bits'],
  [['address_translation_offset', 7, 1], { mar: 0x12345678 }, { mar: 0x12345678 }, 'offset leaves mar alone'],
  [['backup'], { har: 1, sar: 2, mar: 3 }, { har: 1, sar: 2, mar: 3 }],
  [['recover1'], { har: 1, sar: 2, mar: 3 }, { har: 1, sar: 2, mar: 0 }, 'recover mar, nothing saved'],
  [['recover2'], { har: 1, sar: 2, mar: 3 }, { har: 1, sar: 0, mar: 3 }, 'recover sar, nothing saved'],
  [['recover3'], { har: 1, sar: 2, mar: 3 }, { har: 0, sar: 2, mar: 3 }, 'recover har, nothing saved'],
  [['extract_hdrl5op_har'], { har: MAX, sar: 5 }, { har: 0x01020304, sar: 5 }],
  [['extract_hdrl5key2_mar'], {}, { mar: 0xfffffffe }, 'extract with the top bit set'],
  [['extract_hdrl5key3_sar'], {}, { sar: 0x80000001 }],
  [['extract_hdrl5key3_sar'], { sar: MAX }, { sar: 0 }, 'extract of a missing l5', TCP],
  [['extract_hdrtcptcp4thword_sar'], {}, { sar: 0x9abcdef0 }, 'tcp word', TCP],
  [['extract_hdrtcptcp4thword_sar'], { sar: MAX }, { sar: 0 }, 'extract of a missing tcp', UDP],
  [['extract_hdripv4totallen_sar'], { sar: MAX }, { sar: 20 + 8 + 16 }, 'total length'],
  [['extract_hdripv4totallen_sar'], { sar: MAX }, { sar: 0 }, 'extract of a missing ipv4', ETHERNET_ONLY],
  [['extract_hdripv4src_har'], {}, { har: 0xc0a80001 }, 'source address', IPV4_ONLY],
  [['extract_hdripv4ecn_mar'], { mar: MAX }, { mar: 3 }, 'a field of 2 bits is zero-extended', IPV4_ONLY],
  [['extract_hdrl4portdstport_sar'], {}, { sar: 7777 }, 'destination port'],
  [['extract_hdrl4portdstport_sar'], { sar: 1 }, { sar: 0 }, 'ports of a packet without', IPV4_ONLY],
  [['modify_hdrl5key3_sar'], { sar: 4 }, { sar: 4 }, 'modify leaves the register alone'],
];
for (const [step, before, after, name = step[0], packet = UDP] of REGISTER_ROWS) {
  test(`registers after ${step[0]}: ${name}`, () => {
    for (const rpb of [4, 11]) {
      program(before, [step], rpb);
      expectRegisters(`${name} in RPB ${rpb}`, after, packet);
    }
  });
}

test('registers are 0 when a packet enters, after any packet before it', () => {
  program({ har: MAX, sar: MAX, mar: MAX }, [['backup']], 4);
  testSwitch.send(frame(UDP));
  program({}, [], 4);
  expectRegisters('fresh', { har: 0, sar: 0, mar: 0 }, UDP);
  program({ har: 1, sar: 2, mar: 3 }, [['recover1'], ['recover2'], ['recover3']], 4);
  expectRegisters('saved registers too', { har: 0, sar: 0, mar: 0 }, UDP);
});

test('backup saves all three, recover restores one each', () => {
  const change: Step[] = [['backup'], ['loadi_har', 7], ['loadi_sar', 8], ['loadi_mar', 9]];
  const before = { har: MAX, sar: 0x80000000, mar: 1 };
  for (const [recover, register] of [
    ['recover1', 'mar'],
    ['recover2', 'sar'],
    ['recover3', 'har'],
  ] as const) {
    program(before, [...change, [recover]], 4);
    const changed = { har: 7, sar: 8, mar: 9 };
    expectRegisters(recover, { ...changed, [register]: before[register] }, UDP);
  }
});

const crc = (rpb: number, bytes: readonly number[]): number =>
  new HashUnit(plane.rpb(rpb).hash).digest(Uint8Array.from(bytes), bytes.length);
const TUPLE = [...word32(0x0a000001), ...word32(0x0a000002)];
const PORTS = [0x03, 0xe8, 0x1e, 0x61];

for (const rpb of [4, 12, 21]) {
  const rows: readonly RegisterRow[] = [
    [['hash_5_tuple'], { har: 0xabcd1234, mar: 5 }, { har: 0xabcd0000 + crc(rpb, [...TUPLE, ...PORTS, 17]), mar: 5 }],
    [
      ['hash_5_tuple_mem'],
      { mar: 0xabcd1234, har: 5 },
      { mar: 0xabcd0000 + crc(rpb, [...TUPLE, ...PORTS, 17]), har: 5 },
    ],
    [['hash_customization'], { har: 0xfedc4321 }, { har: 0xfedc0000 + crc(rpb, [0xfe, 0xdc, 0x43, 0x21]) }],
    [['hash_customization'], { har: 0 }, { har: crc(rpb, [0, 0, 0, 0]) }, 'har 0'],
    [
      ['hash_customization_mem'],
      { har: 0xfedc4321, mar: MAX },
      { har: 0xfedc4321, mar: 0xffff0000 + crc(rpb, [0xfe, 0xdc, 0x43, 0x21]) },
    ],
    [
      ['hash_5_tuple'],
      {},
      { har: crc(rpb, [...word32(0xc0a80001), ...word32(0xfffffffe), 0, 0, 0, 0, 1]) },
      'ports 0 of a packet without',
      IPV4_ONLY,
    ],
    [
      ['hash_5_tuple'],
      { har: MAX },
      { har: 0xffff0000 + crc(rpb, new Array<number>(13).fill(0)) },
      'no IPv4',
      ETHERNET_ONLY,
    ],
  ];
  for (const [step, before, after, name = step[0], packet = UDP] of rows) {
    test(`RPB ${rpb} ${step[0]}: ${name}`, () => {
      program(before, [step], rpb === 21 ? 21 : rpb);
      expectRegisters(name, after, packet);
    });
  }
}

test('hash_5_tuple sees what MODIFY and RETURN made of the addresses', () => {
  program({ sar: 0x01020304 }, [['modify_hdripv4dst_sar'], ['rt'], ['hash_5_tuple']], 4);
  testSwitch.insert(rpbEntry(plane, 7, 'forward', [EGRESS_PORT]));
  const tuple = [...word32(0x01020304), ...word32(0x0a000001), ...PORTS, 17];
  expectRegisters('hash', { har: crc(6, tuple) }, UDP);
});

type SaluRow = readonly [
  action: string,
  flag: number,
  memory: number,
  sar: number,
  newMemory: number,
  newSar: number,
  name: string,
];
const SALU_ROWS: readonly SaluRow[] = [
  ['salu_add_sub', 0, 5, 7, 12, 12, 'MEMADD'],
  ['salu_add_sub', 0, MAX, 1, 0, 0, 'MEMADD wraps'],
  ['salu_add_sub', 0, MAX, MAX, MAX - 1, MAX - 1, 'MEMADD of maxima'],
  ['salu_add_sub', 1, 7, 5, 2, 2, 'MEMSUB'],
  ['salu_add_sub', 1, 0, 1, MAX, MAX, 'MEMSUB wraps'],
  ['salu_add_sub', 1, 0, MAX, 1, 1, 'MEMSUB of the maximum'],
  ['salu_and_or', 0, 0xf0f0f0f0, 0xff00ff00, 0xf000f000, 0xf000f000, 'MEMAND gives the new value'],
  ['salu_and_or', 0, MAX, MAX, MAX, MAX, 'MEMAND of maxima'],
  ['salu_and_or', 1, 0xf0f0f0f0, 0x0f0f0f0f, MAX, 0xf0f0f0f0, 'MEMOR gives the old value'],
  ['salu_and_or', 1, 0, MAX, MAX, 0, 'MEMOR of 0'],
  ['salu_read_write', 0, MAX, 7, MAX, MAX, 'MEMREAD'],
  ['salu_read_write', 0, 0, 7, 0, 0, 'MEMREAD of 0'],
  ['salu_read_write', 1, 7, MAX, MAX, MAX, 'MEMWRITE'],
  ['salu_read_write', 1, MAX, 0, 0, 0, 'MEMWRITE of 0'],
  ['salu_max', 0, 0x7fffffff, 0x80000000, 0x80000000, 0x80000000, 'MEMMAX, unsigned, sar larger'],
  ['salu_max', 0, MAX, 0, MAX, MAX, 'MEMMAX, memory larger'],
  ['salu_max', 1, 5, 6, 6, 6, 'MEMMAX ignores the flag'],
  ['salu_max', 1, 5, 5, 5, 5, 'MEMMAX, equal'],
];
/** One packet through RPBs `first` (offset) and the next (SALU): what is in memory, and what in sar. */
function runSalu(first: number, row: SaluRow, mar: number, offset: number, bucket: number): void {
  const [action, flag, memory, sar, newMemory, newSar, name] = row;
  const where = `${name}, RPB ${first + 1}, bucket ${bucket}`;
  program({ sar, mar }, [['address_translation_offset', offset, flag], [action]], first);
  const { memory: arrays } = testSwitch.emulator;
  for (const value of newSar === sar ? [newSar] : [newSar, sar]) {
    arrays.words.fill(0);
    arrays.range(first + 1, bucket, 1)[0] = memory;
    const probe = rpbEntry(plane, 22, 'drop', [], { registers: { sar: [value, MAX], mar: [mar, MAX] } });
    testSwitch.insert(probe);
    assert.is(testSwitch.send(frame(UDP)).port === undefined, value === newSar, `${where}: sar`);
    testSwitch.delete(probe);
    assert.is(arrays.range(first + 1, bucket, 1)[0], newMemory, `${where}: memory`);
    arrays.range(first + 1, bucket, 1)[0] = 0;
    assert.ok(
      arrays.words.every((word) => word === 0),
      `${where}: the other words`,
    );
  }
}
for (const row of SALU_ROWS) {
  test(`SALU: ${row[6]}`, () => {
    runSalu(4, row, 0, 0, 0);
    runSalu(12, row, 40, 2, 42);
  });
}

for (const [mar, offset, bucket] of [
  [0, 65535, 65535],
  [65535, 0, 65535],
  [65535, 1, 0],
  [40000, 40000, 14464],
  [0x12345678, 0, 0x5678],
  [MAX, MAX, 0xfffe],
  [MAX, 1, 0],
] as const) {
  test(`the physical address wraps at 16 bits: mar ${mar} + ${offset} = ${bucket}`, () => {
    runSalu(4, ['salu_add_sub', 0, 3, 4, 7, 7, 'address'], mar, offset, bucket);
  });
}

test('the physical address stays 0 and the flag 0 until an offset step', () => {
  program({ sar: 3, mar: 99 }, [['salu_add_sub']], 4);
  testSwitch.send(frame(UDP));
  assert.is(testSwitch.emulator.memory.range(4, 0, 1)[0], 3);
});

test('an offset step serves every SALU behind it, egress included', () => {
  program({ sar: 3, mar: 99 }, [['address_translation_offset', 1, 1], ['salu_read_write']], 4);
  testSwitch.insert(rpbEntry(plane, 13, 'salu_read_write')).send(frame(UDP));
  const { memory } = testSwitch.emulator;
  assert.equal([memory.range(5, 100, 1)[0], memory.range(13, 100, 1)[0]], [3, 3]);
});

/** The frame with some bytes replaced, but for the checksums: those are what checksum.test.ts is about. */
function withoutChecksums(bytes: Uint8Array): number[] {
  const copy = [...bytes];
  copy.splice(24, 2, 0, 0);
  if (copy[23] === 17) copy.splice(40, 2, 0, 0);
  return copy;
}
function replaced(bytes: Uint8Array, at: number, values: readonly number[]): number[] {
  const copy = withoutChecksums(bytes);
  copy.splice(at, values.length, ...values);
  return copy;
}

const MODIFY_ROWS: readonly (readonly [action: string, sar: number, at: number, bytes: readonly number[], string])[] = [
  ['modify_hdrl5key3_sar', MAX, 54, [255, 255, 255, 255], 'the maximum'],
  ['modify_hdrl5key3_sar', 0, 54, [0, 0, 0, 0], 'zero'],
  ['modify_hdripv4dst_sar', 0x80000001, 30, [0x80, 0, 0, 1], 'an address'],
  ['modify_hdripv4ecn_sar', MAX, 15, [0xab], 'cut to 2 bits'],
  ['modify_hdripv4ecn_sar', 0xfffffffc, 15, [0xa8], 'cut to nothing'],
  ['modify_hdripv4ecn_sar', 1, 15, [0xa9], 'its neighbours stay'],
];
for (const [action, sar, at, bytes, name] of MODIFY_ROWS) {
  test(`${action}: ${name}`, () => {
    const packet = frame({ ...UDP, ipv4: { tos: 0xa8 | 2 } });
    for (const rpb of [4, 14]) {
      program({ sar }, [[action]], rpb);
      assert.equal(withoutChecksums(testSwitch.send(packet).bytes), replaced(packet, at, bytes));
    }
  });
}

for (const [action, options] of [
  ['modify_hdrl5key3_sar', TCP],
  ['modify_hdrl5key3_sar', { udp: { dst: 7776 }, l5: [1, 2, 3, 4] }],
  ['modify_hdripv4dst_sar', ETHERNET_ONLY],
  ['modify_hdripv4ecn_sar', { tunnel: 5, payload: [1, 2, 3] }],
] as const) {
  test(`${action} of a missing header does nothing: ${JSON.stringify(options)}`, () => {
    program({ sar: MAX }, [[action]], 4);
    const packet = frame(options);
    assert.equal(testSwitch.send(packet).bytes, packet);
  });
}

test('RETURN swaps Ethernet and IPv4 addresses and goes back to the ingress port', () => {
  program({}, [['rt']], 4);
  const packet = frame(UDP);
  const { bytes, port } = testSwitch.send(packet);
  const expected = replaced(packet, 0, [...MAC_SRC, ...MAC_DST]);
  expected.splice(26, 8, ...word32(0x0a000002), ...word32(0x0a000001));
  assert.equal(withoutChecksums(bytes), expected);
  assert.is(port, INGRESS_PORT);
  assert.is(testSwitch.send(packet, 77).port, 77, 'also where default forwarding has no entry');
});

test('RETURN of a packet without IPv4 swaps the Ethernet addresses; two of them are none', () => {
  program({}, [['rt']], 4);
  const packet = frame(ETHERNET_ONLY);
  assert.equal([...testSwitch.send(packet).bytes], [...MAC_SRC, ...MAC_DST, ...packet.subarray(12)]);
  program({}, [['rt'], ['rt']], 4);
  assert.equal(testSwitch.send(frame(UDP)).bytes, frame(UDP));
});

const FORWARD: Step = ['forward', OTHER_PORT];
const VERDICT_ROWS: readonly (readonly [steps: readonly Step[], port: number | undefined, name: string])[] = [
  [[], EGRESS_PORT, 'nothing: default forwarding'],
  [[FORWARD], OTHER_PORT, 'FORWARD'],
  [[['forward', 511]], 511, 'FORWARD to the largest port'],
  [[['forward', 0]], 0, 'FORWARD to port 0'],
  [[['report']], CPU_PORT, 'REPORT'],
  [[['rt']], INGRESS_PORT, 'RETURN'],
  [[FORWARD, ['report']], CPU_PORT, 'the last one counts: REPORT'],
  [[['report'], FORWARD], OTHER_PORT, 'the last one counts: FORWARD'],
  [[['drop']], undefined, 'DROP'],
  [[['drop'], FORWARD], undefined, 'DROP, then FORWARD'],
  [[FORWARD, ['drop']], undefined, 'FORWARD, then DROP'],
  [[['drop'], ['report'], ['rt'], ['drop']], undefined, 'DROP twice'],
];
for (const [steps, port, name] of VERDICT_ROWS) {
  test(`verdict: ${name}`, () => {
    program({}, steps, 4);
    assert.is(testSwitch.send(frame(UDP)).port, port);
  });
}

test('without an entry of default forwarding a packet is dropped unless a program forwards it', () => {
  program({}, [], 4);
  assert.is(testSwitch.send(frame(UDP), 9).port, undefined);
  program({}, [FORWARD], 4);
  assert.is(testSwitch.send(frame(UDP), 9).port, OTHER_PORT);
});

test('a dropped packet finishes its ingress and has no egress', () => {
  program({ sar: 1 }, [['drop'], ['salu_add_sub']], 4);
  testSwitch.insert(rpbEntry(plane, 11, 'salu_add_sub')).send(frame(UDP));
  const { memory } = testSwitch.emulator;
  assert.equal([memory.range(5, 0, 1)[0], memory.range(11, 0, 1)[0]], [1, 0]);
});

test('a drop in egress: the egress runs on, the packet does not leave', () => {
  program({ sar: 1 }, [['drop'], ['salu_add_sub']], 15);
  assert.is(testSwitch.send(frame(UDP)).port, undefined);
  assert.is(testSwitch.emulator.memory.range(16, 0, 1)[0], 1);
});

test('set_branch_id counts for the RPBs behind it, and one action runs in an RPB', () => {
  program({}, [], 4);
  testSwitch.insert(
    rpbEntry(plane, 4, 'set_branch_id', [7]),
    rpbEntry(plane, 4, 'forward', [11], { branch: 7 }),
    rpbEntry(plane, 5, 'forward', [12]),
    rpbEntry(plane, 6, 'forward', [13], { branch: 7, branchMask: 5 }),
    rpbEntry(plane, 7, 'set_branch_id', [0xfff], { branch: 7 }),
    rpbEntry(plane, 8, 'drop', [], { branch: 7 }),
    rpbEntry(plane, 12, 'set_branch_id', [0], { branch: 0xfff }),
    rpbEntry(plane, 13, 'drop', [], { branch: 0xfff }),
  );
  assert.is(testSwitch.send(frame(UDP)).port, 13);
});

test('the intrinsics of a switch without a timing model', () => {
  program({ har: MAX }, [['extract_egintrmddeqtimedelta_har']], 11);
  expectRegisters('time in queue', { har: 0 }, UDP);
  program({ har: MAX }, [['extract_egintrmdenqqdepth_har']], 11);
  expectRegisters('queue', { har: 0 }, UDP);
});

test.run();
