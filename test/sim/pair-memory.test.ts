/** Memories of pairs and MEMCAS: by a plain model, in both engines, in the language, on the chip, and by its users. */
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  type DataPlane,
  DataPlaneError,
  Diagnostics,
  dataPlaneFromJson,
  formatSource,
  interpret,
  lex,
  link,
  lower,
  must,
  parse,
  SwitchState,
} from '../../compiler/index.js';
import { PacketFields } from '../../compiler/p4/fields.js';
import { rpbFile } from '../../compiler/p4/rpb-file.js';
import { NoP4Source } from '../../compiler/p4/unsupported.js';
import { connectBfRuntime } from '../../hw-driver/bfruntime/index.js';
import { Controller } from '../../hw-driver/index.js';
import { serveBfRuntime } from '../../hw-driver/server/index.js';
import { InProcessTarget, Switch } from '../../sim/index.js';
import { formatFailure, validateTranslation } from '../../sim/validation/index.js';
import { appendPacketBytes, createPacketBatch } from '../../traces/index.js';
import { frame, word32 } from './frames.js';
import { dataPlane, property } from './test-switch.js';

const EXTENDED = dataPlane('extended');
const TOFINO2 = dataPlane('tofino2');
const RECIRCULATIONS = 3;

/** Counts bytes by source in pairs; the key that is met, or 0, and the sum go back in the packet. */
const SOURCE = `
@pair flows 8
program sums(<hdr.udp.dst_port, 7777, 0xffff>) {
  EXTRACT(hdr.l5.key2, mar);
  ANDI(mar, 7);
  EXTRACT(hdr.l5.key1, har);
  EXTRACT(hdr.l5.key3, sar);
  MEMCAS(flows);
  MODIFY(hdr.l5.key3, sar);
  MOVE(sar, har);
  MODIFY(hdr.ipv4.dst, sar);
  FORWARD(3);
}
`;

function checked(text: string, plane: DataPlane = EXTENDED) {
  const { programs, diagnostics, sourceHash } = analyse(text, plane);
  assert.equal(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  return { program: must(programs[0], 'program'), sourceHash };
}

function translated(text: string, plane: DataPlane = EXTENDED) {
  const { program, sourceHash } = checked(text, plane);
  return { program, compiled: link(lower(program, plane, RECIRCULATIONS), new SwitchState(plane), sourceHash) };
}

interface Access {
  readonly bucket: number;
  readonly key: number;
  readonly add: number;
}

/** What MEMCAS does, by a table of keys and sums. */
class Model {
  readonly keys = new Array<number>(8).fill(0);
  readonly sums = new Array<number>(8).fill(0);

  access({ bucket, key, add }: Access): { readonly other: number; readonly sum: number } {
    const held = must(this.keys[bucket], 'key');
    const sum = must(this.sums[bucket], 'sum');
    if (held !== 0 && held !== key) return { other: held, sum };
    this.keys[bucket] = key;
    const total = Number((BigInt(sum) + BigInt(add)) % 2n ** 32n);
    this.sums[bucket] = total;
    return { other: 0, sum: total };
  }

  get words(): number[] {
    return this.keys.flatMap((key, i) => [key, must(this.sums[i], 'sum')]);
  }
}

const accesses = fc.array(
  fc.record({
    bucket: fc.nat(7),
    key: fc.oneof(fc.constantFrom(0, 1, 2, 0x80000000, 0xffffffff), fc.nat(0xffffffff)),
    add: fc.oneof(fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff), fc.nat(0xffffffff)),
  }),
  { minLength: 1, maxLength: 40 },
);

for (const plane of [EXTENDED, TOFINO2]) {
  for (const engine of ['compiled', 'interpreted'] as const) {
    const { compiled, program } = translated(SOURCE, plane);
    const [block] = compiled.memories;
    const { rpb, base, buckets } = must(block, 'block');

    test(`${plane.name}: its block has one bucket for each pair, in an RPB of pairs`, () => {
      assert.is(buckets, 8);
      assert.is(plane.rpb(rpb).words, 2);
    });

    test(`${plane.name}: the ${engine} engine does what a table of keys and sums does`, async () => {
      const emulator = new Switch(plane, { engine });
      const target = new InProcessTarget(emulator);
      await new Controller(plane, target).install(compiled);
      fc.assert(
        fc.property(accesses, (list) => {
          emulator.memory.words.fill(0);
          const model = new Model();
          const batch = createPacketBatch(64, 64 * 128);
          for (const { bucket, key, add } of list) {
            appendPacketBytes(batch, frame({ udp: { dst: 7777 }, l5: [0, key, bucket, add] }), 1);
          }
          const expected = list.map((access) => model.access(access));
          emulator.process(batch);
          for (const [i, { other, sum }] of expected.entries()) {
            const at = must(batch.offset[i], 'offset');
            assert.equal([...batch.bytes.subarray(at + 54, at + 58)], word32(sum));
            assert.equal([...batch.bytes.subarray(at + 30, at + 34)], word32(other));
          }
          assert.equal([...emulator.memory.range(rpb, base, buckets)], model.words);
        }),
        property(60),
      );
    });

    test(`${plane.name}: the ${engine} engine does what the text says`, () => {
      const result = validateTranslation({ program, compiled }, plane, {
        packets: 300,
        random: seedrandom.alea(`pairs ${engine}`),
        makeSwitch: () => new Switch(plane, { engine }),
      });
      assert.is(result.kind, 'verified', result.kind === 'failed' ? formatFailure(result.failure, plane) : '');
      assert.ok(result.kind === 'verified' && result.ran > 100);
    });
  }
}

