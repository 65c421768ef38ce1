/** The passes of the compiler by name, the forms between them, and the observers and checks of forms. */
import type { DataPlane } from '../data-plane/data-plane.js';
import type { Token } from '../language/lexer.js';
import type { Program } from '../language/program.js';
import type { SourceFile } from '../language/syntax.js';
import type { Allocation, Placeable } from '../link/allocate.js';
import type { CompiledProgram } from '../link/compiled-program.js';
import type { SwitchState } from '../link/switch-state.js';
import type { PlacementProblem } from '../place/problem.js';
import type { Branches } from '../rows/branches.js';
import type { AlignedLevel } from '../steps/align.js';
import type { LinkGroup } from '../steps/memory-links.js';
import type { StepTree } from '../steps/steps.js';

/** In the order in which they run. The first three take a whole source, the others one program. */
export const PASSES = [
  { name: 'lex', makes: 'source to tokens' },
  { name: 'parse', makes: 'tokens to syntax tree' },
  { name: 'check', makes: 'syntax tree to program: names resolved, values in range' },
  { name: 'expand', makes: 'statements to steps, each an action of one RPB' },
  { name: 'defer-drops', makes: 'DROP moved after the memory accesses of its path' },
  { name: 'drop-known-loads', makes: 'LOADI of a value that the register has already removed' },
  { name: 'inline-cases', makes: 'cases of one step moved into the RPB of their BRANCH' },
  { name: 'link-steps', makes: 'groups of steps that must share an RPB' },
  { name: 'align', makes: 'NOPs inserted so that linked steps of exclusive branches have one depth' },
  { name: 'join-ends', makes: 'NOPs inserted so that equal ends of paths have one depth' },
  { name: 'branches', makes: 'tree of steps to a list of branches, equal ones merged' },
  { name: 'rows', makes: 'branch ids, rows of entries, and the needs of each row' },
  { name: 'place', makes: 'an RPB and a pass for each row, blocks of memory, a program id' },
  { name: 'emit', makes: 'table entries' },
] as const satisfies readonly { readonly name: string; readonly makes: string }[];

export type PassName = (typeof PASSES)[number]['name'];

export const PASS_NAMES: readonly PassName[] = PASSES.map(({ name }) => name);

export interface StepsForm {
  readonly kind: 'steps';
  readonly program: Program;
  readonly tree: StepTree;
  /** Empty before the pass link-steps. */
  readonly links: readonly LinkGroup[];
  /** The levels of links that the pass align has given one depth. */
  readonly aligned: readonly AlignedLevel[];
}

export interface RowsForm {
  readonly kind: 'rows';
  readonly lowered: Placeable;
  readonly branches: Branches;
}

export interface PlacementForm {
  readonly kind: 'placement';
  readonly lowered: Placeable;
  /** The problem for the allocator: the lowered program's own, or one with rows restricted to certain RPBs. */
  readonly problem: PlacementProblem;
  readonly allocation: Allocation;
  /** The switch before the program is placed. */
  readonly state: SwitchState;
}

/** The forms between two passes. */
export type Form =
  | { readonly kind: 'tokens'; readonly tokens: readonly Token[] }
  | { readonly kind: 'syntax'; readonly syntax: SourceFile }
  | { readonly kind: 'programs'; readonly programs: readonly Program[] }
  | StepsForm
  | { readonly kind: 'branches'; readonly program: Program; readonly branches: Branches }
  | RowsForm
  | PlacementForm
  | { readonly kind: 'entries'; readonly compiled: CompiledProgram; readonly dataPlane: DataPlane };

/** Receives the form after each pass; undefined for an optimisation that was left out. */
export type PassObserver = (pass: PassName, form: Form | undefined) => void;

/** Throws if a form breaks an invariant of its pass. */
export type FormCheck = (pass: PassName, form: Form, before: Form | undefined) => void;

let check: FormCheck | undefined;

/**
 * Checks every form between passes from now on, in the whole process; undefined ends it. For tests: it takes
 * more time than the passes.
 */
export function checkForms(by: FormCheck | undefined): void {
  check = by;
}

/**
 * Shows a form to the observer and checks it, if forms are checked. @returns the form
 * @param before the form before the pass, where both are of one kind
 */
export function afterPass<Made extends Form>(
  pass: PassName,
  form: Made,
  observe: PassObserver | undefined,
  before?: Form,
): Made {
  observe?.(pass, form);
  check?.(pass, form, before);
  return form;
}
