/**
 * Packets that are in the pipe while its entries change, on the model of test/compiler/model.ts: at each RPB a packet
 * meets the entries that are there by then. It has left the pipe before a change that waits for that.
 */
import type { CaseChange } from '../../compiler/change/change-cases.js';
import type { CompiledProgram, DataPlane, Operation, TableEntry } from '../../compiler/index.js';
import type { Random } from '../../sim/validation/index.js';
import { executeDocument, newRun, observed } from '../compiler/model.js';

/** Values of header fields, the same for one packet each time. */
export type Fields = (name: string) => number;

/** A packet's outcome in a switch where nothing changes. */
export function outcome(program: CompiledProgram, dataPlane: DataPlane, fields: Fields): string {
  const run = { ...newRun({ har: 0, sar: 0, mar: 0 }), fields };
  executeDocument(program, dataPlane, run);
  return JSON.stringify(observed(run));
}

/** Entries after a number of the operations. */
export function states(before: CompiledProgram, operations: readonly Operation[]): (readonly TableEntry[])[] {
  let entries = [...before.entries];
  const all = [entries];
  for (const operation of operations) {
    if (operation.kind === 'deleteEntry' || operation.kind === 'replaceEntry') {
      const gone = JSON.stringify(operation.kind === 'deleteEntry' ? operation.entry : operation.before);
      entries = entries.filter((entry) => JSON.stringify(entry) !== gone);
    }
    if (operation.kind === 'insertEntry' || operation.kind === 'replaceEntry') entries = [...entries, operation.entry];
    all.push(entries);
  }
  return all;
}

/**
 * A packet's outcome that comes in when `from` operations have been made, and meets more on its way.
 * @param all as {@link states} gives them
 */
export function slowOutcome(
  change: CaseChange,
  all: readonly (readonly TableEntry[])[],
  from: number,
  dataPlane: DataPlane,
  fields: Fields,
  random: Random,
): string {
  const { operations, compiled } = change;
  const drain = operations.findIndex(({ kind }, i) => i >= from && kind === 'drain');
  const last = drain < 0 ? operations.length : drain;
  // The pipe moves on fast or slowly.
  const pace = random() * random();
  let made = from;
  const program: CompiledProgram = {
    ...compiled,
    passes: 2 ** dataPlane.description.state.recirculationIdBits,
    get entries() {
      while (made < last && random() < pace) made++;
      return all[made] ?? [];
    },
  };
  return outcome(program, dataPlane, fields);
}
