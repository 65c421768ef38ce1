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

/** @param periodPs between arrivals @param queueBytes of each queue @param burst packets that come at once @param stepPs the longest time that is run in one go */
function timedRun(engine: EngineName, periodPs: number, queueBytes?: number, burst = 1, stepPs?: number) {
  const emulator = chainWithProgram(engine);
  const held = holdBatch(randomPackets());
  const lost: Partial<Record<DropReason, number>> = {};
  const seen = { left: 0, lost: 0 };
  /** Times of the ends of intervals and of losses. */
  const ticks: number[] = [];
  const losses: string[] = [];
  const departures: string[] = [];
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
        assert.ok(nowPs >= nextTickPs);
        ticks.push(nowPs);
        nextTickPs = (Math.floor(nowPs / 1e6) + 1) * 1e6;
      },
      left({ count, departurePs, index }) {
        seen.left += count;
        for (let place = 0; place < count; place++) {
          departures.push(`${index[place]} at ${departurePs[place]}`);
          // What leaves in an interval is told before its end.
          assert.ok((departurePs[place] as number) < nextTickPs);
        }
      },
      lost(_held, i, reason) {
        seen.lost++;
        losses.push(`${i} at ${chain.nowPs}`);
        lost[reason] = (lost[reason] ?? 0) + 1;
      },
    },
  );
  const times = Float64Array.from({ length: PACKETS }, (_, i) => (i - (i % burst)) * periodPs);
  if (stepPs === undefined) chain.arriveAll(held, times);
  else {
    for (const [i, timePs] of times.entries()) {
      while (chain.nextPs + stepPs < timePs) chain.runBefore(chain.nextPs + stepPs);
      chain.arrive(held, i, timePs);
    }
    while (chain.nextPs < Number.POSITIVE_INFINITY) chain.runBefore(chain.nextPs + stepPs);
  }
  chain.runToEnd();
  return { emulator, held, lost, seen, chain, departures, ticks, losses };
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
  const { held, lost, seen, emulator, ticks } = timedRun('compiled', 100, 2000);
  assert.ok((lost.queue ?? 0) + (lost.input ?? 0) > 0);
  assert.is(seen.left + seen.lost, PACKETS);
  assert.is(emulator.counters.in, PACKETS);
  assert.is(held.inFlight, 0);
  assert.ok(ticks.length > 0);
});

test('nothing hangs on how far the switches are run in one go', () => {
  const whole = timedRun('compiled', 20_000, 4000, 16);
  assert.ok(whole.chain.packets.most > 1 && whole.losses.length > 0 && whole.ticks.length > 1);
  for (const stepPs of [1, 1000, 70_000]) {
    const { chain, departures, lost, emulator, ticks, losses } = timedRun('compiled', 20_000, 4000, 16, stepPs);
    assert.is(chain.packets.most, whole.chain.packets.most, `steps of ${stepPs} ps`);
    assert.equal(departures, whole.departures);
    assert.equal([ticks, losses], [whole.ticks, whole.losses]);
    assert.equal(lost, whole.lost);
    assert.equal(emulator.memory.words, whole.emulator.memory.words);
  }
});

test.run();
