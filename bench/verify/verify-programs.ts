/** Compares programs with their network functions: each alone in a switch, and together with many others. */
import { counted } from '../../compiler/data-plane/counting.js';
import { must } from '../../compiler/data-plane/must.js';
import { type Allocator, type DataPlane, groupOfPorts, type MulticastGroup } from '../../compiler/index.js';
import { Switch, seedOfText } from '../../sim/index.js';
import type { CaptureOptions } from '../../traces/captures/capture-intake.js';
import type { TrafficTarget } from '../../traces/generate/packet-template.js';
import { clearPacketBatch, createPacketBatch } from '../../traces/packets/packet-batch.js';
import { CaptureAddressing } from '../workloads/capture-addressing.js';
import { type Deployment, deployWorkload } from '../workloads/deployment.js';
import { generatedPackets } from '../workloads/generated-packets.js';
import { serverPorts } from '../workloads/instance.js';
import { type CapturedPackets, capturedPackets, type PacketSource } from '../workloads/packet-source.js';
import type { ProgramKey } from '../workloads/program-kind.js';
import { type Arrival, loadWorkload, type Workload, WorkloadError } from '../workloads/workload.js';
import { Comparison, type Difference } from './compare.js';
import { verificationTraffic } from './verification-traffic.js';
import { type VerifiedProgram, verifiedProgram } from './verified-program.js';

export interface VerifyOptions {
  readonly dataPlane: DataPlane;
  readonly keys: readonly ProgramKey[];
  /** Allocators, each for a separate placement. */
  readonly allocators: readonly { readonly label: string; readonly allocator: Allocator }[];
  /** Number of other programs in the switch of a second round; 0 for no second round. */
  readonly companions: number;
  /** Number of elastic cases. */
  readonly cases: number;
  readonly memoryBytes: number;
  readonly recirculations: number;
  /** Captures; empty for generated packets. */
  readonly traces: readonly string[];
  /** Options for reading captures. */
  readonly captures?: CaptureOptions;
  /** Number of generated packets for each program. */
  readonly packets: number;
  readonly seed: string;
  readonly clock: () => number;
  readonly signal: AbortSignal;
  readonly onProgress: (what: string) => void;
}

/** One program in one switch. */
export interface VerifiedRow {
  readonly key: ProgramKey;
  readonly program: string;
  readonly allocator: string;
  /** Number of other programs in the switch. */
  readonly others: number;
  /** RPB of its first row, from 1, and number of passes. */
  readonly firstRpb: number;
  readonly passes: number;
  /** Number of compared packets that ran it. */
  readonly packets: number;
  readonly words: number;
}

