/** The programs that answer requests: cache, nc, acc, calc. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLIENT, fields, request, SERVER, wordBytes } from './packets.js';
import { CPU_PORT, ProgramSwitch } from './program-switch.js';

const READ = 1;
const WRITE = 2;
const CACHED = 0x8888;
const SERVER_PORT = 32;

for (const [key, port] of [
  ['cache', 7777],
  ['nc', 7778],
] as const) {
  test(`${key}: what was written is read, by its sender`, async () => {
    const network = await ProgramSwitch.ofKey(key);
    const before = fields(request(port, [READ, CACHED, 0, 0]));
    const unwritten = network.send(request(port, [READ, CACHED, 0, 77]), 3);
    assert.is(unwritten.port, 3);
    assert.equal(fields(unwritten.bytes).l5, [READ, CACHED, 0, 0]);

    for (const value of [0xdeadbeef, 1, 0xffffffff]) {
      assert.is(network.send(request(port, [WRITE, CACHED, 0, value]), 2).port, undefined, 'a write is dropped');
      assert.is((await network.memory('value'))[0], value);
      const answer = network.send(request(port, [READ, CACHED, 0, 0]), 3);
      assert.is(answer.port, 3, 'back to where it came from');
      const after = fields(answer.bytes);
      assert.equal(after.l5, [READ, CACHED, 0, value]);
      assert.equal([after.macDst, after.macSrc], [before.macSrc, before.macDst]);
      assert.equal([after.src, after.dst], [SERVER, CLIENT]);
      assert.equal([after.srcPort, after.dstPort], [4000, port]);
    }
    assert.equal([...(await network.memory('value')).subarray(1)], Array(255).fill(0));
  });

  test(`${key}: a miss goes to the server unchanged`, async () => {
    const network = await ProgramSwitch.ofKey(key);
    const misses = [
      [READ, CACHED + 1, 0, 5],
      [READ, CACHED, 1, 5],
      [WRITE, CACHED + 1, 0, 5],
      [WRITE, CACHED, 0x10000, 5],
      [3, CACHED, 0, 5],
      [0, 0, 0, 0],
    ];
    for (const words of misses) {
      const packet = request(port, words);
      const { port: egress, bytes } = network.send(packet, 1);
      assert.is(egress, SERVER_PORT, `${words}`);
      assert.equal(bytes, packet);
    }
    assert.equal([...(await network.memory('value'))], Array(256).fill(0));
  });

  test(`${key}: leaves other ports alone`, async () => {
    const network = await ProgramSwitch.ofKey(key);
    const packet = request(port + 10, [WRITE, CACHED, 0, 9]);
    assert.equal(network.send(packet, 1), { port: 11, bytes: packet, programId: 0 });
  });
}

/** The digest that stands for a key, worked out bit by bit: a register has 32 bits, a key 64. */
function digestOf(network: ProgramSwitch, key1: number, key2: number): number {
  const low = network.hashOf('HASH').digest(wordBytes(key1), 4);
  return (((key1 & 0xffff0000) | low) ^ key2) >>> 0;
}

test('nc: a key that many clients ask for is reported once, when it is asked for the 128th time', async () => {
  const network = await ProgramSwitch.ofKey('nc');
  const [key1, key2] = [0x12345678, 0x9abcdef0];
  for (let n = 1; n <= 300; n++) {
    const { port } = network.send(request(7778, [READ, key1, key2, 0], 4000 + n));
    assert.is(port, n === 128 ? CPU_PORT : SERVER_PORT, `miss ${n}`);
    if (n % 10 === 0) assert.is(network.send(request(7778, [READ, CACHED, 0, 0]), 2).port, 2, 'hits do not count');
  }
  for (const row of ['count1', 'count2']) {
    const bucket = network.hashOf(`HASH_MEM(${row})`).digest(wordBytes(digestOf(network, key1, key2)), 4) % 256;
    const words = await network.memory(row);
    assert.is(words[bucket], 300);
    assert.is(
      words.reduce((sum, word) => sum + word, 0),
      300,
    );
  }
});

test('nc: a client that asks for many keys causes no report, whichever word of the keys differs', async () => {
  for (const keyOf of [(n: number) => [n, 7], (n: number) => [7, n], (n: number) => [n << 16, 7]]) {
    const network = await ProgramSwitch.ofKey('nc');
    for (let n = 1; n <= 1000; n++) {
      const [key1 = 0, key2 = 0] = keyOf(n);
      assert.is(network.send(request(7778, [READ, key1, key2, 0])).port, SERVER_PORT, `key ${n}`);
    }
  }
});

