/** What `bench network run` prints. */
import { counted } from '../../../compiler/data-plane/counting.js';
import { must } from '../../../compiler/data-plane/must.js';
import { textTable } from '../../../hw-driver/cli/kit/text-table.js';
import type { LatencySummary } from '../../measure/timing/latencies.js';
import type { SwitchPlan } from '../../network/network-plan.js';
import { directionSummary } from '../../network/network-summary.js';
import type { FollowedNote } from '../../network/node-reports.js';
import type { NetworkResult } from '../../network/run-network.js';

const count = (value: number): string => value.toLocaleString('en-US');
const threeDigits = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
const microseconds = (ns: number): string => threeDigits(ns / 1000);
const latency = (summary: LatencySummary | null, key: keyof LatencySummary): string =>
  summary === null ? '-' : microseconds(summary[key]);
const sumOf = (counts: object): number => Object.values(counts).reduce((sum: number, each: number) => sum + each, 0);

/** @param width columns of a line @param cpuSeconds that all threads took for the run */
export function networkReport(result: NetworkResult, width: number, cpuSeconds: number): string {
  const parts = [
    result.hosts.length === 0 ? '' : hostTable(result, width),
    switchTable(result, width),
    result.directions.length === 0 ? '' : linkTable(result, width),
    endLines(result, cpuSeconds),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function hostTable({ plan, hosts }: NetworkResult, width: number): string {
  const head = [
    'host',
    'sent',
    'answered',
    'received',
    'lost',
    'RTT 50 % µs',
    '99 %',
    '99.9 %',
    'one way 50 % µs',
    '99 %',
  ];
  const rows = hosts.map(({ node, sent, answered, received, refused, lostQueue, roundTripNs, oneWayNs }) => [
    must(plan.nodes[node], `node ${node}`).name,
    ...[sent, answered, received, refused + lostQueue].map(count),
    latency(roundTripNs, 'p50'),
    latency(roundTripNs, 'p99'),
    latency(roundTripNs, 'p999'),
    latency(oneWayNs, 'p50'),
    latency(oneWayNs, 'p99'),
  ]);
  return textTable(head, rows, width);
}

function switchTable({ plan, switches }: NetworkResult, width: number): string {
  const head = [
    'switch',
    'in',
    'out',
    'to CPU',
    'lost',
    'recirculations',
    'latency 50 % µs',
    '99 %',
    'most buffer cells',
  ];
  const rows = switches.map(({ node, arrived, reported, counters, timing }) => [
    must(plan.nodes[node], `node ${node}`).name,
    count(arrived),
    count(counters.out),
    count(reported),
    count(sumOf(timing.lost)),
    count(counters.recirculations),
    latency(timing.latencyNs, 'p50'),
    latency(timing.latencyNs, 'p99'),
    count(timing.mostCells),
  ]);
  return textTable(head, rows, width);
}

function linkTable(result: NetworkResult, width: number): string {
  const head = ['link', 'packets', 'Gbit/s', 'load', 'most queued bytes', 'lost'];
  const rows = result.directions.map((direction) => {
    const { from, to, packets, gigabitsPerSecond, load, mostQueuedBytes, lost } = directionSummary(result, direction);
    const share = `${threeDigits(100 * load)} %`;
    return [
      `${from} > ${to}`,
      count(packets),
      threeDigits(gigabitsPerSecond),
      share,
      count(mostQueuedBytes),
      count(sumOf(lost)),
    ];
  });
  return textTable(head, rows, width);
}

function endLines({ census, events, wallSeconds, plan, interrupted }: NetworkResult, cpuSeconds: number): string {
  const { sent, fed, copied, received, left, reported, lost, inFlight } = census;
  const reasons = Object.entries(lost).flatMap(([reason, packets]) =>
    packets > 0 ? [`${reason} ${count(packets)}`] : [],
  );
  const from = [`${count(sent)} sent`, ...(fed > 0 ? [`${count(fed)} from outside`] : [])];
  const copies = copied > 0 ? [`${count(copied)} by copying`] : [];
  const to = [`${count(received)} received`, ...(left > 0 ? [`${count(left)} left the network`] : [])];
  const more = reported > 0 ? [`${count(reported)} reported to the CPU`] : [];
  const perSecond = (seconds: number): string => count(Math.round(events / Math.max(seconds, 1e-6)));
  return [
    `packets  ${[...from, ...copies].join(', ')}: ${[...to, ...more].join(', ')}, ${count(sumOf(inFlight))} in flight`,
    `lost     ${reasons.length === 0 ? 'none' : reasons.join(', ')}`,
    `time     ${threeDigits(plan.endPs / 1e6)} µs in ${wallSeconds.toFixed(2)} s${interrupted ? ' (interrupted)' : ''}`,
    `events   ${count(events)}, ${perSecond(wallSeconds)} a second, ${perSecond(cpuSeconds)} a second of CPU`,
    '',
  ].join('\n');
}

/**
 * Events of a thread between two waits for others, below which threads cost more than they save: a wait takes the
 * processor about as long as thirty events.
 */
const WORTH_A_WAIT = 100;
/** Waits that take no time to speak of. */
const FEW_WAITS = 10_000;

/** What to say of threads that mostly waited for each other; undefined if they did not. */
export function waitingNote({ waits, events }: Pick<NetworkResult, 'waits' | 'events'>): string | undefined {
  if (waits < FEW_WAITS || events / waits >= WORTH_A_WAIT) return undefined;
  return (
    `threads waited for each other ${count(waits)} times, after ${threeDigits(events / waits)} events each, as the delays ` +
    'of the links between them are short: --workers 1 gives the same results with less work'
  );
}

/** The steps of followed packets, counted from 1: a paragraph for each packet. */
export function followedReport({ plan, notes }: NetworkResult): string {
  const keyOf = ({ sender, number }: FollowedNote): string => `${sender} ${number}`;
  const byPacket = new Map<string, FollowedNote[]>();
  for (const note of notes) {
    const steps = byPacket.get(keyOf(note));
    if (steps === undefined) byPacket.set(keyOf(note), [note]);
    else steps.push(note);
  }
  const nameOf = (node: number): string => must(plan.nodes[node], `node ${node}`).name;
  const paragraphs = [...byPacket.values()].map((steps) => {
    const [first] = steps;
    const head = first === undefined ? '' : `packet ${count(first.number + 1)} of ${nameOf(first.sender)}`;
    const lines = steps.map((note) => {
      const at = (note.timePs / 1e6).toFixed(6).padStart(14);
      const port = note.port < 0 ? '' : ` port ${note.port}`;
      return `${at} µs  ${nameOf(note.node)}${port}: ${stepText(note, plan.nodes[note.node])}`;
    });
    return [head, ...lines, ''].join('\n');
  });
  return paragraphs.join('\n');
}

function stepText(note: FollowedNote, node: NetworkResult['plan']['nodes'][number] | undefined): string {
  const { step, isAnswer, reason, program, recirculations } = note;
  const kind = isAnswer ? ' (answer)' : '';
  const ran = program === undefined || node?.kind !== 'switch' ? '' : `, ${programText(node, program)}`;
  const again =
    recirculations === undefined || recirculations === 0 ? '' : `, ${counted(recirculations, 'recirculation')}`;
  return `${step}${reason === undefined ? '' : ` (${reason})`}${ran}${again}${kind}`;
}

const programText = ({ programs }: SwitchPlan, id: number): string =>
  id === 0 ? 'no program' : `program ${programs.get(id) ?? id}`;
