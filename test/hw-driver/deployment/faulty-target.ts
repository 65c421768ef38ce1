/** A switch whose line, or whose controller, fails at a chosen change. */
import type { DataPlane, Operation, TableEntry } from '../../../compiler/index.js';
import { formatRecord, parseJournal } from '../../../hw-driver/control/journal/journal-text.js';
import { JOURNAL_SCHEMA, type Journal, type JournalRecord } from '../../../hw-driver/control/journal/records.js';
import { type JournalState, replayJournal } from '../../../hw-driver/control/journal/replay.js';
import { InProcessTarget, type Switch, TargetError, TargetUnreachable } from '../../../sim/index.js';

/** The controller has ended: nothing that it does from now on has an effect. */
export class Killed extends Error {}

export type FaultKind = 'refused' | 'line-cut-before' | 'line-cut-after' | 'killed-before' | 'killed-after';

/** When a switch, or the switches of a chain, fail: changes of all of them are counted together. */
export class Faults {
  made = 0;
  fault: { readonly at: number; readonly kind: FaultKind } | undefined;
  gone: Error | undefined;

  /** @param at how many changes go well before */
  failAt(at: number, kind: FaultKind): void {
    this.made = 0;
    this.fault = { at, kind };
  }

  heal(): void {
    this.fault = undefined;
    this.gone = undefined;
    this.made = 0;
  }

  kill(): void {
    this.gone = new Killed();
  }

  reach(): void {
    if (this.gone !== undefined) throw this.gone;
  }
}

/** Changes are made and counted one by one, with a look at the switch before and after each. */
export class FaultyTarget extends InProcessTarget {
  constructor(
    emulator: Switch,
    private readonly look: () => void,
    private readonly faults: Faults,
  ) {
    super(emulator);
  }

  override async apply(operations: readonly Operation[]): Promise<void> {
    const { faults } = this;
    faults.reach();
    for (const operation of operations) {
      if (faults.fault?.at === faults.made) this.strike(faults.fault.kind, operation);
      await super.apply([operation]);
      faults.made++;
      this.look();
    }
  }

  override async entries(): Promise<readonly TableEntry[]> {
    this.faults.reach();
    return super.entries();
  }

  override async readMemory(rpb: number, base: number, buckets: number): Promise<readonly Uint32Array[]> {
    this.faults.reach();
    return super.readMemory(rpb, base, buckets);
  }

  private strike(kind: FaultKind, operation: Operation): never {
    const { faults } = this;
    faults.fault = undefined;
    if (kind === 'refused') throw new TargetError('no-space', 'refused on purpose');
    if (kind.endsWith('after')) {
      super.apply([operation]);
      this.look();
    }
    faults.gone = kind.startsWith('killed') ? new Killed() : new TargetUnreachable('the line is cut');
    throw faults.gone;
  }
}

/** A journal as its file would be, and a controller that may be killed when it writes to it. */
export class MemoryJournal implements Journal {
  private text = '';
  private records = 0;
  private appended = 0;
  private death: { readonly at: number; readonly bytes: 'none' | 'half' | 'all'; readonly target: Faults } | undefined;

  constructor(private readonly dataPlane: DataPlane) {
    const { name, hash } = dataPlane;
    this.append({ kind: 'journal', schema: JOURNAL_SCHEMA, dataPlane: { name, hash } });
    this.appended = 0;
  }

  /** @param at how many records go well before */
  killAt(at: number, bytes: 'none' | 'half' | 'all', target: Faults): void {
    this.appended = 0;
    this.death = { at, bytes, target };
  }

  append(record: JournalRecord): void {
    const line = formatRecord(this.records, record);
    if (this.death?.at === this.appended) {
      const { bytes, target } = this.death;
      const kept = { none: 0, half: Math.floor(line.length / 2), all: line.length }[bytes];
      this.text += line.slice(0, kept);
      this.death = undefined;
      target.kill();
      throw new Killed();
    }
    this.text += line;
    this.records++;
    this.appended++;
  }

  async appendAndWait(record: JournalRecord): Promise<void> {
    this.append(record);
  }

  /** As a controller that starts anew reads it; the torn end is cut off. */
  reopen(): JournalState {
    const { records, wholeBytes } = parseJournal(Buffer.from(this.text));
    this.text = this.text.slice(0, wholeBytes);
    this.records = records.length;
    this.death = undefined;
    return replayJournal(records, this.dataPlane);
  }

  get bytes(): Buffer {
    return Buffer.from(this.text);
  }
}