export interface Verification {
  readonly rows: readonly VerifiedRow[];
  /** Number of compared packets, including those of other programs and of none. */
  readonly packets: number;
  readonly difference: Difference | null;
  /** Warnings about captures, and sentences on changes made to their packets. */
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

/** Yields each finished round; the first with a difference is the last. */
export async function* verifyPrograms(options: VerifyOptions): AsyncGenerator<Verification> {
  for (const { label, allocator } of options.allocators) {
    const rounds = options.keys.map((key) => ({ keys: [key], companions: 0 }));
    if (options.companions > 0) rounds.push({ keys: [...options.keys], companions: options.companions });
    for (const round of rounds) {
      if (options.signal.aborted) return;
      const alone = round.companions === 0 ? round.keys.join() : `all, with ${round.companions} others`;
      const onProgress = (what: string): void => options.onProgress(`${alone}, ${label}: ${what}`);
      const done = await verifyRound({ ...options, ...round, label, allocator, onProgress });
      yield done;
      if (done.difference !== null) return;
    }
  }
}

interface RoundOptions extends VerifyOptions {
  readonly label: string;
  readonly allocator: Allocator;
}

/** Number of instances of each program: two for programs with two rules. */
const INSTANCES = 2;
const BATCH = { packets: 2048, bytes: 4 * 2 ** 20 };
const GROUP_PORTS = 4;

/** Group 1 of the switch, where the data plane has groups. */
const groupsFor = (dataPlane: DataPlane): readonly MulticastGroup[] =>
  dataPlane.description.replication === undefined ? [] : [groupOfPorts(1, serverPorts(GROUP_PORTS, dataPlane), [])];
/** Programs that read queueing times. */
const QUEUE_READERS: readonly ProgramKey[] = ['ecn', 'conquest'];
/** Queueing time of some packets in ns. */
const MAX_QUEUE_NS = 20_011;

async function verifyRound(options: RoundOptions): Promise<Verification> {
  const { dataPlane, keys } = options;
  const readsQueue = keys.length === 1 && keys.every((key) => QUEUE_READERS.includes(key));
  const emulator = new Switch(dataPlane, { seed: seedOfText(options.seed) });
  const workload = await arrivalsOf(options);
  const programs = options.companions + INSTANCES * keys.length;
  const deployment = await deployWorkload(emulator, {
    ...options,
    workload,
    programs,
    groups: groupsFor(dataPlane),
    onProgress: (count) => options.onProgress(`${count.toLocaleString('en-US')} of ${programs} programs deployed`),
  });
  if (deployment.failure !== null) {
    throw new WorkloadError(`the switch cannot hold ${programs} programs: ${deployment.failure.reason}`);
  }
  const verified = deployment.programs.map((program) =>
    verifiedProgram(program, dataPlane, options.cases, emulator.seed),
  );
  const queueNs = (n: number): number => (readsQueue ? (n * 7919) % MAX_QUEUE_NS : 0);
  const comparison = new Comparison(emulator, verified, queueNs);
  const source = await packetSource(options, deployment);
  const difference = await compareAll(comparison, source, options);
  return {
    rows: rowsOf(deployment, verified, comparison, options),
    packets: comparison.total,
    difference: difference ?? (await comparison.memories(deployment.controller)) ?? null,
    warnings: 'warnings' in source ? source.warnings : [],
    notes: 'notes' in source ? source.notes : [],
  };
}

async function compareAll(
  comparison: Comparison,
  source: PacketSource,
  { signal, onProgress }: VerifyOptions,
): Promise<Difference | undefined> {
  const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
  try {
    while (!signal.aborted && (await source.fill(batch)) > 0) {
      const difference = comparison.process(batch);
      if (difference !== undefined) return difference;
      onProgress(`${counted(comparison.total, 'packet')} compared`);
      clearPacketBatch(batch);
      await new Promise(setImmediate);
    }
    return undefined;
  } finally {
    await source.close();
  }
}

/** The companions, of all kinds, then the verified programs. */
async function arrivalsOf(options: RoundOptions): Promise<Workload> {
  const { companions, keys } = options;
  const others = await loadWorkload({ ...options, name: 'all-mixed' });
  const looked = await Promise.all(keys.map((key) => loadWorkload({ ...options, name: key })));
  return {
    name: 'verification',
    asWritten: false,
    arrival(number) {
      if (number < companions) return others.arrival(number);
      const own = looked[Math.floor((number - companions) / INSTANCES)]?.arrival(number);
      if (own === undefined) throw new Error(`there is no arrival ${number}`);
      return { ...own, traffic: verificationTraffic(own.key as ProgramKey, own.traffic, options.dataPlane) };
    },
  };
}

async function packetSource(options: RoundOptions, { programs }: Deployment): Promise<PacketSource | CapturedPackets> {
  const arrivals = programs.map(({ arrival }) => arrival);
  if (options.traces.length > 0) {
    const looked = programs.slice(options.companions);
    const addressable = looked.map(({ program, arrival }) => ({ program, address: arrival.address }));
    const { dataPlane, traces, captures = {} } = options;
    const addressing = new CaptureAddressing(dataPlane, addressable);
    return capturedPackets({ paths: traces, options: captures }, dataPlane, addressing);
  }
  return generatedPackets(targetsOf(arrivals, options.companions), options.packets * options.keys.length, options.seed);
}

/** Traffic of which half is for the verified programs. */
function targetsOf(arrivals: readonly Arrival[], companions: number): TrafficTarget[] {
  const looked = arrivals.slice(companions).map(({ traffic }) => traffic);
  const times = Math.max(1, Math.round(companions / Math.max(1, looked.length)));
  return [
    ...arrivals.slice(0, companions).map(({ traffic }) => traffic),
    ...Array.from({ length: times }, () => looked).flat(),
  ];
}

function rowsOf(
  { programs, admitted }: Deployment,
  verified: readonly VerifiedProgram[],
  { packets }: Comparison,
  { companions, label }: RoundOptions,
): VerifiedRow[] {
  return verified.slice(companions).map(({ key, name }, i) => {
    const { compiled } = must(programs[companions + i], `program ${name}`);
    return {
      key,
      program: name,
      allocator: label,
      others: verified.length - 1,
      firstRpb: must(admitted[companions + i]?.firstRpb, `admission of ${name}`),
      passes: must(compiled?.passes, `compiled program ${name}`),
      packets: packets.get(name) ?? 0,
      words: compiled.memories.reduce((sum, { buckets }) => sum + buckets, 0),
    };
  });
}
