/** What a packet becomes by the meaning of a program: one outcome, or one for each copy of a packet to a group. */
import { type DataPlane, interpret, type Program, type ProgramRun, undoAccesses } from '../../compiler/index.js';
import type { CopyList } from '../blocks/replication-engine.js';
import { PacketBytes } from './packet-bytes.js';
import type { ArrivedPacket } from './random-packet.js';
import { MissingStep, type StatementPlaces } from './statement-places.js';

/** What a copy of a packet becomes. */
export interface CopyOutcome {
  readonly run: ProgramRun;
  /** Undefined: it is dropped. */
  readonly port: number | undefined;
  /** As it leaves. */
  readonly bytes: Uint8Array;
}

export class MeaningSide {
  readonly packet: PacketBytes;

  /** @param memories words of each memory by name, changed in place @param seed of random numbers */
  constructor(
    private readonly program: Program,
    dataPlane: DataPlane,
    private readonly places: StatementPlaces,
    private readonly memories: ReadonlyMap<string, Uint32Array>,
    private readonly seed: number,
  ) {
    this.packet = new PacketBytes(dataPlane);
  }

  /** Runs the program on {@link packet}. @param arrival its number @param copy its number, of a copy */
  interpret(arrival: number, copy = 0): ProgramRun | MissingStep {
    try {
      return interpret(this.program, {
        packet: this.packet,
        memories: this.memories,
        ...this.places.functions(this.seed, arrival, copy),
      });
    } catch (error) {
      if (error instanceof MissingStep) return error;
      throw error;
    }
  }

  /**
   * Runs the program on each copy of a packet to a group, with the replication id of its own. Accesses of memory come
   * before the packet is copied, so that they are the same in all runs, and happen once.
   * @param first the run of no copy, whose accesses are undone
   */
  interpretCopies(packet: ArrivedPacket, first: ProgramRun, list: CopyList): CopyOutcome[] | MissingStep {
    let last = first;
    const copies: CopyOutcome[] = [];
    for (const [copy, port] of list.ports.entries()) {
      undoAccesses(last, this.memories);
      const view = this.packet.load(packet, list.replicationIds[copy]);
      const run = this.interpret(packet.arrival, copy);
      if (run instanceof MissingStep) return run;
      last = run;
      const isDropped = run.kind === 'undefined' || run.verdict.kind === 'dropped';
      copies.push({ run, port: isDropped ? undefined : port, bytes: view.finish() });
    }
    return copies;
  }
}