test('two memories of pairs, words beside them, several passes', () => {
  const text = `
@pair a 16
@pair b 1
@words 64
program both(<hdr.udp.dst_port, 7777, 0xffff>) {
  HASH_FIELDS_MEM(a, src);
  EXTRACT(hdr.l5.key1, har);
  LOADI(sar, 1);
  MEMCAS(a);
  BRANCH:
  case(<har, 0, 0xffffffff>) {
    LOADI(mar, 0);
    EXTRACT(hdr.ipv4.src, har);
    MEMCAS(b);
    MODIFY(hdr.l5.key3, sar);
    FORWARD(2);
  };
  ANDI(mar, 15);
  MEMADD(words);
  MODIFY(hdr.l5.key3, sar);
  MOVE(sar, har);
  MODIFY(hdr.ipv4.dst, sar);
  RETURN;
}
`;
  const result = validateTranslation(translated(text), EXTENDED, { packets: 500, random: seedrandom.alea('both') });
  assert.is(result.kind, 'verified', result.kind === 'failed' ? formatFailure(result.failure, EXTENDED) : '');
  assert.ok(result.kind === 'verified' && result.statements.ran === result.statements.all);
});

test('the interpreter counts accesses outside a memory of pairs as undefined', () => {
  const { program } = checked(SOURCE);
  const body = program.body.filter((statement) => statement.kind === 'branch' || statement.primitive !== 'ANDI');
  const packet = {
    readField: () => 8,
    writeField: () => undefined,
    fiveTuple: () => new Uint8Array(13),
    swapAddresses: () => undefined,
  };
  const run = interpret(
    { ...program, body },
    { packet, memories: new Map([['flows', new Uint32Array(16)]]), hash: () => 0, random: () => 0 },
  );
  assert.is(run.kind, 'undefined');
});

test('a declaration of pairs is written as it was read; a memory may be called pair', () => {
  const text = '@pair flows 8\n@pair 16\n\nprogram p(<hdr.ipv4.src, 1, 1>) {\n    MEMCAS(flows);\n}\n';
  const diagnostics = new Diagnostics();
  const file = parse(lex(text, diagnostics), diagnostics);
  assert.equal(
    file.annotations.map(({ name, isOfPairs }) => [name.text, isOfPairs === true]),
    [
      ['flows', true],
      ['pair', false],
    ],
  );
  assert.is(formatSource(file), text);
});

for (const [title, text, code] of [
  [
    'words take no MEMCAS',
    '@m 8 program p(<hdr.ipv4.src, 1, 1>) { LOADI(mar, 0); LOADI(har, 1); LOADI(sar, 1); MEMCAS(m); FORWARD(1); }',
    'wrong-memory-kind',
  ],
  [
    'pairs take no MEMADD',
    '@pair m 8 program p(<hdr.ipv4.src, 1, 1>) { LOADI(mar, 0); LOADI(sar, 1); MEMADD(m); FORWARD(1); }',
    'wrong-memory-kind',
  ],
  [
    'an address beyond the pairs',
    '@pair m 8 program p(<hdr.ipv4.src, 1, 1>) { LOADI(mar, 8); LOADI(har, 1); LOADI(sar, 1); MEMCAS(m); FORWARD(1); }',
    'address-out-of-range',
  ],
  [
    'a key that is not bounded',
    '@pair m 8 program p(<hdr.ipv4.src, 1, 1>) { LOADI(mar, 1); LOADI(har, 1); LOADI(sar, 1); MEMCAS(m); MOVE(mar, har); MEMCAS(m); FORWARD(1); }',
    'address-not-bounded',
  ],
  [
    'more pairs than an array has',
    '@pair m 131072 program p(<hdr.ipv4.src, 1, 1>) { LOADI(mar, 0); LOADI(har, 1); LOADI(sar, 1); MEMCAS(m); FORWARD(1); }',
    'bad-memory-size',
  ],
] as const) {
  test(`refused: ${title}`, () => {
    const errors = analyse(text, EXTENDED).diagnostics.filter(({ severity }) => severity === 'error');
    assert.equal(
      errors.map((error) => error.code),
      [code],
    );
  });
}

