/** Several shares of the programs, and several threads, give what one gives. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultForwardEntry, type Operation } from '../../compiler/index.js';
import {
  createPacketProcessor,
  createPacketRecords,
  digestPackets,
  OutputDigest,
  type PacketRecords,
  RECORD,
  ShareDriver,
  Switch,
  stateDigest,
} from '../../sim/index.js';
import {
  allocatePacketBatchMemory,
  appendPacketBytes,
  type PacketBatch,
  type PacketBatchMemory,
  packetBatchOver,
  packetBytes,
} from '../../traces/index.js';
import { frame } from './frames.js';
import { dataPlane, filterEntry, recirculationEntry, rpbEntry } from './test-switch.js';

const plane = dataPlane('default');
const PROGRAMS = [1, 2, 3, 4, 7, 600];
const PACKETS = 400;

/** Programs that count their packets, write the count into them, and forward, drop or recirculate. */
const OPERATIONS: readonly Operation[] = [
  defaultForwardEntry(plane, 1, 2),
  ...PROGRAMS.flatMap((program, i) => [
    rpbEntry(plane, 1, 'loadi_sar', [program], { program }),
    rpbEntry(plane, 2, 'address_translation_offset', [i * 10, 0], { program }),
    rpbEntry(plane, 3, 'salu_add_sub', [], { program }),
    rpbEntry(plane, 4, 'modify_hdrl5key3_sar', [], { program }),
    rpbEntry(plane, 5, 'drop', [], { program, registers: { sar: [program * 4, 0xffffffff] } }),
    rpbEntry(plane, 6, i % 2 === 0 ? 'rt' : 'report', [], { program }),
    ...(i % 3 === 0 ? [recirculationEntry('first', program, 0)] : []),
    rpbEntry(plane, 14, 'salu_add_sub', [], { program, pass: 1 }),
    filterEntry(plane, 'L4', program, { 'hdr.l4_port.src_port': [program, 0xffff] }),
  ]),
].map((entry) => ({ kind: 'insertEntry', entry }));

function switchWithPrograms(memory?: ArrayBuffer | SharedArrayBuffer): Switch {
  const emulator = new Switch(plane, memory === undefined ? {} : { memory });
  for (const operation of OPERATIONS) emulator.apply(operation);
  return emulator;
}

/** Packets of all programs and of none, without any order between them. */
function traffic(shares = 1): { batch: PacketBatch; memory: PacketBatchMemory } {
  const memory = allocatePacketBatchMemory(PACKETS, PACKETS * 192, shares);
  const batch = packetBatchOver(memory);
  for (let i = 0; i < PACKETS; i++) {
    const random = Math.imul(i + 1, 0x9e3779b1) >>> 16;
    const src = PROGRAMS[random % (PROGRAMS.length + 2)] ?? 9;
    appendPacketBytes(batch, frame({ udp: { src }, l5: [i, random, 0, 0] }), random % 5 === 0 ? 3 : 1);
  }
  return { batch, memory };
}

const verdictsOf = (batch: PacketBatch) => ({
  bytes: Array.from({ length: PACKETS }, (_, i) => Buffer.from(packetBytes(batch, i)).toString('base64')),
  egressPort: [...batch.egressPort],
  programId: [...batch.programId],
  recirculations: [...batch.recirculations],
  digest: [...batch.digest],
});

const reference = switchWithPrograms();
const { batch: expected } = traffic();
reference.process(expected);
digestPackets(expected, 0, PACKETS, 0, 1);

test('the traffic has all kinds of verdicts', () => {
  const { dropped, reported, unmatched, recirculations, out } = reference.counters;
  assert.ok(dropped > 0 && reported > 0 && unmatched > 0 && recirculations > 0 && out > dropped);
});

