/** Summary of a run as text: figures, and a heat map of the RPBs. */

import { Ansis } from 'ansis';
import { counted } from '../../../compiler/data-plane/counting.js';
import type { Gress } from '../../../compiler/data-plane/description.js';
import { must } from '../../../compiler/data-plane/must.js';
import type { DataPlane } from '../../../compiler/index.js';
import { DROP_REASONS, type DropReason } from '../../../sim/index.js';
import type { Addressing, ReportedRun, RunSummary } from '../../measure/run/summary.js';
import { withLineOfInstance } from './instance-lines.js';

const LABEL_WIDTH = 14;

/** @param colours whether the terminal shows them */
export function renderRunSummary(
  { summary, dataPlane, interrupted, captureNotes }: ReportedRun,
  colours: boolean,
): string {
  const paint = new Ansis(colours ? 3 : 0);
  const line: Line = (label, text) => `${paint.bold(label.padEnd(LABEL_WIDTH))}${text}`;
  const lines = [
    line('workload', `${summary.workload}, seed ${summary.seed}${interrupted ? paint.yellow(' (interrupted)') : ''}`),
    line('programs', deployedText(summary)),
    ...(summary.failure === null ? [] : [line('', paint.yellow(`stopped: ${stopReason(summary, summary.failure)}`))]),
    dataPlane.switches > 1 ? line('switches', `${dataPlane.switches} in a row`) : line('passes', passesText(summary)),
    line('allocation', `${microseconds(summary.allocationUs)} per program`),
    ...compilationLines(summary, line),
    '',
    ...heatMap(summary, dataPlane, paint, line),
    '',
    ...captureNotes.map((note, i) => line(i === 0 ? 'captures' : '', note)),
    ...(summary.constraints === 'sound' ? packetLines(summary, line) : [line('packets', NO_PACKETS)]),
  ];
  return `${lines.join('\n')}\n`;
}

/** A program that ran on packets as captured has the text of its file. */
const stopReason = ({ workload, addressing }: RunSummary, { reason }: NonNullable<RunSummary['failure']>): string =>
  addressing === 'as captured' ? reason : withLineOfInstance(reason, workload);

const ADDRESSED: Readonly<Record<Addressing, string>> = {
  'as captured': 'as captured, with the filter of the program (--readdress: rewritten to match an instance)',
  readdressed: 'rewritten to match the filters of the programs',
};
const NO_PACKETS = 'none: --constraints published allocates programs and runs no packets';

type Line = (label: string, text: string) => string;

/** Times of allocation, and of compilation, which published shapes do not have. */
const compilationLines = ({ constraints, compileUs }: RunSummary, line: Line): string[] =>
  constraints === 'sound' ? [line('compilation', `${microseconds(compileUs)} per program, allocation included`)] : [];

function packetLines(summary: RunSummary, line: Line): string[] {
  const { packets } = summary;
  return [
    line('packets', `${count(packets.in)} in, ${count(packets.out)} out, ${count(packets.dropped)} dropped`),
    line('', `${count(packets.reported)} reported to the CPU, ${count(packets.unmatched)} without a matching program`),
    line('', counted(packets.recirculations, 'recirculation')),
    ...copyLines(packets, line),
    ...outsideLines(packets.outsideAccesses, line),
    ...(summary.addressing === null ? [] : [line('', ADDRESSED[summary.addressing])]),
    line(
      'speed',
      `${count(Math.round(summary.packetsPerSecond))} packets/s (${summary.wallSeconds.toFixed(2)} s, ` +
        `${counted(summary.workers, 'worker')}, ${summary.engine ?? 'no'} engine)`,
    ),
    ...warmupLines(summary, line),
    ...repeatLines(summary, line),
    ...timingLines(summary, line),
    line('state hash', summary.stateHash ?? ''),
    line('output hash', summary.outputHash ?? ''),
  ];
}

/** Of runs in which packets went to groups. */
const copyLines = ({ copied, copies, noGroup }: RunSummary['packets'], line: Line): string[] =>
  copied === undefined || copies === undefined || noGroup === undefined
    ? []
    : [line('', `${counted(copied, 'packet')} copied to ${counted(copies, 'copy')}, ${count(noGroup)} to no group`)];

/** Accesses outside a program's memory; always 0 for programs with a proof of addresses. */
const outsideLines = (accesses: number, line: Line): string[] => [
  line('', `${counted(accesses, 'memory access')} outside the program's own`),
];

function warmupLines({ warmupPackets }: RunSummary, line: Line): string[] {
  return warmupPackets === 0
    ? []
    : [line('', `after a warm-up of ${counted(warmupPackets, 'packet')}, which was undone`)];
}

function repeatLines({ repeats }: RunSummary, line: Line): string[] {
  if (repeats.length < 2) return [];
  const speeds = repeats.map(({ packetsPerSecond }) => Math.round(packetsPerSecond));
  const range = `${count(Math.min(...speeds))} to ${count(Math.max(...speeds))}`;
  return [line('', `median of ${repeats.length} repeats, ${range} packets/s`)];
}

