/** A hash unit of a group: one key for all tasks that use it. Source: as of task.ts. */
import { type FlowKey, keysEqual } from './task.js';

type Role = 'key' | 'parameter';

interface Use {
  readonly task: number;
  readonly role: Role;
}

/** Width of the hash of a unit that serves several measurement units of one task. */
export const WIDE_BITS = 32;
export const NARROW_BITS = 16;
export type HashBits = typeof WIDE_BITS | typeof NARROW_BITS;

export class HashUnit {
  private mask: FlowKey | null = null;
  private uses: readonly Use[] = [];

  constructor(readonly bits: HashBits) {}

  /** Null while no task uses the unit. */
  get key(): FlowKey | null {
    return this.mask;
  }

  get tasks(): ReadonlySet<number> {
    return new Set(this.uses.map(({ task }) => task));
  }

  /** Whether it can hash a key for one more measurement unit of a task. */
  canServe(task: number, key: FlowKey): boolean {
    const own = this.uses.filter((use) => use.task === task);
    return this.isFreeFor(key) && own.every(({ role }) => role === 'key' && this.bits === WIDE_BITS);
  }

  /** Whether it can hash a parameter of a task: it then serves nothing else of this task. */
  canGive(task: number, key: FlowKey): boolean {
    return this.isFreeFor(key) && this.uses.every((use) => use.task !== task);
  }

  private isFreeFor(key: FlowKey): boolean {
    return this.mask === null || keysEqual(this.mask, key);
  }

  /** @returns a function that undoes it */
  use(task: number, role: Role, key: FlowKey): () => void {
    const use = { task, role };
    this.uses = [...this.uses, use];
    this.mask = key;
    return () => {
      this.uses = this.uses.filter((each) => each !== use);
      if (this.uses.length === 0) this.mask = null;
    };
  }
}

/** The first unit that has the key already, or else the first one. */
export const preferred = (units: readonly HashUnit[]): HashUnit | undefined =>
  units.find(({ key }) => key !== null) ?? units[0];
