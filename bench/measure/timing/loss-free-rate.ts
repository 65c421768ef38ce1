/**
 * The paper's experiment on recirculation (figure 11): the largest rate without packet loss, and the latency of a
 * packet in an empty switch, by number of recirculations and packet size. One program, one ingress port, one egress
 * port, packets at equal distances.
 */
import {
  analyse,
  type CompiledProgram,
  type DataPlane,
  installOperations,
  link,
  lower,
  must,
  SwitchState,
} from '../../../compiler/index.js';
import {
  type Departures,
  type EngineName,
  lineBytes,
  PS_PER_SECOND,
  Switch,
  TimedDriver,
  type TimedSwitchOptions,
  type TimeObserver,
} from '../../../sim/index.js';
import type { TrafficTarget } from '../../../traces/generate/packet-template.js';
import { createTrafficGenerator } from '../../../traces/generate/traffic-generator.js';
import { BatchPool } from './batch-pool.js';

export interface LossFreeOptions {
  readonly dataPlane: DataPlane;
  readonly engine: EngineName;
  readonly switch: Pick<TimedSwitchOptions, 'portBitsPerSecond' | 'recirculationBitsPerSecond' | 'inputWaitPs'>;
  /** Frame sizes in bytes with frame check sequence, as network testers count them. */
  readonly packetBytes: readonly number[];
  readonly recirculations: readonly number[];
  /** Tolerance of the rate, as a share of it. */
  readonly tolerance: number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, all: number) => void;
}

export interface LossFreeRow {
  readonly packetBytes: number;
  readonly recirculations: number;
  /** Throughput in bit/s with preamble and gap; the maximum is the rate of the port. */
  readonly throughputGbps: number;
  readonly packetsPerSecond: number;
  /** Latency from the first bit in to the first bit out. */
  readonly latencyNs: number;
}

const CHECK_SEQUENCE_BYTES = 4;
const INGRESS_PORT = 0;
const EGRESS_PORT = 1;
const UDP_PORT = 9;
/**
 * Size of a queue in packets: more than arrive at the recirculation port at once (one for each pass), and small, since
 * many times this number of packets is needed to detect a growing queue.
 */
const QUEUE_PACKETS = 20;
const BATCH_PACKETS = 1024;

/** Yields the rows in order. */
export async function* lossFreeRates(options: LossFreeOptions): AsyncGenerator<LossFreeRow> {
  const { packetBytes, recirculations } = options;
  const all = packetBytes.length * recirculations.length;
  let done = 0;
  options.onProgress(done, all);
  const programs = new Map(recirculations.map((count) => [count, programOf(count, options.dataPlane)]));
  for (const bytes of packetBytes) {
    for (const [count, program] of programs) {
      if (options.signal.aborted) return;
      const trial = new Trial(options, program, bytes);
      const throughputGbps = await trial.lossFreeGbps();
      const packetsPerSecond = (throughputGbps * 1e9) / (8 * lineBytes(bytes - CHECK_SEQUENCE_BYTES));
      yield {
        packetBytes: bytes,
        recirculations: count,
        throughputGbps,
        packetsPerSecond,
        latencyNs: trial.latencyNs(),
      };
      options.onProgress(++done, all);
    }
  }
}

/** A program with exactly this number of recirculations: dependent steps, one for each RPB of its passes. */
export function programText(recirculations: number, rpbCount: number): string {
  const steps = Array.from({ length: recirculations * rpbCount }, (_, i) =>
    i % 2 === 0 ? 'ADD(har, sar);' : 'XOR(sar, har);',
  );
  const body = [`FORWARD(${EGRESS_PORT});`, 'LOADI(har, 1);', 'LOADI(sar, 2);', ...steps];
  return `program rounds(<hdr.udp.dst_port, ${UDP_PORT}, 0xffff>) {\n    ${body.join('\n    ')}\n}\n`;
}

function programOf(recirculations: number, dataPlane: DataPlane): CompiledProgram {
  const { programs, sourceHash } = analyse(programText(recirculations, dataPlane.rpbCount), dataPlane);
  const [program] = programs;
  if (program === undefined) throw new Error('the program of the experiment has errors');
  const compiled = link(lower(program, dataPlane, recirculations), new SwitchState(dataPlane), sourceHash);
  if (compiled.passes !== recirculations + 1) throw new Error(`${compiled.passes} passes, not ${recirculations + 1}`);
  return compiled;
}