function timingLines({ timing }: RunSummary, line: Line): string[] {
  if (timing === null) return [];
  const { latencyNs, lost, marked, cycles } = timing;
  const ns = (value: number): string => `${value.toFixed(value < 1e4 ? 1 : 0)} ns`;
  const losses = DROP_REASONS.filter((reason) => lost[reason] > 0);
  return [
    line('virtual time', `${(timing.seconds * 1e6).toFixed(3)} µs, ${timing.throughputGbps.toFixed(3)} Gbit/s out`),
    ...(latencyNs === null
      ? []
      : [
          line('latency', `${ns(latencyNs.p50)} median, ${ns(latencyNs.p99)} p99, ${ns(latencyNs.max)} max`),
          line('', `${ns(latencyNs.min)} min; ${cycles.ingress} + ${cycles.egress} cycles are match-action stages`),
        ]),
    line('lost', losses.map((reason) => `${count(lost[reason])} ${LOST[reason]}`).join(', ') || 'none'),
    ...(marked === 0 ? [] : [line('marked', `${counted(marked, 'packet')} left with ECN 3 (congestion experienced)`)]),
    line('queues', `maximum ${count(timing.mostBufferCells)} cells of ${timing.cellBytes} bytes`),
    ...(timing.updates ?? []).map(({ name, before, after, mixed }) =>
      line('update', `${name}: ${counted(before, 'packet')} before, ${count(after)} after, ${count(mixed)} mixed`),
    ),
  ];
}

const LOST: Readonly<Record<DropReason, string>> = {
  input: 'before the pipe (line or pipe busy)',
  ingress: 'in ingress (dropped)',
  queue: 'at full queues',
  buffer: 'at a full buffer',
  egress: 'in egress (dropped)',
  unforwarded: 'without an egress port',
};

const count = (value: number): string => value.toLocaleString('en-US');
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function deployedText(summary: RunSummary): string {
  const { programsDeployed, programsRequested } = summary;
  const asked = programsRequested === 'max' ? ' (maximum)' : ` of ${count(programsRequested)}`;
  return `${count(programsDeployed)}${asked} deployed, ${count(summary.entries)} table entries`;
}

function passesText({ passes }: RunSummary): string {
  const parts = Object.entries(passes).map(
    ([pass, programs]) => `${count(programs)} with ${counted(Number(pass), 'pass')}`,
  );
  return parts.join(', ') || 'none';
}

const microseconds = ({ p50, p95, max }: { p50: number; p95: number; max: number }): string =>
  `${count(Math.round(p50))} µs median, ${count(Math.round(p95))} µs p95, ${count(Math.round(max))} µs max`;

/** Characters of rising density, for terminals without colours. */
const SHADES = [' ', '░', '▒', '▓', '█'];
/** Width of a percentage: a space and up to three digits. */
const CELL_WIDTH = 4;

/** A block for each gress, with a row for entries and one for memory: a cell's colour and number are the percentage. */
function heatMap(summary: RunSummary, dataPlane: DataPlane, paint: Ansis, line: Line): string[] {
  const row = (label: string, shares: readonly number[]): string =>
    `${label.padEnd(LABEL_WIDTH)}${shares.map((share) => cell(share, paint)).join('')}`;
  const entries = dataPlane.rpbs.map((rpb, i) => must(summary.rpb[i]?.entries, 'RPB of the summary') / rpb.entries);
  const buckets = dataPlane.rpbs.map((rpb, i) => must(summary.rpb[i]?.buckets, 'RPB of the summary') / rpb.buckets);
  const block = (gress: Gress, member: number): string[] => {
    const rpbs = dataPlane.rpbs.filter((rpb) => rpb.gress === gress && rpb.member === member);
    const of = (shares: readonly number[]): number[] => rpbs.map(({ index }) => must(shares[index], 'share of an RPB'));
    const numbers = rpbs
      .map(({ index }) => String((index % dataPlane.rpbsPerSwitch) + 1).padStart(CELL_WIDTH))
      .join('');
    return [
      `${`${gress} RPB`.padEnd(LABEL_WIDTH)}${paint.dim(numbers)}`,
      row('entries, %', of(entries)),
      row('memory, %', of(buckets)),
    ];
  };
  const members = Array.from({ length: dataPlane.switches }, (_, member) => [
    ...(dataPlane.switches > 1 ? [line(`switch ${member + 1}`, '')] : []),
    ...block('ingress', member),
    ...block('egress', member),
  ]);
  return [
    ...members.flat(),
    line(
      'in use',
      `${percent(summary.tableEntryUtilization)} of entries, ${percent(summary.memoryUtilization)} of memory`,
    ),
  ];
}

function cell(share: number, paint: Ansis): string {
  const text = String(Math.round(share * 100)).padStart(CELL_WIDTH);
  if (paint.level === 0) return share === 0 ? `${SHADES[0]} 0`.padStart(CELL_WIDTH) : text;
  // White to yellow to red, readable on light and dark terminals.
  const fade = (from: number, to: number): number => Math.round(from + (to - from) * share);
  return paint.bgRgb(255, fade(255, 80), fade(230, 40)).black(text);
}
