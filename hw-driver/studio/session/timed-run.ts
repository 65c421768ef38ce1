/** The run once more in virtual time, with the events of the timeline played at the arrival of their packets. */
import { must } from '../../../compiler/data-plane/must.js';
import type { History } from '../../../sim/history/index.js';
import {
  type Departures,
  DROP_REASONS,
  type DropReason,
  type HeldBatch,
  holdBatch,
  LAST_TIME_PS,
  PS_PER_NS,
  PS_PER_SECOND,
  Switch,
  TimedDriver,
  type TimedSwitchOptions,
  type TimeObserver,
  timedSwitchOptions,
  UpdatePlayer,
} from '../../../sim/index.js';
import { clearPacketBatch, createPacketBatch, PACKET_MARKS } from '../../../traces/packets/packet-batch.js';
import type { PacketStore } from '../../../traces/packets/packet-store.js';
import { SessionError } from './failure.js';
import type { EngineChoice, PacketTime, TimingQuestion, TimingResult } from './protocol.js';
import { breathe, type Working } from './working.js';

const MAX_BINS = 2000;
const BATCH = { packets: 2048, bytes: 2 ** 20 } as const;
/** Entries a second: about what a driver writes in batches. */
const OPERATIONS_PER_SECOND = 10_000;
/** Column of losses of packets that left, and of those that have not ended. */
const LEFT = 255;
const OPEN = 254;
/** Last arrival: picoseconds are exact a little beyond it, so that packets in the switch can still leave. */
const MAX_NS = Math.floor(LAST_TIME_PS / PS_PER_NS) - 7e9;

/** Arrivals of the packets that have run, in nanoseconds from the first on. */
function arrivalsOf(packets: PacketStore, count: number, packetsPerSecond: number | undefined) {
  const arrivals = new Float64Array(count);
  let [early, untimed, last] = [0, 0, 0];
  let first: number | undefined;
  for (let packet = 0; packet < count; packet++) {
    const isUntimed = (packets.marks(packet) & PACKET_MARKS.untimed) !== 0;
    first ??= isUntimed ? undefined : packet;
    let at = last;
    if (packetsPerSecond !== undefined) at = Math.floor((packet * 1e9) / packetsPerSecond);
    else if (isUntimed || first === undefined) untimed++;
    else {
      const seconds = packets.timeSeconds(packet) - packets.timeSeconds(first);
      at = seconds * 1e9 + packets.timeNanoseconds(packet) - packets.timeNanoseconds(first);
    }
    if (at < last) early++;
    last = Math.max(last, at);
    arrivals[packet] = last;
  }
  if (last > MAX_NS) {
    throw new SessionError(
      'too-much',
      `the packets take ${(last / 1e9).toFixed(0)} s: the timing model holds ${(MAX_NS / 1e9).toFixed(0)} s`,
    );
  }
  return { arrivals, early, untimed, lastNs: last };
}

/** Counts by bin of virtual time, and notes when each packet left. */
class TimingObserver implements TimeObserver {
  nextTickPs: number;
  driver: TimedDriver | undefined;
  readonly packetsIn: Uint32Array;
  readonly packetsOut: Uint32Array;
  readonly lostBy: Uint32Array;
  readonly mostCells: Uint32Array;
  readonly meanLatencyNs: Float64Array;
  readonly mostLatencyNs: Float64Array;
  readonly queues = new Map<number, Uint32Array>();
  /** By packet. */
  readonly departureNs: Float64Array;
  readonly fate: Uint8Array;
  private arrivedBefore = 0;
  private bin = 0;

  constructor(
    private readonly bins: number,
    private readonly binPs: number,
    packets: number,
  ) {
    this.nextTickPs = binPs;
    this.packetsIn = new Uint32Array(bins);
    this.packetsOut = new Uint32Array(bins);
    this.lostBy = new Uint32Array(bins * DROP_REASONS.length);
    this.mostCells = new Uint32Array(bins);
    this.meanLatencyNs = new Float64Array(bins);
    this.mostLatencyNs = new Float64Array(bins);
    this.departureNs = new Float64Array(packets);
    this.fate = new Uint8Array(packets).fill(OPEN);
  }

  tick(nowPs: number): void {
    this.closeBin();
    this.bin = Math.min(this.bins - 1, Math.floor(nowPs / this.binPs));
    this.nextTickPs = this.bin === this.bins - 1 ? Number.POSITIVE_INFINITY : (this.bin + 1) * this.binPs;
  }

