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
  maxRecirculations,
  SwitchState,
} from '../../../compiler/index.js';
import type { EngineName, TimedSwitchOptions } from '../../../sim/index.js';
import type { TrafficTarget } from '../../../traces/generate/packet-template.js';
import { CHECK_SEQUENCE_BYTES, LossFreeTrial, type TrialOptions } from './loss-free-trial.js';

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

const INGRESS_PORT = 0;
const EGRESS_PORT = 1;
const UDP_PORT = 9;
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
      yield { recirculations: count, ...(await lossFreeRow(options, program, bytes)) };
      options.onProgress(++done, all);
    }
  }
}

/** The rate and latency of packets of {@link programText}. @param options of a switch, or of a chain */
export async function lossFreeRow(
  options: Pick<TrialOptions, 'dataPlane' | 'engine' | 'switch' | 'betweenSwitchesNs' | 'tolerance'>,
  program: CompiledProgram,
  packetBytes: number,
): Promise<Omit<LossFreeRow, 'recirculations'>> {
  const target = targetOf(packetBytes);
  const trial = new LossFreeTrial({ ...options, operations: installOperations(program), target, packetBytes });
  const throughputGbps = await trial.lossFreeGbps();
  const packetsPerSecond = trial.packetsPerSecond(throughputGbps);
  return { packetBytes, throughputGbps, packetsPerSecond, latencyNs: trial.latencyNs() };
}

/** A program with exactly this number of recirculations: dependent steps, one for each RPB of its passes. */
export function programText(recirculations: number, rpbCount: number): string {
  const steps = Array.from({ length: recirculations * rpbCount }, (_, i) =>
    i % 2 === 0 ? 'ADD(har, sar);' : 'XOR(sar, har);',
  );
  const body = [`FORWARD(${EGRESS_PORT});`, 'LOADI(har, 1);', 'LOADI(sar, 2);', ...steps];
  return `program rounds(<hdr.udp.dst_port, ${UDP_PORT}, 0xffff>) {\n    ${body.join('\n    ')}\n}\n`;
}

/** @param dataPlane of one switch, or of a chain of one more switch than there are recirculations */
export function programOf(recirculations: number, dataPlane: DataPlane): CompiledProgram {
  const { programs, sourceHash } = analyse(programText(recirculations, dataPlane.rpbsPerSwitch), dataPlane);
  const [program] = programs;
  if (program === undefined) throw new Error('the program of the experiment has errors');
  const most = Math.min(recirculations, maxRecirculations(dataPlane));
  const compiled = link(lower(program, dataPlane, most), new SwitchState(dataPlane), sourceHash);
  if (compiled.passes !== recirculations + 1) throw new Error(`${compiled.passes} passes, not ${recirculations + 1}`);
  return compiled;
}

/** Packets of one flow, all alike. */
function targetOf(packetBytes: number): TrafficTarget {
  const frameBytes = packetBytes - CHECK_SEQUENCE_BYTES;
  return {
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
