/** A program of ActiveRMT as its allocator sees it: where it accesses memory, and how much of it. */
import { must } from '../../../compiler/data-plane/must.js';
import { stageOf } from './active-switch.js';

/** An instruction that accesses memory. */
export interface MemoryAccess {
  /** Position of the instruction, from 0. */
  readonly position: number;
  /** Demand in blocks: 1 is elastic, and takes as much as others leave; more is inelastic, contiguous and never moved. */
  readonly blocks: number;
}

export interface ActiveProgram {
  /** Number of instructions. */
  readonly length: number;
  /** By position. */
  readonly accesses: readonly MemoryAccess[];
  /** Position of the last instruction that has to lie in ingress (set port, return to sender); null if there is none. */
  readonly ingressLimit: number | null;
}

export const isElastic = (blocks: number): boolean => blocks === 1;

/**
 * Indices of the accesses that need memory of their own: a stage has one array, so a later access to the same stage
 * is one to the same cell.
 */
export function ownAccesses({ accesses }: ActiveProgram): readonly number[] {
  const stages = accesses.map(({ position }) => stageOf(position));
  return stages.flatMap((stage, i) => (stages.indexOf(stage) === i ? [i] : []));
}

/** Demands in blocks of the accesses that need memory of their own. */
export const demandsOf = (program: ActiveProgram): readonly number[] =>
  ownAccesses(program).map((i) => must(program.accesses[i], `access ${i}`).blocks);

/** @throws Error a sentence on what is wrong with a program */
export function checkActiveProgram(program: ActiveProgram): void {
  const fault = faultOf(program);
  if (fault !== null) throw new Error(`the program of ActiveRMT is malformed: ${fault}`);
}

function faultOf({ length, accesses }: ActiveProgram): string | null {
  if (accesses.length === 0) return 'it accesses no memory';
  let last: MemoryAccess | undefined;
  const demands = new Map<number, number>();
  for (const access of accesses) {
    const { position, blocks } = access;
    if (!Number.isInteger(position) || position < 0 || position >= length)
      return `position ${position} is none of its ${length} instructions`;
    if (last !== undefined && position <= last.position) return 'positions of accesses do not increase';
    if (!Number.isInteger(blocks) || blocks < 1) return `${blocks} is no number of blocks`;
    const stage = stageOf(position);
    if ((demands.get(stage) ?? blocks) !== blocks) return `the accesses in stage ${stage} have different demands`;
    demands.set(stage, blocks);
    last = access;
  }
  return null;
}