class Trial {
  private readonly pool: BatchPool;
  private readonly packets: number;
  private readonly bytesOnLine: number;
  private readonly target: TrafficTarget;

  constructor(
    private readonly options: LossFreeOptions,
    private readonly program: CompiledProgram,
    private readonly packetBytes: number,
  ) {
    const frameBytes = packetBytes - CHECK_SEQUENCE_BYTES;
    this.bytesOnLine = lineBytes(frameBytes);
    // A rate too high by half of the tolerance fills a queue; the bisection ends within the other half.
    this.packets = Math.ceil(QUEUE_PACKETS / (options.tolerance / 2));
    this.pool = new BatchPool(BATCH_PACKETS, BATCH_PACKETS * (packetBytes + 8));
    this.target = {
      variants: [
        {
          ingressPort: INGRESS_PORT,
          ethernet: { destination: 0x0a0000000001, source: 0x0a0000000002 },
          ipv4: {
            source: { base: 0x0a000001, hostMask: 0 },
            destination: { base: 0x0a000002, hostMask: 0 },
            protocol: 17,
          },
          udp: { sourcePort: 1, destinationPort: UDP_PORT },
          flows: 1,
          frameBytes: { minimum: frameBytes, maximum: frameBytes },
        },
      ],
    };
  }

  /** Bisects between 0 and the rate of the port. */
  async lossFreeGbps(): Promise<number> {
    const most = this.options.switch.portBitsPerSecond / 1e9;
    if (this.losesNothing(most)) return most;
    let [low, high] = [0, most];
    while (high - low > (this.options.tolerance / 2) * high) {
      const middle = (low + high) / 2;
      if (this.losesNothing(middle)) low = middle;
      else high = middle;
      // Lets an interrupt arrive.
      await new Promise(setImmediate);
    }
    return low;
  }

  /** Latency of a single packet. */
  latencyNs(): number {
    const { departuresPs } = this.run(1, 0);
    return departuresPs / 1000;
  }

  private losesNothing(gbps: number): boolean {
    const periodPs = (this.bytesOnLine * 8 * PS_PER_SECOND) / (gbps * 1e9);
    return this.run(this.packets, periodPs).lost === 0;
  }

  /** Runs packets at this distance until one is lost or all have left. */
  private run(packets: number, periodPs: number): { lost: number; departuresPs: number } {
    const outcome = { lost: 0, departuresPs: 0 };
    const driver = this.driver({
      nextTickPs: Number.POSITIVE_INFINITY,
      tick() {},
      left({ count, departurePs }: Departures) {
        outcome.departuresPs = must(departurePs[count - 1], 'time of a departure');
      },
      lost() {
        outcome.lost++;
      },
    });
    const generator = createTrafficGenerator({ targets: [this.target], seed: 'rounds', packetsPerSecond: 1 });
    for (let next = 0; next < packets && outcome.lost === 0; ) {
      const held = this.pool.take();
      const appended = generator.generateInto(held.batch, next, Math.min(BATCH_PACKETS, packets - next));
      for (let i = 0; i < appended && outcome.lost === 0; i++) {
        driver.arrive(held, i, Math.floor((next + i) * periodPs));
      }
      next += appended;
    }
    driver.runToEnd();
    return outcome;
  }

  /** A switch with the program. */
  private driver(observer: TimeObserver): TimedDriver {
    const { dataPlane, engine } = this.options;
    const { cellBytes, bufferBytes } = dataPlane.description.trafficManager;
    // The state header of a packet takes up to two more cells.
    const queueBytes = QUEUE_PACKETS * (Math.ceil(this.packetBytes / cellBytes) + 2) * cellBytes;
    const limits = { bufferBytes: Math.max(bufferBytes, 2 * queueBytes), queueBytes };
    const emulator = new Switch(dataPlane, { engine });
    for (const operation of installOperations(this.program)) emulator.apply(operation);
    return new TimedDriver(emulator, { ...this.options.switch, ...limits }, observer);
  }
}