test('a data plane without pairs says so, and names those that have them', () => {
  const [error] = analyse(SOURCE, dataPlane('default')).diagnostics.filter(({ code }) => code === 'no-action');
  assert.is(must(error, 'error').hint, 'it is in data plane extended and tofino2');
});

const planeWith = (rpb: object) => () => dataPlaneFromJson({ extends: 'extended', name: 'mine', rpbs: { 3: rpb } });

test('an array is of words or of pairs', () => {
  assert.is(planeWith({ words: 2, actions: ['loadi_har', 'salu_cas'] })().rpb(3).words, 2);
  for (const [rpb, message] of [
    [
      { words: 2, actions: ['salu_max', 'salu_cas'] },
      /RPB 3: its memory is of pairs, and these are of words: salu_max/,
    ],
    [{ actions: ['salu_cas'] }, /RPB 3: its memory is of words, and these are of pairs: salu_cas/],
    [{ words: 3, actions: [] }, /RPB 3: a bucket has 1 or 2 words, not 3/],
  ] as const) {
    assert.throws(planeWith(rpb), (error: unknown) => error instanceof DataPlaneError && message.test(error.message));
  }
});

test('on the chip a bucket is a struct of two words, with one action of two results', () => {
  const rpb = must(
    TOFINO2.rpbs.find(({ words }) => words === 2),
    'RPB of pairs',
  );
  const source = rpbFile(TOFINO2, rpb, new PacketFields(TOFINO2)).replaceAll(/\s+/g, ' ');
  assert.ok(source.includes(`Register<pair_t, bit<16>>(32768) rpb${rpb.number}_register;`));
  assert.ok(source.includes(`RegisterAction2<pair_t, bit<16>, bit<32>, bit<32>>(rpb${rpb.number}_register) cas_alu =`));
  assert.ok(
    source.includes(
      'if (bucket.lo == hdr.meta.reg.har || bucket.lo == 0) { bucket.lo = hdr.meta.reg.har; bucket.hi = bucket.hi + hdr.meta.reg.sar; result = 0; } else { result = bucket.lo; } total = bucket.hi;',
    ),
  );
  assert.ok(
    source.includes('hdr.meta.reg.har = cas_alu.execute((bit<16>)hdr.meta.param.physical_address, hdr.meta.reg.sar);'),
  );
});

test('a Tofino 1 has no pairs: one result for each access', () => {
  const plane = dataPlaneFromJson({
    extends: 'tofino1',
    name: 'pairs',
    rpbs: { 5: { words: 2, actions: ['loadi_har', 'salu_cas'] } },
  });
  assert.throws(
    () => rpbFile(plane, plane.rpb(5), new PacketFields(plane)),
    (error: unknown) => error instanceof NoP4Source && /one result, so RPB 5 has no pairs/.test(error.message),
  );
});

test('pairs are read, written and reset over BF Runtime as in the process', async () => {
  const { compiled } = translated(SOURCE);
  const emulator = new Switch(EXTENDED);
  const server = await serveBfRuntime(emulator, { port: 0 });
  const target = await connectBfRuntime({ address: `127.0.0.1:${server.port}`, dataPlane: EXTENDED, drainMs: 0 });
  try {
    const controller = new Controller(EXTENDED, target);
    await controller.install(compiled);
    assert.is(controller.wordsPerBucket('sums', 'flows'), 2);
    await controller.writeMemory('sums', 'flows', [1, 2, 0xffffffff, 4], 3);
    const [block] = compiled.memories;
    const { rpb, base } = must(block, 'block');
    assert.equal([...emulator.memory.range(rpb, base + 3, 2)], [1, 2, 0xffffffff, 4]);
    assert.equal([...(await controller.readMemory('sums', 'flows'))].slice(4, 12), [0, 0, 1, 2, 0xffffffff, 4, 0, 0]);
    await controller.writeMemory('sums', 'flows', [1, 2, 3]).then(
      () => assert.unreachable(),
      (error: unknown) => assert.ok(error instanceof RangeError),
    );
    await controller.resetMemory('sums', 'flows');
    assert.ok(emulator.memory.words.every((word) => word === 0));
    emulator.memory.range(rpb, base, 1).set([5, 6]);
    await controller.revoke('sums');
    assert.ok(emulator.memory.words.every((word) => word === 0));
  } finally {
    await target.close();
    await server.close();
  }
});

test.run();
