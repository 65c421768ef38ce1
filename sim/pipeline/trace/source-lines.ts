/** The statements that an entry comes from. */
import { must } from '../../../compiler/data-plane/must.js';
import type { PlacedStep } from '../../../compiler/index.js';
import type { SourceLine } from './packet-trace.js';

export interface TracedProgram {
  readonly name: string;
  readonly placement: readonly PlacedStep[];
  /** The text that was compiled. */
  readonly source: string;
}

/** An entry that a packet runs. */
export interface RunEntry {
  /** Number of the RPB, from 1. */
  readonly rpb: number;
  readonly pass: number;
  /** The branch id of the packet before it. */
  readonly branch: number;
  /** The action's name without that of its control. */
  readonly action: string;
}

/** Name of the placement for the entries of a BRANCH. */
const BRANCH = { action: 'set_branch_id', placed: 'branch' } as const;

/**
 * The statements that an entry comes from. An entry may serve several branches, and equal ends of branches are one:
 * then those of the branch that the packet is in are meant, if the placement names any.
 */
export function sourceLines({ rpb, pass, branch, action }: RunEntry, program: TracedProgram | undefined): SourceLine[] {
  if (program === undefined) return [];
  const placed = action === BRANCH.action ? BRANCH.placed : action;
  const here = program.placement.filter((step) => step.rpb === rpb && step.pass === pass && step.action === placed);
  const own = here.filter((step) => step.branch === branch);
  const texts = program.source.split('\n');
  const lines = [...new Set((own.length > 0 ? own : here).map(({ line }) => line))].sort((a, b) => a - b);
  return lines.map((line) => ({ line, text: must(texts[line - 1], `line ${line}`).trim() }));
}
