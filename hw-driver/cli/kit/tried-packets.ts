/** A separate emulated switch with programs, through which single packets run with a full trace. */

import { must } from '../../../compiler/data-plane/must.js';
import {
  type Allocator,
  type Analysis,
  type CompiledProgram,
  type DataPlane,
  lower,
  type MulticastGroup,
} from '../../../compiler/index.js';
import { InProcessTarget, type PacketTrace, PacketTracer, Switch } from '../../../sim/index.js';
import type { MadePacket } from '../../../sim/made-packet/index.js';
import { appendPacket, COPIED, createPacketBatch, packetBytes } from '../../../traces/packets/packet-batch.js';
import { leftOf } from '../../../traces/packets/packet-copies.js';
import { Controller } from '../../control/controller.js';
import { frontPortForwarding } from '../../control/front-ports.js';
import { bucketPlace, type PairWord } from './bucket-place.js';
import { UsageError } from './command-line.js';
import type { MemorySetting } from './memory-setting.js';

export interface TryOptions {
  readonly dataPlane: DataPlane;
  readonly allocator: Allocator;
  readonly recirculations: number;
  readonly groups: readonly MulticastGroup[];
}

export interface TriedPacket {
  readonly trace: PacketTrace;
  /** The packet as it left or, if it was dropped, as it was then. */
  readonly bytes: Uint8Array;
  /** The copies that left of a packet to a group, in order; absent for other packets. */
  readonly copies?: readonly Uint8Array[];
  /** Words that the packet changed. */
  readonly memory: readonly ChangedWord[];
}

export interface ChangedWord {
  readonly program: string;
  readonly memory: string;
  readonly bucket: number;
  /** Of a pair: which of its words. */
  readonly word?: PairWord;
  readonly before: number;
  readonly after: number;
}

export class TrialSwitch {
  private readonly emulator: Switch;
  private readonly controller: Controller;
  private readonly programs: CompiledProgram[] = [];
  private packets = 0;

  private constructor(
    private readonly source: string,
    options: TryOptions,
  ) {
    this.emulator = new Switch(options.dataPlane, { engine: 'interpreted' });
    this.controller = new Controller(options.dataPlane, new InProcessTarget(this.emulator));
    for (const operation of frontPortForwarding(options.dataPlane)) this.emulator.apply(operation);
    for (const group of options.groups) this.emulator.apply({ kind: 'insertGroup', group });
  }

  /** @param analysis of a text without errors @throws {DoesNotFit} */
  static async of(source: string, { programs, sourceHash }: Analysis, options: TryOptions): Promise<TrialSwitch> {
    const made = new TrialSwitch(source, options);
    const { dataPlane, allocator, recirculations } = options;
    for (const program of programs) {
      const filterPriority = made.programs.length;
      const lowered = lower(program, dataPlane, recirculations);
      made.programs.push(await made.controller.deploy(lowered, sourceHash, { allocator, filterPriority }));
    }
    return made;
  }

  /** @throws {UsageError} */
  async set({ program, memory, first, last, contents }: MemorySetting): Promise<void> {
    const owners = this.programs.filter((each) => program === undefined || each.program === program);
    const [owner, ...others] = owners.filter(({ memories }) => memories.some(({ name }) => name === memory));
    if (owner === undefined) {
      const all = this.programs.flatMap((each) => each.memories.map(({ name }) => `${each.program}.${name}`));
      const asked = program === undefined ? memory : `${program}.${memory}`;
      throw new UsageError(`--memory: there is no memory ${asked}; the programs have ${all.join(', ') || 'no memory'}`);
    }
    if (others.length > 0)
      throw new UsageError(
        `--memory: several programs have a memory ${memory}: name one, as in ${owner.program}.${memory}`,
      );
    const buckets = must(owner.memories.find(({ name }) => name === memory)?.buckets, `memory ${memory}`);
    const from = first ?? 0;
    // One word or pair fills all buckets of the range, several fill consecutive buckets.
    const [only, ...more] = contents;
    const isOne = more.length === 0;
    const to = last ?? first ?? (isOne ? buckets - 1 : contents.length - 1);
    const count = isOne ? to - from + 1 : contents.length;
    const perBucket = this.controller.wordsPerBucket(owner.program, memory);
    if (contents.some((words) => words.length !== perBucket)) {
      const expected =
        perBucket === 2 ? 'pairs: write the low and the high word of each, as in 1:2' : 'words, not pairs';
      throw new UsageError(`--memory: ${owner.program}.${memory} has ${expected}`);
    }
    if (from + count > buckets) throw new UsageError(`--memory: ${memory} has buckets 0 to ${buckets - 1}`);
    const values = Array.from({ length: count }, (_, i) =>
      must(isOne ? only : contents[i], 'bucket of --memory'),
    ).flat();
    await this.controller.writeMemory(owner.program, memory, values, from);
  }

  async run({ bytes, ingressPort, queue, timestamp, wireLength }: MadePacket): Promise<TriedPacket> {
    const before = await this.memories();
    const batch = createPacketBatch(1, bytes.length);
    const seconds = Math.floor(timestamp / 1e9);
    const at = appendPacket(batch, bytes.length, wireLength, ingressPort, seconds, timestamp - seconds * 1e9);
    batch.bytes.set(bytes, at);
    batch.arrival[0] = this.packets;
    const byId = new Map(this.programs.map((each) => [each.programId, each]));
    const tracer = new PacketTracer(
      this.emulator,
      (programId) => {
        const found = byId.get(programId);
        return found && { name: found.program, placement: found.placement, source: this.source };
      },
      queue,
    );
    tracer.apply(this.emulator.operations());
    const trace = tracer.trace(batch, 0, ++this.packets);
    const memory = changes(before, await this.memories());
    const tried = { trace, bytes: packetBytes(batch, 0).slice(), memory };
    if (batch.egressPort[0] !== COPIED) return tried;
    const copies = leftOf(batch, 0).map(({ packets, place }) => packetBytes(packets, place).slice());
    return { ...tried, copies };
  }

  private async memories(): Promise<readonly MemoryWords[]> {
    const all: MemoryWords[] = [];
    for (const { program, memories } of this.programs) {
      for (const { name } of memories) {
        all.push({
          program,
          memory: name,
          wordsPerBucket: this.controller.wordsPerBucket(program, name),
          words: await this.controller.readMemory(program, name),
        });
      }
    }
    return all;
  }
}

interface MemoryWords {
  readonly program: string;
  readonly memory: string;
  readonly wordsPerBucket: 1 | 2;
  readonly words: Uint32Array;
}

function changes(before: readonly MemoryWords[], after: readonly MemoryWords[]): ChangedWord[] {
  return after.flatMap(({ program, memory, wordsPerBucket, words }, i) => {
    const was = before[i]?.words ?? words;
    return [...words].flatMap((word, at) => {
      const old = was[at] ?? word;
      return old === word ? [] : [{ program, memory, ...bucketPlace(at, wordsPerBucket), before: old, after: word }];
    });
  });
}