for (const shares of [1, 2, 3]) {
  test(`${shares} shares: the same batch, memory and counters`, () => {
    const first = switchWithPrograms();
    const emulators = [first];
    while (emulators.length < shares) emulators.push(switchWithPrograms(first.memory.buffer));
    const { batch } = traffic();
    first.classify(batch, 0, PACKETS);
    assert.equal([...batch.programId], [...expected.programId], 'classified');
    // The last share first: their order is of no account.
    for (let share = shares - 1; share >= 0; share--) {
      new ShareDriver(emulators[share] ?? first, share, shares).process(batch, 0, PACKETS);
      digestPackets(batch, 0, PACKETS, share, shares);
    }
    assert.equal(verdictsOf(batch), verdictsOf(expected));
    assert.is(stateDigest(first.memory.words), stateDigest(reference.memory.words));
    for (const key of Object.keys(reference.counters) as (keyof typeof reference.counters)[]) {
      const sum = emulators.reduce((total, { counters }) => total + counters[key], 0);
      assert.is(sum, reference.counters[key], key);
    }
  });
}

test('classification changes nothing but the program ids', () => {
  const { batch } = traffic();
  const emulator = switchWithPrograms();
  const { batch: untouched } = traffic();
  emulator.classify(batch, 10, 20);
  assert.equal(batch.bytes, untouched.bytes);
  assert.equal([...batch.programId.subarray(10, 20)], [...expected.programId.subarray(10, 20)]);
  assert.ok(batch.programId.subarray(20).every((id) => id === 0));
  assert.is(emulator.counters.in, 0);
});

test('a batch in pieces is the batch in one', () => {
  const emulator = switchWithPrograms();
  const { batch } = traffic();
  for (let from = 0; from < PACKETS; from += 33) emulator.process(batch, from, Math.min(PACKETS, from + 33));
  digestPackets(batch, 0, PACKETS, 0, 1);
  assert.equal(verdictsOf(batch), verdictsOf(expected));
});

for (const workers of [1, 2]) {
  test(`a processor of ${workers} threads: the same batch, memory and counters`, async () => {
    const emulator = switchWithPrograms();
    const processor = await createPacketProcessor(emulator, workers, OPERATIONS);
    try {
      const { batch, memory } = traffic(workers);
      await processor.process(batch, memory, 0, 150);
      await processor.process(batch, memory, 150);
      assert.equal(verdictsOf(batch), verdictsOf(expected));
      assert.is(stateDigest(emulator.memory.words), stateDigest(reference.memory.words));
      assert.equal({ ...processor.counters }, { ...reference.counters });
      // Operations reach every thread, and the memory they share.
      await processor.apply([
        { kind: 'resetMemory', rpb: 3, base: 0, buckets: 100 },
        ...OPERATIONS.slice(1).map(({ kind, ...rest }) => ({ ...rest, kind: 'deleteEntry' }) as Operation),
      ]);
      const { batch: plain, memory: plainMemory } = traffic(workers);
      await processor.process(plain, plainMemory);
      assert.ok(plain.programId.every((id) => id === 0));
      assert.equal(plain.bytes, traffic(workers).batch.bytes);
    } finally {
      await processor.close();
    }
  });
}

function outputDigest(batch: PacketBatch): string {
  digestPackets(batch, 0, batch.count, 0, 1);
  const digest = new OutputDigest();
  digest.update(batch);
  return digest.finish();
}

function processed(change: (batch: PacketBatch) => void = () => {}): PacketBatch {
  const { batch } = traffic();
  switchWithPrograms().process(batch);
  change(batch);
  return batch;
}

const at = (batch: PacketBatch, left: boolean): number =>
  batch.egressPort.findIndex((port, i) => port >= 0 === left && i > 20);

test('the digest of the output: equal for equal output', () => {
  const digest = outputDigest(processed());
  assert.match(digest, /^[0-9a-f]{64}$/);
  assert.is(outputDigest(processed()), digest);
  const changed = processed((batch) => {
    const i = at(batch, false);
    batch.bytes[(batch.offset[i] ?? 0) + 20] = 0x77;
    batch.programId[0] = 99;
    batch.recirculations[0] = 9;
  });
  assert.is(outputDigest(changed), digest, 'dropped packets and what the output does not hold');
});

