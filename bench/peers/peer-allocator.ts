/**
 * The interface of the allocators of other systems that the paper compares P4runpro with. They are models of the books
 * only: which program gets which memory, and what that changes for others. None looks at packets.
 */

/** Contiguous memory in one register array, in the unit of the system: blocks of ActiveRMT, words of FlyMon. */
export interface UnitRange {
  /** Number of the register array, from 0. */
  readonly array: number;
  readonly start: number;
  readonly length: number;
}

/** A range and the program that holds it. */
export interface Holding extends UnitRange {
  readonly id: number;
}

/** Memory of a running program that an arrival moved or made smaller: its clients save and restore what lies there. */
export interface Reallocation {
  readonly id: number;
  readonly array: number;
}

export interface Admission {
  readonly kind: 'admitted';
  /** Memory of the newcomer, by array. */
  readonly ranges: readonly UnitRange[];
  /** Pairs of program and array, by array and then by id; empty for systems that never move a program. */
  readonly reallocated: readonly Reallocation[];
}

/** The resource that a newcomer does not find. */
export const MISSING_RESOURCES = [
  'groups',
  'standard-parameter',
  'hash-unit',
  'disjoint-filter',
  'memory',
  'table-entries',
] as const;
export type MissingResource = (typeof MISSING_RESOURCES)[number];

/** A newcomer that gets nothing; the books are as before. */
export interface Refusal {
  readonly kind: 'refused';
  readonly missing: MissingResource;
}

/** A program or task that arrives; ids of those that are held differ. */
export interface PeerRequest {
  /** From 0. */
  readonly id: number;
}

/** Serves arrivals one by one; equal calls in equal order give equal results. */
export interface PeerAllocator<Request extends PeerRequest, Granted extends Admission = Admission> {
  readonly name: string;
  /** Number of register arrays. */
  readonly arrays: number;
  /** Units of each array. */
  readonly unitsPerArray: number;
  /** @throws Error if the id is held already, or the request is malformed */
  admit(request: Request): Granted | Refusal;
  /** @throws Error if nobody holds memory by this id */
  release(id: number): void;
  /** All ranges, by array and then by start. */
  holdings(): readonly Holding[];
}

/** Share of the memory that is given out. */
export function utilizationOf(peer: PeerAllocator<never>): number {
  const given = peer.holdings().reduce((sum, { length }) => sum + length, 0);
  return given / (peer.arrays * peer.unitsPerArray);
}

export const byPlace = (a: UnitRange, b: UnitRange): number => a.array - b.array || a.start - b.start;