  /** Notes queues and arrivals of the bin that ends. */
  closeBin(): void {
    const { bin } = this;
    const { arrived, trafficManager } = must(this.driver, 'driver of the observer');
    this.packetsIn[bin] = must(this.packetsIn[bin], 'bin') + arrived.packets - this.arrivedBefore;
    this.arrivedBefore = arrived.packets;
    this.mostCells[bin] = Math.max(must(this.mostCells[bin], 'bin'), trafficManager.takeMostCells());
    for (const queue of trafficManager.ports) {
      const most = queue.takeMostCells();
      if (most === 0) continue;
      const column = this.queues.get(queue.port) ?? new Uint32Array(this.bins);
      column[bin] = Math.max(must(column[bin], 'bin'), most);
      this.queues.set(queue.port, column);
    }
  }

  left({ count, held, index, arrivalPs, departurePs }: Departures): void {
    const { bin } = this;
    for (let place = 0; place < count; place++) {
      const at = must(departurePs[place], 'departure of a packet');
      const latencyNs = (at - must(arrivalPs[place], 'arrival of a packet')) / PS_PER_NS;
      const before = must(this.packetsOut[bin], 'bin');
      this.packetsOut[bin] = before + 1;
      const mean = must(this.meanLatencyNs[bin], 'bin');
      this.meanLatencyNs[bin] = mean + (latencyNs - mean) / (before + 1);
      this.mostLatencyNs[bin] = Math.max(must(this.mostLatencyNs[bin], 'bin'), latencyNs);
      const { batch, holdsCopies } = must(held[place], 'batch of a packet');
      if (holdsCopies) continue;
      const packet = must(batch.arrival[must(index[place], 'place of a packet')], 'number of a packet');
      this.departureNs[packet] = at / PS_PER_NS;
      this.fate[packet] = LEFT;
    }
  }

  lost({ batch, holdsCopies }: HeldBatch, i: number, reason: DropReason): void {
    const code = DROP_REASONS.indexOf(reason);
    const at = this.bin * DROP_REASONS.length + code;
    this.lostBy[at] = must(this.lostBy[at], 'bin') + 1;
    if (!holdsCopies) this.fate[must(batch.arrival[i], 'number of a packet')] = code;
  }
}

/** A finished run in virtual time. */
export interface TimedOutcome {
  readonly result: TimingResult;
  /** @throws {SessionError} `bad-question` */
  readonly packetTime: (packet: number) => PacketTime;
  /** The last packet that had arrived by then, the first for an earlier time. */
  readonly packetAt: (nanoseconds: number) => number;
}

/** @throws {SessionError} */
export async function runTimed(
  history: History,
  question: TimingQuestion,
  { engine }: EngineChoice,
  working: Working,
): Promise<TimedOutcome> {
  const { bins, packetsPerSecond, operationsPerSecond = OPERATIONS_PER_SECOND } = question;
  const { count, packets, dataPlane, run } = history;
  requireQuestion(question);
  const { arrivals, early, untimed, lastNs } = arrivalsOf(packets, count, packetsPerSecond);
  const binPs = Math.max(1, Math.ceil((lastNs + 1) / bins)) * PS_PER_NS;
  const observer = new TimingObserver(bins, binPs, count);
  const { installed, seed } = run.setting;
  const emulator = new Switch(dataPlane, { engine, seed });
  for (const operation of installed) emulator.apply(operation);
  const options = optionsOf(history, question);
  const driver = new TimedDriver(emulator, options, observer);
  observer.driver = driver;
  const player = playerOf(history, emulator, arrivals, Math.round(PS_PER_SECOND / operationsPerSecond));
  if (player !== undefined) driver.playUpdates(player.player);
  await arrive(history, driver, arrivals, working);
  driver.runToEnd();
  observer.closeBin();
  const { packetsIn, packetsOut, lostBy: lost, mostCells, meanLatencyNs, mostLatencyNs } = observer;
  const nanosecondsPerBin = binPs / PS_PER_NS;
  const recirculation = dataPlane.description.ports.recirculation;
  const result: TimingResult = {
    series: { bins, nanosecondsPerBin, packetsIn, packetsOut, lost, mostCells, meanLatencyNs, mostLatencyNs },
    reasons: DROP_REASONS,
    cellBytes: dataPlane.description.trafficManager.cellBytes,
    queues: [...observer.queues]
      .sort(([a], [b]) => a - b)
      .map(([port, most]) => ({ port, isRecirculation: port === recirculation, mostCells: most })),
    updates: player === undefined ? [] : player.played(),
    early,
    untimed,
  };
  return {
    result,
    packetTime: (packet) => packetTimeOf(packet, arrivals, observer),
    packetAt: (nanoseconds) => lastArrival(arrivals, nanoseconds),
  };
}