/** What a digest takes of packets, `times` over. */
function recordsOf({ egressPort, capturedLength, digest }: PacketBatch, times: number): PacketRecords {
  const records = createPacketRecords(PACKETS * times);
  for (let i = 0; i < PACKETS * times; i++) {
    const [n, at] = [i % PACKETS, i * RECORD.words];
    const words = [egressPort[n] ?? 0, capturedLength[n] ?? 0, digest[2 * n] ?? 0, digest[2 * n + 1] ?? 0];
    records.words.set(words, at);
    if ((egressPort[n] ?? -1) >= 0) records.left++;
  }
  records.count = PACKETS * times;
  return records;
}

for (const isDropping of [true, false]) {
  test(`the digest of ${isDropping ? 'some' : 'all'} packets by their records alone`, () => {
    const batch = processed(({ egressPort }) => {
      if (!isDropping) for (const [i, port] of egressPort.entries()) egressPort[i] = Math.abs(port);
    });
    digestPackets(batch, 0, PACKETS, 0, 1);
    const [byBatch, byRecords] = [new OutputDigest(), new OutputDigest()];
    for (const times of [1, 4, 7]) {
      for (let n = 0; n < times; n++) byBatch.update(batch);
      const records = recordsOf(batch, times);
      assert.is(records.left < records.count, isDropping);
      byRecords.addRecords(records);
      assert.equal(byRecords.state, byBatch.state);
    }
    assert.is(byRecords.finish(), byBatch.finish());
  });
}

test('the digest of the output in several batches is that of all packets in order', () => {
  const digest = new OutputDigest();
  for (const from of [0, 250]) {
    const { batch } = traffic();
    switchWithPrograms().process(batch);
    digestPackets(batch, 0, PACKETS, 0, 1);
    const to = from === 0 ? 250 : PACKETS;
    batch.egressPort.copyWithin(0, from, to);
    batch.capturedLength.copyWithin(0, from, to);
    batch.digest.copyWithin(0, 2 * from, 2 * to);
    batch.count = to - from;
    digest.update(batch);
  }
  assert.is(digest.finish(), outputDigest(processed()));
});

const CHANGES: readonly (readonly [name: string, change: (batch: PacketBatch) => void])[] = [
  ...[0, 5, 33, 57].map(
    (place) =>
      [
        `one bit of byte ${place}`,
        (batch: PacketBatch): void => {
          const byte = (batch.offset[at(batch, true)] ?? 0) + place;
          batch.bytes[byte] = (batch.bytes[byte] ?? 0) ^ 0x80;
        },
      ] as const,
  ),
  [
    'one port',
    (batch) => {
      batch.egressPort[at(batch, true)] = 3;
    },
  ],
  [
    'a packet more',
    (batch) => {
      batch.egressPort[at(batch, false)] = 3;
    },
  ],
  [
    'a packet less',
    (batch) => {
      batch.egressPort[at(batch, true)] = -1;
    },
  ],
  [
    'one length',
    (batch) => {
      const i = at(batch, true);
      batch.capturedLength[i] = (batch.capturedLength[i] ?? 0) - 1;
    },
  ],
  [
    'the order of two packets',
    (batch) => {
      const i = at(batch, true);
      const j = batch.egressPort.findIndex((port, k) => k > i && port === batch.egressPort[i]);
      const offset = batch.offset[i] ?? 0;
      batch.offset[i] = batch.offset[j] ?? 0;
      batch.offset[j] = offset;
    },
  ],
];
for (const [name, change] of CHANGES) {
  test(`the digest of the output changes with ${name}`, () => {
    assert.is.not(outputDigest(processed(change)), outputDigest(processed()));
  });
}

test('the digest of the state changes with one bit and with order, and with nothing else', () => {
  const words = new Uint32Array(1000);
  const digests = [stateDigest(words)];
  for (const [place, value] of [
    [0, 1],
    [0, 0x80000000],
    [1, 1],
    [999, 1],
  ] as const) {
    words[place] = value;
    digests.push(stateDigest(words));
    assert.is(stateDigest(words.slice()), digests.at(-1));
    words[place] = 0;
  }
  assert.is(new Set(digests).size, 5);
  assert.is(stateDigest(words), digests[0]);
  assert.is.not(stateDigest(words.subarray(1)), digests[0]);
});

test.run();
