/** The reasons why a program cannot be linked into a switch; closed. */
import { counted } from '../data-plane/counting.js';
import type { DataPlane } from '../data-plane/data-plane.js';
import { DomainError } from '../data-plane/domain-error.js';
import { onePassText } from '../language/check-copies.js';
import type { Program } from '../language/program.js';
import type { Shortage } from '../place/allocator.js';
import type { PlacementProblem } from '../place/problem.js';
import type { ProgramRows } from '../rows/rows.js';

/** Resource or rule that a program fails, as data. */
export type DoesNotFitReason =
  | { readonly kind: 'placement'; readonly shortage: Shortage; readonly text: string }
  | { readonly kind: 'name-in-use' }
  | { readonly kind: 'no-program-id' }
  | { readonly kind: 'branch-ids'; readonly needed: number; readonly available: number }
  | { readonly kind: 'passes'; readonly needed: number; readonly available: number }
  /** A document has entries of a table that the data plane lacks. */
  | { readonly kind: 'no-such-table'; readonly table: string }
  | { readonly kind: 'table-full'; readonly table: string; readonly needed: number; readonly free: number }
  /** Buckets from `base` on, where a block would be. */
  | {
      readonly kind: 'memory-taken';
      readonly memory: string;
      readonly rpb: number;
      readonly base: number;
      readonly buckets: number;
    }
  | { readonly kind: 'filter-overlap'; readonly other: string };

/** Thrown for a program that has no place on a switch in its present state. */
export class DoesNotFit extends DomainError {
  override readonly name = 'DoesNotFit';
  readonly code = 'does-not-fit';
  readonly ends = 'failed';

  constructor(
    readonly program: string,
    readonly reason: DoesNotFitReason,
    /** A change that makes it fit, which was tried. */
    remedy?: string,
  ) {
    super(`${refusalText(program, reason)}${remedy === undefined ? '' : `; ${remedy}`}`);
  }
}

/** What is wrong: a conflict with a running program, or a program without a place. */
function refusalText(program: string, reason: DoesNotFitReason): string {
  switch (reason.kind) {
    case 'name-in-use':
      return `a program named ${program} is running already: it can be replaced or revoked`;
    case 'filter-overlap':
      return `the filter of program ${program} overlaps that of program ${reason.other} and has the same priority: give it another one by --priority (the lower wins)`;
    default:
      return `program ${program} does not fit: ${reasonText(reason)}`;
  }
}

/** The reason, as the end of a sentence. */
export function reasonText(reason: DoesNotFitReason): string {
  switch (reason.kind) {
    case 'placement':
      return reason.text;
    case 'name-in-use':
      return 'a program of this name is running';
    case 'no-program-id':
      return 'all program ids are in use';
    case 'branch-ids':
      return `it needs ${reason.needed} branch ids, and the data plane has ${reason.available}`;
    case 'passes':
      return `it needs ${reason.needed} passes, and the recirculation id can count ${reason.available}`;
    case 'no-such-table':
      return `it has entries of ${reason.table}, which the data plane does not have`;
    case 'table-full':
      return `${reason.table} has ${reason.free} free entries, and the program needs ${reason.needed}`;
    case 'memory-taken':
      return `memory ${reason.memory} needs buckets ${reason.base} to ${reason.base + reason.buckets - 1} of RPB ${reason.rpb}, of which some are taken or do not exist`;
    case 'filter-overlap':
      return `its filter overlaps that of program ${reason.other} and has the same priority: give it another one by --priority (the lower wins)`;
  }
}

/** The reason for a shortage that an allocator found. */
export function placementReason(lowered: Lowered, shortage: Shortage): DoesNotFitReason {
  return { kind: 'placement', shortage, text: shortageText(lowered, shortage) };
}

interface Lowered {
  readonly rows: ProgramRows;
  readonly problem: PlacementProblem;
  readonly program: Program;
  readonly dataPlane: DataPlane;
}

function shortageText({ rows, problem, program, dataPlane }: Lowered, { row: index, cause }: Shortage): string {
  const row = problem.rows[index];
  const { length } = problem.rows;
  const { switches } = dataPlane;
  const passes = problem.logicalRpbs / problem.rpbCount;
  const onePass = onePassText(program.body);
  if (row === undefined) {
    const room = switches > 1 ? `the ${switches} switches have` : 'the switch has';
    const passes = switches > 1 ? '' : ' in all passes';
    return `it has ${length} steps in sequence, and ${room} ${problem.logicalRpbs} RPBs${passes}${onePass}`;
  }
  const origin = rows.origins.find(({ depth, action }) => depth === index + 1 && action !== 'nop');
  const where = `step ${index + 1} of ${length} (${origin?.action ?? 'nop'}, line ${origin?.span.line ?? 0})`;
  switch (cause) {
    case 'no-such-action':
      return `${where}: no RPB has all the actions that this depth needs`;
    case 'entries':
      return `${where}: no RPB that it can be in has ${row.entries} free table entries`;
    case 'memory':
      return `${where}: no RPB that it can be in has ${row.memories.map(({ buckets }) => buckets).join(' + ')} contiguous free buckets`;
    case 'shared-rpb':
      return `${where}: it must share an RPB with step ${row.link + 1}, ${
        switches > 1 ? 'and packets pass each RPB of a chain once' : 'which needs one more recirculation'
      }${onePass}`;
    case 'too-long':
      return `${where}: no RPB is left for it within ${switches > 1 ? counted(switches, 'switch') : counted(passes, 'pass')}${onePass}`;
  }
}
