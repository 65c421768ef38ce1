/**
 * Operations: atomic changes of a switch, and their order in deployments, in which no packet sees half a program.
 * Emulator, driver, journal and fault tests share them.
 */

import type { DataPlane } from '../data-plane/data-plane.js';
import { FIXED_NAMES, RPB_KEYS } from '../data-plane/data-plane.js';
import type { CompiledProgram, MemoryBlock, TableEntry } from './compiled-program.js';
import type { MulticastGroup } from './multicast-group.js';

/** A change of one entry of a table. */
export type EntryOperation =
  | { readonly kind: 'insertEntry'; readonly entry: TableEntry }
  | { readonly kind: 'deleteEntry'; readonly entry: TableEntry }
  /** Changes the action or the parameters of an entry; table, key and priority stay. */
  | { readonly kind: 'replaceEntry'; readonly before: TableEntry; readonly entry: TableEntry };

/** A change of the groups to which packets are copied. */
export type GroupOperation =
  | { readonly kind: 'insertGroup'; readonly group: MulticastGroup }
  | { readonly kind: 'deleteGroup'; readonly group: MulticastGroup };

/** One change of a switch. */
export type Operation =
  | EntryOperation
  | GroupOperation
  /** Waits until the packets that are in the pipe, including recirculating ones, have left. */
  | { readonly kind: 'drain' }
  /** Sets buckets `base` … `base + buckets - 1` of an RPB's register array to 0. */
  | { readonly kind: 'resetMemory'; readonly rpb: number; readonly base: number; readonly buckets: number }
  /**
   * Declares the memory blocks of a program, so that accesses outside them can be counted; packets are not affected.
   */
  | { readonly kind: 'declareMemory'; readonly programId: number; readonly blocks: readonly MemoryBlock[] };

/** Whether a change is of an entry. */
export const isEntryOperation = (operation: Operation): operation is EntryOperation =>
  operation.kind === 'insertEntry' || operation.kind === 'deleteEntry' || operation.kind === 'replaceEntry';

/** Whether a change is of a group. */
export const isGroupOperation = (operation: Operation): operation is GroupOperation =>
  operation.kind === 'insertGroup' || operation.kind === 'deleteGroup';

const isFilter = (entry: TableEntry): boolean => entry.action === FIXED_NAMES.setProgram;

/** The id of the program to which an entry belongs; 0 for default forwarding. */
export function programIdOf(entry: TableEntry): number {
  const id = isFilter(entry) ? entry.parameters[0] : entry.key.find(({ name }) => name === RPB_KEYS.program);
  return id?.value ?? 0;
}

/** RPB and recirculation entries first, filters last: the program runs as soon as its filter is installed. */
export function installOperations({ programId, memories, entries }: CompiledProgram): Operation[] {
  const operations: Operation[] = [{ kind: 'declareMemory', programId, blocks: memories }];
  for (const entry of installOrder(entries)) operations.push({ kind: 'insertEntry', entry });
  return operations;
}

/** Entries in the order of installation. */
export function installOrder(entries: readonly TableEntry[]): TableEntry[] {
  return [...entries.filter((entry) => !isFilter(entry)), ...entries.filter(isFilter)];
}

/** Deletes the filters, drains, deletes the other entries, then resets the memory. */
export function revokeOperations(program: CompiledProgram): Operation[] {
  const remove = (entry: TableEntry): Operation => ({ kind: 'deleteEntry', entry });
  return [
    ...program.entries.filter(isFilter).map(remove),
    { kind: 'drain' },
    ...program.entries.filter((entry) => !isFilter(entry)).map(remove),
    ...program.memories.map(({ rpb, base, buckets }): Operation => ({ kind: 'resetMemory', rpb, base, buckets })),
  ];
}

/** The entry of default forwarding: packets of an ingress port that no program forwards leave by the egress port. */
export function defaultForwardEntry(dataPlane: DataPlane, ingressPort: number, egressPort: number): TableEntry {
  return {
    table: FIXED_NAMES.forwardTable,
    key: [{ name: dataPlane.field(FIXED_NAMES.forwardKey).name, match: 'exact', value: ingressPort }],
    priority: 0,
    action: FIXED_NAMES.forward,
    parameters: [{ name: 'port', value: egressPort }],
  };
}
