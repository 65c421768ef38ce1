/**
 * The allocator of ActiveRMT. A program may run as any of its mutants; an arrival takes the cheapest one that fits, and
 * nobody else changes its stages. Source: as of active-switch.ts. Faults of the published controller are not copied: it
 * finds holes only before an inelastic program, lets a hole of one block end where a longer one before it does, and
 * starts with one list of holes for all stages.
 */
import { must } from '../../../compiler/data-plane/must.js';
import type { Admission, Holding, PeerAllocator, PeerRequest, Refusal } from '../peer-allocator.js';
import { type ActiveProgram, demandsOf } from './active-program.js';
import { DEFAULT_BLOCKS, STAGES } from './active-switch.js';
import { BlockBooks } from './block-books.js';
import { type ChoiceRules, chooseMutant } from './mutant-choice.js';
import { enumeratingSource, type Mutant, type MutantSource } from './mutants.js';
import { RunBooks } from './run-books.js';
import type { HoleJoin, StageBooks } from './stage-books.js';

/** Two ways to keep equal books: a matrix of blocks, as published, or intervals. */
export const BOOKS = ['blocks', 'runs'] as const;
export type BooksKind = (typeof BOOKS)[number];

export interface ActiveRmtOptions extends ChoiceRules {
  /** Blocks of each stage. */
  readonly blocks: number;
  readonly books: BooksKind;
  readonly join: HoleJoin;
  readonly mutants: MutantSource;
}

/** The setting of the comparison in the P4runpro paper, section 6.2: least constrained mutants, worst fit. */
export const COMPARED_SETTING: ActiveRmtOptions = {
  blocks: DEFAULT_BLOCKS,
  books: 'runs',
  fit: 'worst',
  holes: 'any',
  join: 'at-arrival',
  mutants: enumeratingSource('lc'),
};

export interface ActiveRequest extends PeerRequest {
  readonly program: ActiveProgram;
}

export interface ActiveAdmission extends Admission {
  readonly mutant: Mutant;
}

export class ActiveRmt implements PeerAllocator<ActiveRequest, ActiveAdmission> {
  readonly name = 'ActiveRMT';
  readonly arrays = STAGES;
  readonly unitsPerArray: number;
  private readonly books: StageBooks;
  private readonly held = new Set<number>();

  constructor(private readonly options: ActiveRmtOptions) {
    const { blocks, books, join } = options;
    if (!Number.isInteger(blocks) || blocks < 1) throw new Error(`a stage of ActiveRMT cannot have ${blocks} blocks`);
    this.unitsPerArray = blocks;
    this.books = books === 'blocks' ? new BlockBooks(blocks, join) : new RunBooks(blocks, join);
  }

  admit({ id, program }: ActiveRequest): ActiveAdmission | Refusal {
    if (this.held.has(id)) throw new Error(`program ${id} is held already`);
    const demands = demandsOf(program);
    const mutant = chooseMutant(this.books, this.options.mutants(program), demands, this.options);
    if (mutant === null) return { kind: 'refused', missing: 'memory' };
    const placement = this.books.place(
      id,
      mutant.stages.map((stage, i) => ({ stage, blocks: must(demands[i], `demand ${i} of program ${id}`) })),
    );
    this.held.add(id);
    return { kind: 'admitted', mutant, ...placement };
  }

  release(id: number): void {
    if (!this.held.delete(id)) throw new Error(`program ${id} is not held`);
    this.books.remove(id);
  }

  holdings(): readonly Holding[] {
    return this.books.holdings();
  }
}
