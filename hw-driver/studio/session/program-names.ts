/** Names of the programs that took packets, by their ids, without a look at all programs for each packet. */
import type { History } from '../../../sim/history/index.js';

export class ProgramNames {
  private names: ReadonlyMap<number, string> = new Map();
  /** The packets between two events that {@link names} is of: from … to - 1. */
  private from = 0;
  private to = 0;

  constructor(private readonly history: History) {}

  /** Null for a packet that no program took, or one whose entries came without a name. */
  of(packet: number): string | null {
    const id = this.history.columns.programId.at(packet);
    if (id === 0) return null;
    if (packet < this.from || packet >= this.to) this.turnTo(packet);
    return this.names.get(id) ?? null;
  }

  private turnTo(packet: number): void {
    const { history } = this;
    const events = history.run.eventsBefore(packet);
    this.from = history.events[events - 1]?.packet ?? 0;
    this.to = history.events[events]?.packet ?? history.count;
    const programs = [...history.programsBefore(packet).values()];
    this.names = new Map(programs.map(({ compiled }) => [compiled.programId, compiled.program]));
  }
}
