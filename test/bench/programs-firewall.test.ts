/** The stateful firewall. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { address, type Flow, packetOf, reversed, wordBytes } from './packets.js';
import { ProgramSwitch } from './program-switch.js';

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const PSH = 0x08;
const ACK = 0x10;

const OUT: Flow = {
  src: address(10, 1, 2, 3),
  dst: address(93, 184, 216, 34),
  srcPort: 50000,
  dstPort: 443,
  protocol: 6,
};
const IN = reversed(OUT);

/** `passes` and `dropped` for packets from inside (`>`) and outside (`<`) with these flags, in order. */
async function firewall() {
  const network = await ProgramSwitch.ofKey('sf');
  const send = (flow: Flow, flags: number): 'passes' | 'dropped' => {
    const packet = packetOf(flow, 8, 0, flags);
    const { port, bytes } = network.send(packet, 1);
    if (port === undefined) return 'dropped';
    assert.is(port, 11);
    assert.equal(bytes, packet, 'a firewall changes nothing');
    return 'passes';
  };
  return { network, send, inside: (flags: number) => send(OUT, flags), outside: (flags: number) => send(IN, flags) };
}

test('sf: what comes first from outside is dropped', async () => {
  const { outside } = await firewall();
  for (const flags of [SYN, SYN | ACK, ACK, PSH | ACK, FIN, FIN | ACK, RST, RST | ACK, 0]) {
    assert.is(outside(flags), 'dropped', `flags ${flags}`);
    assert.is(outside(ACK), 'dropped', `after flags ${flags}`);
  }
});

test('sf: a SYN from inside opens for both directions', async () => {
  const { inside, outside } = await firewall();
  assert.is(inside(SYN), 'passes');
  for (let n = 0; n < 3; n++) {
    assert.is(outside(SYN | ACK), 'passes');
    assert.is(inside(ACK), 'passes');
    assert.is(outside(PSH | ACK), 'passes');
  }
});

test('sf: only a SYN opens', async () => {
  const { inside, outside } = await firewall();
  for (const flags of [SYN | ACK, ACK, PSH | ACK, FIN | ACK, RST, 0]) {
    assert.is(inside(flags), 'passes', `flags ${flags} from inside`);
    assert.is(outside(ACK), 'dropped', `after flags ${flags}`);
  }
});

for (const [name, flags] of [
  ['FIN', FIN],
  ['FIN + ACK', FIN | ACK],
  ['RST', RST],
  ['RST + ACK', RST | ACK],
  ['SYN + FIN', SYN | FIN],
  ['SYN + RST', SYN | RST],
] as const) {
  for (const side of ['inside', 'outside'] as const) {
    test(`sf: ${name} from ${side} closes, and passes itself`, async () => {
      const { network, [side]: close, inside, outside } = await firewall();
      inside(SYN);
      assert.is(outside(ACK), 'passes');
      assert.is(close(flags), 'passes');
      assert.is(outside(ACK), 'dropped');
      assert.is(outside(flags), 'dropped', 'a second one from outside');
      assert.is(inside(ACK), 'passes', 'the inside may always send');
      assert.is(outside(ACK), 'dropped');
      // What outside packets to a closed connection leave behind must not count as open.
      assert.is.not(
        (await network.memory('connection')).find((word) => word === 1),
        1,
      );
      assert.is(inside(SYN), 'passes');
      assert.is(outside(ACK), 'passes', 'it can be opened again');
    });
  }
}

test('sf: any number of RST from outside opens nothing', async () => {
  const { inside, outside } = await firewall();
  for (let n = 0; n < 10; n++) {
    assert.is(outside(RST), 'dropped');
    assert.is(outside(ACK), 'dropped');
  }
  assert.is(inside(SYN), 'passes');
  assert.is(outside(RST), 'passes');
  assert.is(outside(ACK), 'dropped');
});

test('sf: a connection is open for its own addresses and ports only', async () => {
  const { network, send, inside } = await firewall();
  inside(SYN);
  const hash = network.hashOf('HASH_MEM(connection)');
  const bucket = ({ src, dst, srcPort, dstPort }: Flow): number =>
    hash.digest(wordBytes(((src ^ dst) + srcPort + dstPort) >>> 0), 4) % 256;
  assert.is(bucket(IN), bucket(OUT), 'both directions share a bucket');
  const words = await network.memory('connection');
  assert.equal(
    [...words.keys()].filter((i) => words[i] !== 0),
    [bucket(OUT)],
  );
  let others = 0;
  for (let n = 1; n < 100; n++) {
    const other = { ...IN, srcPort: 443 + n };
    if (bucket(other) === bucket(OUT)) continue;
    others++;
    assert.is(send(other, ACK), 'dropped', `port ${other.srcPort}`);
  }
  assert.ok(others > 90);
});

test('sf: UDP is none of its business', async () => {
  const { network } = await firewall();
  const packet = packetOf({ ...IN, protocol: 17 });
  assert.equal(network.send(packet, 1), { port: 11, bytes: packet, programId: 0 });
});

test.run();
