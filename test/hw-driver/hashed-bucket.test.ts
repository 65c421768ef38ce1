/** The bucket of a flow by what the compiled document says of its hashes, beside where the switch counts the flow. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultForwardEntry, type HashUse, link, type MemoryBlock, SwitchState } from '../../compiler/index.js';
import { flowValues, hashedBucket } from '../../hw-driver/cli/kit/hashed-bucket.js';
import { UsageError } from '../../hw-driver/index.js';
import { InProcessTarget, Switch } from '../../sim/index.js';
import { appendPacketBytes, createPacketBatch } from '../../traces/index.js';
import { frame } from '../sim/frames.js';
import { cases } from '../tiers.js';
import { instanceOf, plane } from './fifteen.js';

const { lowered, sourceHash } = await instanceOf('cms', 0);
const compiled = link(lowered, new SwitchState(plane), sourceHash);

function blockOf(memory: string): MemoryBlock {
  const block = compiled.memories.find(({ name }) => name === memory);
  if (block === undefined) throw new Error(`cms has no memory ${memory}`);
  return block;
}

/** A CRC as its description says, bit by bit. */
function bitwise({ polynomial, reflected, initial, xorOut }: HashUse['crc'], bytes: readonly number[]): number {
  const flip = (value: number, bits: number): number =>
    Number.parseInt(value.toString(2).padStart(bits, '0').split('').reverse().join(''), 2);
  let crc = initial;
  for (const byte of bytes) {
    crc ^= (reflected ? flip(byte, 8) : byte) << 8;
    for (let i = 0; i < 8; i++) crc = crc & 0x8000 ? ((crc << 1) ^ polynomial) & 0xffff : crc << 1;
  }
  return (reflected ? flip(crc, 16) : crc) ^ xorOut;
}

test('the document says the inputs, in order, and what becomes of the result', () => {
  assert.equal(
    compiled.hashes.map(({ memories, mask, into }) => [memories.map(({ name }) => name), mask, into]),
    [
      [['row1'], 255, 'mar'],
      [['row2'], 255, 'mar'],
      [['row3'], 255, 'mar'],
    ],
  );
  for (const { input, memories, rpb } of compiled.hashes) {
    assert.equal(
      input.map(({ name, bits }) => `${name} ${bits}`),
      [
        'hdr.ipv4.src 32',
        'hdr.ipv4.dst 32',
        'hdr.l4_port.src_port 16',
        'hdr.l4_port.dst_port 16',
        'hdr.ipv4.protocol 8',
      ],
    );
    const [block] = memories;
    assert.equal(block?.base, compiled.memories.find(({ name }) => name === block?.name)?.base);
    assert.ok(compiled.placement.some((step) => step.rpb === rpb && step.action === 'hash_5_tuple_mem'));
  }
});

test('a flow is counted where its hash, computed bit by bit, and the command say', async () => {
  const { filters } = lowered.program;
  const source = filters.find(({ field }) => field.kind === 'header' && field.name === 'hdr.ipv4.src');
  assert.ok(source);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(255),
      fc.nat({ max: 2 ** 32 - 1 }),
      fc.nat(65_535),
      fc.nat(52),
      async (host, destination, from, to) => {
        const emulator = new Switch(plane);
        const switchTarget = new InProcessTarget(emulator);
        for (const entry of [defaultForwardEntry(plane, 1, 2), ...compiled.entries])
          emulator.apply({ kind: 'insertEntry', entry });
        const address = (source.value + (host & ~source.mask)) >>> 0;
        const batch = createPacketBatch(1, 256);
        appendPacketBytes(batch, frame({ ipv4: { src: address, dst: destination }, udp: { src: from, dst: to } }), 1);
        emulator.process(batch);
        for (const use of compiled.hashes) {
          const [block] = use.memories;
          assert.ok(block && use.mask !== null);
          const values = flowValues([address, destination, from, to, 'udp'].join());
          const bytes = values.flatMap((value, i) => {
            const count = (use.input[i]?.bits ?? 0) / 8;
            return Array.from({ length: count }, (_, k) => Math.floor(value / 256 ** (count - 1 - k)) % 256);
          });
          const bucket = bitwise(use.crc, bytes) & use.mask;
          assert.is(hashedBucket(compiled, block.name, values), bucket);
          const { rpb, base, buckets } = blockOf(block.name);
          const [words] = await switchTarget.readMemory(rpb, base, buckets);
          assert.is(words?.[bucket], 1);
        }
      },
    ),
    { numRuns: cases(20), seed: 24 },
  );
});

for (const [text, says] of [
  ['10.0.0.1,10.0.0.2,1,2', /src,dst,sport,dport,protocol/],
  ['10.0.0.1,10.0.0.2,1,2,6,7', /src,dst,sport,dport,protocol/],
  ['10.0.0.256,10.0.0.2,1,2,6', /'10\.0\.0\.256' is not a value of 32 bits/],
  ['10.0.0.1,10.0.0.2,65536,2,6', /'65536' is not a value of 16 bits/],
  ['10.0.0.1,10.0.0.2,1,2,sctp', /'sctp' is not a value of 8 bits/],
] as const) {
  test(`no flow: ${text}`, () => {
    assert.throws(
      () => flowValues(text),
      (error: Error) => error instanceof UsageError && says.test(error.message),
    );
  });
}

test('a memory that no hash of this input leads to', () => {
  assert.throws(() => hashedBucket(compiled, 'row1', [7]), /by a hash of the 5-tuple: use --flow/);
  assert.throws(() => hashedBucket(compiled, 'nosuch', [7]), /not addressed by a hash/);
});

test.run();
