/**
 * A program of three passes: on one switch, where each packet recirculates twice, and on three switches in a row, where each
 * passes every switch once. Throughput and latency against the offered rate.
 */
import { must } from '../../../compiler/data-plane/must.js';
import { linePanels, type PanelPoint } from '../../figures/panels.js';
import { summariseNetwork } from '../network-summary.js';
import { runStudyNetwork, type Study, type StudyNetwork, type StudyOptions, type StudyResult } from './study.js';

const SWITCHES = 3;
const STEPS = 26;
const IN_PORT = 1;
const OUT_PORT = 2;
/** With the bytes that a frame takes on the line besides its own. */
const FRAME_BYTES = 476;
const BITS_PER_FRAME = 8 * (FRAME_BYTES + 24);
const LINE_GBPS = 100;
const OFFERED_GBPS = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100];

/** Too many steps in sequence for two passes. */
const PROGRAM = `program long(<hdr.ipv4.dst, 172.16.0.9, 255.255.255.255>) {
    FORWARD(${OUT_PORT});
    EXTRACT(hdr.ipv4.src, sar);
${Array.from({ length: STEPS }, (_, n) => `    LOADI(har, ${3 * n + 1});\n    ADD(sar, har);`).join('\n')}
    MODIFY(hdr.ipv4.dst, sar);
}
`;

export function longProgramNetwork(isChain: boolean, offeredGbps: number): StudyNetwork {
  const rate = (offeredGbps * 1e9) / BITS_PER_FRAME;
  const size = isChain ? { switches: SWITCHES, betweenSwitchesNs: 50 } : { recirculations: SWITCHES - 1 };
  const cable = (host: string, port: number) => ({
    ...{ between: [`${host}:0`, `dut:${port}`], gigabitsPerSecond: LINE_GBPS, delayNs: 50, queueBytes: 100_000 },
  });
  return {
    document: {
      switches: { dut: { programs: ['long'], ...size, bufferBytes: 200_000 } },
      hosts: { sender: { send: [`flows:rate=${rate},bytes=${FRAME_BYTES}`] }, receiver: {} },
      links: [cable('sender', IN_PORT), cable('receiver', OUT_PORT)],
    },
    texts: new Map([['long', PROGRAM]]),
  };
}

export interface LongProgramRun {
  /** Of the frames that came to the receiver, with gaps and preambles. */
  readonly deliveredGbps: number;
  readonly p50Ns: number;
}

export async function runLongProgram(
  isChain: boolean,
  offeredGbps: number,
  options: StudyOptions,
): Promise<LongProgramRun> {
  const { hosts } = summariseNetwork(await runStudyNetwork(longProgramNetwork(isChain, offeredGbps), options));
  const receiver = must(hosts['receiver'], 'receiver');
  return {
    deliveredGbps: (receiver.received * BITS_PER_FRAME) / (options.microseconds * 1000),
    p50Ns: must(receiver.oneWayNs, 'latency of the receiver').p50,
  };
}

async function chainOfThree(options: StudyOptions): Promise<StudyResult> {
  const rows: Record<string, string | number>[] = [];
  const points: PanelPoint[] = [];
  for (const offered of OFFERED_GBPS) {
    for (const isChain of [true, false]) {
      if (options.signal.aborted) break;
      const series = isChain ? 'three switches in a row' : 'one switch, two recirculations';
      options.onProgress(`${offered} Gbit/s, ${series}`);
      const { deliveredGbps, p50Ns } = await runLongProgram(isChain, offered, options);
      rows.push({ offered_gbps: offered, on: series, delivered_gbps: deliveredGbps, latency_p50_us: p50Ns / 1000 });
      points.push({ panel: 'delivered, Gbit/s', series, x: offered, y: deliveredGbps });
      points.push({ panel: 'latency, 50 %, µs', series, x: offered, y: p50Ns / 1000 });
    }
  }
  const most = (isChain: boolean): string => {
    const of = rows.filter(({ on }) => String(on).startsWith('three') === isChain);
    return Math.max(...of.map((row) => Number(row['delivered_gbps']))).toFixed(0);
  };
  return {
    columns: ['offered_gbps', 'on', 'delivered_gbps', 'latency_p50_us'],
    rows,
    figure: linePanels({ points, x: 'offered, Gbit/s', y: '', columns: 2, hasOwnScales: true }),
    sentences: [
      `A program of three passes delivers ${most(true)} Gbit/s on three switches in a row, and ${most(false)} Gbit/s on one, ` +
        'where each packet takes the recirculation port twice.',
    ],
  };
}

export const CHAIN_OF_THREE: Study = {
  describe: 'a program of three passes, on three switches in a row and on one with recirculation',
  microseconds: 200,
  run: chainOfThree,
};
