/** A golden: packets and memory that a program starts from. */
import type { CompiledProgram, DataPlane, MulticastGroup } from '../../../compiler/index.js';
import type { PacketTemplate } from '../../../traces/generate/packet-template.js';
import type { ProgramKey } from '../../workloads/program-kind.js';

/** Placement of the program, for packets that need certain hashes. */
export interface Placed {
  readonly compiled: CompiledProgram;
  readonly dataPlane: DataPlane;
}

export interface Golden {
  /** Name of its folder in traces/golden. */
  readonly name: string;
  readonly key: ProgramKey;
  /** Queueing time of every packet. */
  readonly queueNanoseconds?: number;
  /** Groups of the switch; none if left out. */
  readonly groups?: readonly MulticastGroup[];
  /** Initial memory contents, as in memory-contents.ts. */
  readonly memory?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
  readonly packets: (placed: Placed) => readonly PacketTemplate[];
}