function requireQuestion(question: TimingQuestion): void {
  const { bins } = question;
  if (!Number.isInteger(bins) || bins < 1 || bins > MAX_BINS) {
    throw new SessionError('bad-question', `${bins} bins of time: 1 to ${MAX_BINS} were expected`);
  }
  for (const name of RATES) {
    const rate = question[name];
    if (rate === undefined || (Number.isFinite(rate) && rate > 0)) continue;
    throw new SessionError('bad-question', `${name} is ${rate}: a number above 0 was expected`);
  }
}

const RATES = [
  'packetsPerSecond',
  'portBitsPerSecond',
  'recirculationBitsPerSecond',
  'queueBytes',
  'operationsPerSecond',
] as const;

function optionsOf(
  { dataPlane }: History,
  { portBitsPerSecond, recirculationBitsPerSecond, queueBytes }: TimingQuestion,
): TimedSwitchOptions {
  return {
    ...timedSwitchOptions(dataPlane),
    ...(portBitsPerSecond === undefined ? {} : { portBitsPerSecond }),
    ...(recirculationBitsPerSecond === undefined ? {} : { recirculationBitsPerSecond }),
    ...(queueBytes === undefined ? {} : { queueBytes }),
  };
}

/** Plays the events behind the first packet; those before it are made at once. */
function playerOf({ run, events }: History, emulator: Switch, arrivals: Float64Array, psPerOperation: number) {
  const before = [...run.setting.installed];
  for (const { packet, change } of events) {
    if (packet > 0) break;
    for (const { rpb, base, values } of change.memory) {
      const words = emulator.memory.wordsIn(rpb - 1);
      emulator.memory.range(rpb, base, Math.ceil(values.length / words)).set(values);
    }
    for (const operation of change.operations) emulator.apply(operation);
    before.push(...change.operations);
    emulator.forgetRetiredBranchIds();
  }
  const first = events.findIndex(({ packet }) => packet > 0);
  const later = first < 0 ? [] : events.slice(first).filter(({ packet }) => packet < arrivals.length);
  if (later.length === 0) return undefined;
  const updates = later.map(({ packet, change }, i) => ({
    name: `${first + i}`,
    atPs: must(arrivals[packet], 'arrival of a packet') * PS_PER_NS,
    memory: change.memory,
    operations: change.operations,
  }));
  const player = new UpdatePlayer(emulator, before, updates, psPerOperation);
  const played = (): TimingResult['updates'] =>
    player.played.map(({ startPs, endPs, mixed }, i) => {
      return { event: first + i, startNs: startPs / PS_PER_NS, endNs: endPs / PS_PER_NS, mixedPackets: mixed };
    });
  return { player, played };
}

async function arrive(
  { packets, count }: History,
  driver: TimedDriver,
  arrivals: Float64Array,
  working: Working,
): Promise<void> {
  const pool: HeldBatch[] = [];
  const times = new Float64Array(BATCH.packets);
  for (let packet = 0; packet < count; ) {
    let held = pool.find(({ inFlight }) => inFlight === 0);
    if (held === undefined) {
      held = holdBatch(createPacketBatch(BATCH.packets, BATCH.bytes));
      pool.push(held);
    }
    clearPacketBatch(held.batch);
    const copied = packets.copyTo(held.batch, packet, Math.min(count, packet + BATCH.packets));
    for (let i = 0; i < copied; i++) times[i] = must(arrivals[packet + i], 'arrival of a packet') * PS_PER_NS;
    driver.arriveAll(held, times);
    packet += copied;
    await breathe(working, { done: packet, total: count, unit: 'packets' });
  }
}

function lastArrival(arrivals: Float64Array, nanoseconds: number): number {
  let [low, high] = [0, arrivals.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (must(arrivals[middle], 'arrival of a packet') <= nanoseconds) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

function packetTimeOf(packet: number, arrivals: Float64Array, { departureNs, fate }: TimingObserver): PacketTime {
  const arrivalNs = arrivals[packet];
  const code = fate[packet];
  if (arrivalNs === undefined || code === undefined) {
    throw new SessionError('bad-question', `packet ${packet + 1} has not run in virtual time`);
  }
  if (code === LEFT) return { arrivalNs, departureNs: must(departureNs[packet], 'departure of a packet'), lost: null };
  return { arrivalNs, departureNs: null, lost: DROP_REASONS[code] ?? null };
}
