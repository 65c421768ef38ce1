/**
 * The switch alone against a plain C loop that does the same work on the same packets, and against a whole run, which
 * generates and digests the packets too, in alternate turns.
 */
import { join } from 'node:path';
import { digestPackets, OutputDigest } from '../../../sim/blocks/digest.js';
import { clearPacketBatch, createPacketBatch, type PacketBatch } from '../../../traces/packets/packet-batch.js';
import { distribution } from '../statistics/statistics.js';
import {
  type BaselineFiles,
  compileBaseline,
  outputOf,
  requireEqualOutput,
  runBaseline,
  writeBaselineInput,
} from './c-baseline.js';
import { deployLoadBalancers, type LoadBalancers } from './load-balancers.js';

/** The JSON document of `bench micro --against-c --json`. */
export const AGAINST_C_SCHEMA = 'p4runpro-bench/against-c@1';

export interface AgainstC {
  readonly programs: number;
  readonly packets: number;
  /** Nanoseconds per packet in each turn, of the switch and of the C program. */
  readonly switchNs: readonly number[];
  readonly cNs: readonly number[];
  /** Time of the switch divided by that of the C program in the same turn: median, lowest, highest. */
  readonly ratio: number;
  readonly lowestRatio: number;
  readonly highestRatio: number;
  /** Nanoseconds per packet in each turn of a whole run: generation, switch, digests. */
  readonly wholeNs: readonly number[];
  /** Time of a whole run divided by that of the switch alone in the same turn: median. */
  readonly wholeRatio: number;
}

export interface AgainstCDocument {
  readonly schema: typeof AGAINST_C_SCHEMA;
  readonly results: readonly AgainstC[];
}

export interface AgainstCOptions {
  /** For the C program and its files. */
  readonly folder: string;
  /** Numbers of load balancers. */
  readonly programs: readonly number[];
  /** Time of each side in each turn. */
  readonly milliseconds: number;
  readonly turns: number;
  readonly onTurn: (programs: number, turn: number) => void;
}

/** Packets in a batch and batches in a pass, as `bench run` has them: a batch fits the cache, all of them do not. */
const BATCH = { packets: 2048, bytes: 2 ** 20 };
const BATCHES = 32;

/** @throws {NoBaseline} without a C compiler */
export async function measureAgainstC(options: AgainstCOptions): Promise<AgainstC[]> {
  const { folder, programs } = options;
  const executable = compileBaseline(folder);
  const files = { executable, input: join(folder, 'input'), output: join(folder, 'output') };
  const results: AgainstC[] = [];
  for (const count of programs) results.push(takeTurns(await deployLoadBalancers(count), files, options));
  return results;
}

function takeTurns(switched: LoadBalancers, files: BaselineFiles, options: AgainstCOptions): AgainstC {
  const { turns, milliseconds, onTurn } = options;
  const batches = generated(switched);
  const ofSwitch = new SwitchPasses(switched, batches);
  writeBaselineInput(files, switched, batches);
  runBaseline(files, 0);
  requireEqualOutput(files, ofSwitch.output());
  // Not counted: in the first turn the switch is compiled.
  ofSwitch.turn(milliseconds);
  ofSwitch.wholeTurn(milliseconds);
  const [switchNs, cNs, wholeNs]: [number[], number[], number[]] = [[], [], []];
  for (let turn = 0; turn < turns; turn++) {
    switchNs.push(ofSwitch.turn(milliseconds));
    cNs.push(runBaseline(files, milliseconds));
    wholeNs.push(ofSwitch.wholeTurn(milliseconds));
    onTurn(switched.programs.length, turn + 1);
  }
  const ratios = switchNs.map((ns, turn) => ns / (cNs[turn] ?? Number.NaN));
  const wholeRatios = wholeNs.map((ns, turn) => ns / (switchNs[turn] ?? Number.NaN));
  return {
    programs: switched.programs.length,
    packets: BATCH.packets * BATCHES,
    switchNs,
    cNs,
    ratio: distribution(ratios).p50,
    lowestRatio: Math.min(...ratios),
    highestRatio: Math.max(...ratios),
    wholeNs,
    wholeRatio: distribution(wholeRatios).p50,
  };
}

function generated({ generator }: LoadBalancers): PacketBatch[] {
  return Array.from({ length: BATCHES }, (_, n) => {
    const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
    generator.generateInto(batch, n * BATCH.packets, BATCH.packets);
    return batch;
  });
}

class SwitchPasses {
  private readonly work = createPacketBatch(BATCH.packets, BATCH.bytes);

  constructor(
    private readonly switched: LoadBalancers,
    private readonly batches: readonly PacketBatch[],
  ) {
    switched.emulator.prepare();
  }

  /** What the switch makes of all batches. */
  output(): Uint8Array[] {
    return this.batches.flatMap((batch) => {
      this.fill(batch);
      this.switched.emulator.process(this.work);
      return outputOf(this.work);
    });
  }

  /** As many passes over all batches as fit into the time. @returns nanoseconds per packet, the median of the passes */
  turn(milliseconds: number): number {
    const { work, batches } = this;
    const { emulator } = this.switched;
    return medianOfPasses(milliseconds, () => {
      let spent = 0;
      for (const batch of batches) {
        this.fill(batch);
        const start = performance.now();
        emulator.process(work);
        spent += performance.now() - start;
      }
      return spent;
    });
  }

  /** As {@link turn}, with the generation and the digests of the packets. */
  wholeTurn(milliseconds: number): number {
    const { work } = this;
    const { emulator, generator } = this.switched;
    return medianOfPasses(milliseconds, () => {
      const digest = new OutputDigest();
      const start = performance.now();
      for (let n = 0; n < BATCHES; n++) {
        clearPacketBatch(work);
        generator.generateInto(work, n * BATCH.packets, BATCH.packets);
        emulator.process(work);
        digestPackets(work, 0, work.count, 0, 1);
        digest.update(work);
      }
      return performance.now() - start;
    });
  }

  /** Fresh packets, as the switch rewrites them in place. */
  private fill({ count, usedBytes, offset, capturedLength, ingressPort, bytes }: PacketBatch): void {
    const { work } = this;
    work.count = count;
    work.usedBytes = usedBytes;
    work.offset.set(offset);
    work.capturedLength.set(capturedLength);
    work.ingressPort.set(ingressPort);
    work.bytes.set(bytes.subarray(0, usedBytes));
  }
}

/** @param pass takes all packets once and returns its milliseconds @returns nanoseconds per packet */
function medianOfPasses(milliseconds: number, pass: () => number): number {
  const passes: number[] = [];
  const end = performance.now() + milliseconds;
  do passes.push((pass() * 1e6) / (BATCH.packets * BATCHES));
  while (performance.now() < end);
  return distribution(passes).p50;
}
