/** Switches in a row with virtual time. */
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  chainOf,
  DEFAULT_LINK_OPTIONS,
  defaultDataPlane,
  defaultForwardEntry,
  installOperations,
  SwitchState,
} from '../../compiler/index.js';
import {
  type DropReason,
  ENGINES,
  type EngineName,
  holdBatch,
  SwitchChain,
  TimedChain,
  timedSwitchOptions,
} from '../../sim/index.js';
import { PacketGenerator } from '../../sim/validation/random-packet.js';
import {
  appendPacketBytes,
  createPacketBatch,
  type PacketBatch,
  packetBytes,
} from '../../traces/packets/packet-batch.js';
import { checkedProgram, linkProgram, sampleSource } from '../compiler/support.js';

const PLANE = defaultDataPlane();
const CHAIN = chainOf(PLANE, 3);
const PROGRAM = checkedProgram(sampleSource('nc'), CHAIN);
const COMPILED = linkProgram(PROGRAM, new SwitchState(CHAIN), DEFAULT_LINK_OPTIONS, 0);
const PACKETS = 400;
const BETWEEN_PS = 50_000;

function randomPackets(): PacketBatch {
  const batch = createPacketBatch(PACKETS, PACKETS * 2048);
  const generator = new PacketGenerator(PROGRAM, PLANE, seedrandom.alea('timed chain'));
  for (let i = 0; i < PACKETS; i++) {
    const { bytes, ingressPort } = generator.next();
    appendPacketBytes(batch, bytes, ingressPort);
  }
  return batch;
}

function chainWithProgram(engine: EngineName): SwitchChain {
  const emulator = new SwitchChain(CHAIN, { engine });
  for (const port of [1, 2]) emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(PLANE, port, 5) });
  for (const operation of installOperations(COMPILED)) emulator.apply(operation);
  return emulator;
}

const became = (batch: PacketBatch): string[] =>
  Array.from({ length: batch.count }, (_, i) => {
    const port = batch.egressPort[i] as number;
    return port < 0 ? 'dropped' : `${port} ${Buffer.from(packetBytes(batch, i)).toString('hex')}`;
  });

/** @param periodPs between arrivals @param queueBytes of each queue */
function timedRun(engine: EngineName, periodPs: number, queueBytes?: number) {
  const emulator = chainWithProgram(engine);
  const held = holdBatch(randomPackets());
  const lost: Partial<Record<DropReason, number>> = {};
  const seen = { left: 0, lost: 0, ticks: 0, latestPs: 0 };
  let nextTickPs = 1e6;
  const chain = new TimedChain(
    emulator,
    { ...timedSwitchOptions(PLANE), ...(queueBytes !== undefined && { queueBytes }) },
    BETWEEN_PS,
    {
      get nextTickPs() {
        return nextTickPs;
      },
      tick(nowPs) {
        assert.is(nowPs, nextTickPs);
        seen.ticks++;
        nextTickPs += 1e6;
      },
      left({ count, departurePs }) {
        seen.left += count;
        for (let place = 0; place < count; place++) {
          // What leaves in an interval is told before its end.
          assert.ok((departurePs[place] as number) < nextTickPs);
          seen.latestPs = Math.max(seen.latestPs, departurePs[place] as number);
        }
      },
      lost(_held, _i, reason) {
        seen.lost++;
        lost[reason] = (lost[reason] ?? 0) + 1;
      },
    },
  );
  chain.arriveAll(
    held,
    Float64Array.from({ length: PACKETS }, (_, i) => i * periodPs),
  );
  chain.runToEnd();
  return { emulator, held, lost, seen, chain };
}

for (const engine of ENGINES) {
  test(`packets that do not meet become what they do without time, ${engine}`, () => {
    const untimed = chainWithProgram(engine);
    const batch = randomPackets();
    untimed.process(batch);
    const { emulator, held, seen, chain } = timedRun(engine, 1e7);
    assert.equal(became(held.batch), became(batch));
    assert.equal(emulator.memory.words, untimed.memory.words);
    assert.equal(emulator.counters, untimed.counters);
    assert.is(emulator.counters.recirculations, 0);
    assert.is(seen.left, emulator.counters.out);
    assert.is(seen.lost, emulator.counters.dropped);
    assert.is(chain.arrived.packets, PACKETS);
    assert.is(chain.trafficManagers.length, CHAIN.switches);
    assert.is(held.inFlight, 0);
  });
}

test('an overload is lost at queues, and every packet has one end', () => {
  const { held, lost, seen, emulator } = timedRun('compiled', 100, 2000);
  assert.ok((lost.queue ?? 0) + (lost.input ?? 0) > 0);
  assert.is(seen.left + seen.lost, PACKETS);
  assert.is(emulator.counters.in, PACKETS);
  assert.is(held.inFlight, 0);
  assert.ok(seen.ticks >= Math.floor(seen.latestPs / 1e6));
});

test.run();