test('nc: both words of a key count: one that shares a word with a hot key is reported when it is hot itself', async () => {
  const network = await ProgramSwitch.ofKey('nc');
  for (const [key1, key2] of [
    [1, 2],
    [2, 1],
    [1, 3],
    [4, 2],
  ] as const) {
    for (let n = 1; n <= 130; n++) {
      const { port } = network.send(request(7778, [READ, key1, key2, 0]));
      assert.is(port, n === 128 ? CPU_PORT : SERVER_PORT, `${key1}, ${key2}: miss ${n}`);
    }
  }
});

test('nc: missing writes and unknown operations are not counted', async () => {
  const network = await ProgramSwitch.ofKey('nc');
  for (let n = 0; n < 200; n++) {
    assert.is(network.send(request(7778, [n % 2 === 0 ? WRITE : 7, 1, 0, 0])).port, SERVER_PORT);
  }
  for (const row of ['count1', 'count2', 'seen1', 'seen2']) {
    assert.ok(
      (await network.memory(row)).every((word) => word === 0),
      row,
    );
  }
});

test('acc: op 0 drops a value that was seen before, any other op none', async () => {
  const network = await ProgramSwitch.ofKey('acc');
  const hash = network.hashOf('HASH_MEM(seen)');
  const seen = new Set<number>();
  for (let n = 0; n < 400; n++) {
    const value = Math.imul(n % 120, 0x9e3779b1) >>> 0;
    const bucket = hash.digest(wordBytes(value), 4) % 256;
    const packet = request(9999, [0, value, n, n]);
    const { port, bytes } = network.send(packet, 4);
    assert.is(port, seen.has(bucket) ? undefined : 0, `value ${value}`);
    if (port === 0) assert.equal(bytes, packet);
    seen.add(bucket);
    assert.is(network.send(request(9999, [1 + (n % 5), value, 0, 0]), 4).port, 0);
  }
  assert.equal(
    [...(await network.memory('seen'))],
    Array.from({ length: 256 }, (_, b) => (seen.has(b) ? 1 : 0)),
  );
});

test('acc: an op other than 0 does not mark a value as seen', async () => {
  const network = await ProgramSwitch.ofKey('acc');
  network.send(request(9999, [1, 42, 0, 0]));
  assert.is(network.send(request(9999, [0, 42, 0, 0])).port, 0);
  assert.is(network.send(request(9999, [0, 42, 0, 0])).port, undefined);
});

const CALCULATIONS: readonly (readonly [name: string, op: number, a: number, b: number, result: number])[] = [
  ['7 + 5', 1, 7, 5, 12],
  ['0 + 0', 1, 0, 0, 0],
  ['ADD wraps', 1, 0xffffffff, 2, 1],
  ['9 - 4', 2, 9, 4, 5],
  ['SUB wraps', 2, 4, 9, 0xfffffffb],
  ['x - x', 2, 0x80000000, 0x80000000, 0],
  ['0 - maximum', 2, 0, 0xffffffff, 1],
  ['AND', 3, 0xff00ff00, 0x0ff00ff0, 0x0f000f00],
  ['AND with 0', 3, 0xffffffff, 0, 0],
  ['OR', 4, 0xff00ff00, 0x0ff00ff0, 0xfff0fff0],
  ['OR with maximum', 4, 0, 0xffffffff, 0xffffffff],
  ['XOR', 5, 0xff00ff00, 0x0ff00ff0, 0xf0f0f0f0],
  ['x XOR x', 5, 0xcafef00d, 0xcafef00d, 0],
];

test('calc: five operations, answered to the sender', async () => {
  const network = await ProgramSwitch.ofKey('calc');
  for (const [name, op, a, b, result] of CALCULATIONS) {
    const packet = request(8888, [op, a, b, 0x55555555]);
    const { port, bytes } = network.send(packet, 2);
    assert.is(port, 2, name);
    const [before, after] = [fields(packet), fields(bytes)];
    assert.equal(after.l5, [op, a, b, result], name);
    assert.equal([after.src, after.dst, after.macSrc, after.macDst], [SERVER, CLIENT, before.macDst, before.macSrc]);
  }
});

test('calc: an unknown operation goes on unchanged', async () => {
  const network = await ProgramSwitch.ofKey('calc');
  for (const op of [0, 6, 0xffffffff]) {
    const packet = request(8888, [op, 1, 2, 3]);
    const { port, bytes } = network.send(packet, 2);
    assert.is(port, 12);
    assert.equal(bytes, packet);
  }
});

test.run();
