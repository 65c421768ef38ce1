/** Code paths to be timed, each as a function on a batch of real work. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must } from '../../../compiler/data-plane/must.js';
import {
  type Allocator,
  analyse,
  type DataPlane,
  defaultDataPlane,
  f1,
  greedyAllocator,
  lower,
  priceAllocator,
  SolverError,
  SwitchState,
  z3Allocator,
} from '../../../compiler/index.js';
import { createParser, Deparser, digestPackets, HashUnit, InterpretedParser, Phv } from '../../../sim/index.js';
import { createCaptureWriter } from '../../../traces/captures/create-capture-writer.js';
import { openCapture } from '../../../traces/captures/open-capture.js';
import { clearPacketBatch, createPacketBatch, type PacketBatch } from '../../../traces/packets/packet-batch.js';
import { programFile } from '../../workloads/program-kind.js';
import { actionPaths } from './action-paths.js';
import { allProgramsPath, compilerPaths } from './compiler-paths.js';
import type { Call, HotPath } from './hot-path.js';
import { deployLoadBalancers } from './load-balancers.js';

const PACKETS = 1024;
const MANY = 1000;
const HASHES = 1000;

/** All code paths. @param folder for temporary captures @param many programs of the paths with many */
export async function hotPaths(folder: string, many = MANY): Promise<HotPath[]> {
  const one = await switchWith(1);
  const { dataPlane } = one.emulator;
  let crowded: ReturnType<typeof switchWith> | undefined;
  return [
    ...headerPaths(dataPlane, one.batch),
    hashPath(dataPlane),
    ...switchPaths(1, async () => one),
    ...switchPaths(many, () => {
      crowded ??= switchWith(many);
      return crowded;
    }),
    { name: 'packet digest', operations: PACKETS, prepare: () => () => digestPackets(one.batch, 0, PACKETS, 0, 1) },
    ...actionPaths(dataPlane, one.batch),
    ...captureFormats.map((format) => capturePath(folder, format, one.batch)),
    ...compilerPaths(one.source),
    allProgramsPath(),
    ...(await allocatorPaths()),
  ];
}

function hashPath(dataPlane: DataPlane): HotPath {
  const prepare = (): Call => {
    const hash = new HashUnit(dataPlane.rpb(1).hash);
    const tuple = Uint8Array.from({ length: 13 }, (_, i) => i * 7);
    return () => {
      for (let i = 0; i < HASHES; i++) hash.digest(tuple, tuple.length);
    };
  };
  return { name: 'hash of a 5-tuple', operations: HASHES, prepare };
}

/** Code paths with a number of programs, in a switch that is built when the first of them is timed. */
function switchPaths(programs: number, built: () => ReturnType<typeof switchWith>): HotPath[] {
  const path = (name: string, call: (built: Awaited<ReturnType<typeof switchWith>>) => Call): HotPath => ({
    name,
    operations: PACKETS,
    prepare: async () => call(await built()),
  });
  return [
    path(
      `filter look-up among ${programs} programs`,
      ({ emulator, batch }) =>
        () =>
          emulator.classify(batch, 0, batch.count),
    ),
    path(`switch with ${programs} load balancers`, ({ emulator, batch, pristine }) => () => {
      // The switch rewrites packets in place, so each call restores the original packets.
      batch.bytes.set(pristine);
      emulator.process(batch);
    }),
    path(`traffic generator with ${programs} targets`, ({ generator }) => {
      const scratch = createPacketBatch(PACKETS, 2 ** 20);
      return () => {
        clearPacketBatch(scratch);
        generator.generateInto(scratch, 0, PACKETS);
      };
    }),
  ];
}

/** Parser and deparser. */
function headerPaths(dataPlane: DataPlane, batch: PacketBatch): HotPath[] {
  const phv = new Phv(dataPlane.headers.length);
  const deparser = new Deparser(dataPlane);
  const parsers = {
    'interpreted parser': new InterpretedParser(dataPlane),
    'compiled parser': createParser(dataPlane),
  };
  const begin = (i: number): void => {
    const start = batch.offset[i] as number;
    phv.begin(batch.bytes, start, start + (batch.capturedLength[i] as number), 0);
  };
  return [
    ...Object.entries(parsers).map(([name, parser]): HotPath => {
      const run = (): void => {
        for (let i = 0; i < batch.count; i++) {
          begin(i);
          parser.parse(phv);
        }
      };
      return { name, operations: batch.count, prepare: () => run };
    }),
    {
      name: 'compiled parser, and deparser with two checksums',
      operations: batch.count,
      prepare: () => () => {
        for (let i = 0; i < batch.count; i++) {
          begin(i);
          parsers['compiled parser'].parse(phv);
          phv.ipv4Changed = true;
          phv.transportDelta = 1;
          deparser.deparse(phv);
        }
      },
    },
  ];
}

const captureFormats = ['pcap', 'pcapng', 'pcap.gz'] as const;
/** Size of the capture: larger than one read. */
const CAPTURE_BATCHES = 32;

/** Reads a capture from a file that is in the page cache. */
function capturePath(folder: string, format: (typeof captureFormats)[number], packets: PacketBatch): HotPath {
  const prepare = (): Call => {
    const path = join(folder, `packets.${format}`);
    const writer = createCaptureWriter(path);
    for (let i = 0; i < CAPTURE_BATCHES; i++) writer.writeBatch(packets);
    writer.close();
    const batch = createPacketBatch(packets.count, packets.usedBytes);
    return async () => {
      const reader = await openCapture(path);
      do clearPacketBatch(batch);
      while ((await reader.readInto(batch)) > 0);
      await reader.close();
    };
  };
  return { name: `capture reader, ${format}`, operations: packets.count * CAPTURE_BATCHES, prepare };
}

async function switchWith(count: number) {
  const { emulator, programs, generator } = await deployLoadBalancers(count);
  const batch: PacketBatch = createPacketBatch(PACKETS, 2 ** 20);
  generator.generateInto(batch, 0, PACKETS);
  const pristine = batch.bytes.slice(0, batch.usedBytes);
  const { source } = must(programs[0], 'first load balancer').arrival;
  return { emulator, batch, pristine, generator, source };
}

/** The same program placed by each allocator, on an empty switch. */
async function allocatorPaths(): Promise<HotPath[]> {
  const dataPlane = defaultDataPlane();
  const state = new SwitchState(dataPlane);
  const [program] = analyse(await readFile(programFile('hh'), 'utf8'), dataPlane).programs;
  if (program === undefined) throw new Error('the heavy hitter detector does not compile');
  const { problem } = lower(program, dataPlane, 1);
  // Depths are computed on first use, before the measurement.
  void problem.rows;
  const path = (allocator: Allocator): HotPath => ({
    name: `placement of a heavy hitter detector by ${allocator.name}`,
    operations: 1,
    prepare: () => () => void allocator.place(problem, state),
  });
  return [path(priceAllocator()), path(greedyAllocator(f1())), ...solver().map(path)];
}

/** Z3 is optional. It starts with its first placement, so it has no cost unless it is timed. */
function solver(): Allocator[] {
  try {
    return [z3Allocator(f1())];
  } catch (error) {
    if (error instanceof SolverError) return [];
    throw error;
  }
}
