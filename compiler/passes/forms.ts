/** The passes of the compiler by name, the form that each of them leaves, and who looks at the forms between them. */
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

/** In the order in which they run. The first three are of a whole text, the others of one program. */
export const PASSES = [
  { name: 'lex', makes: 'text to tokens' },
  { name: 'parse', makes: 'tokens to syntax tree' },
  { name: 'check', makes: 'syntax tree to program: names resolved, values in range' },
  { name: 'expand', makes: 'statements to steps: what one RPB does' },
  { name: 'defer-drops', makes: 'DROP behind the memory accesses of its path' },
  { name: 'drop-known-loads', makes: 'no LOADI of what a register holds anyway' },
  { name: 'inline-cases', makes: 'cases of one step in the RPB of their BRANCH' },
  { name: 'link-steps', makes: 'steps that must share an RPB are found' },
  { name: 'align', makes: 'NOPs that bring linked steps of exclusive branches to one depth' },
  { name: 'join-ends', makes: 'NOPs that bring equal ends of paths to one depth' },
  { name: 'branches', makes: 'step tree to a list of branches, equal ones once' },
  { name: 'rows', makes: 'branch ids, rows of entries, what each row needs' },
  { name: 'place', makes: 'an RPB and a pass for each row, blocks of memory, a program id' },
  { name: 'emit', makes: 'table entries' },
] as const satisfies readonly { readonly name: string; readonly makes: string }[];

export type PassName = (typeof PASSES)[number]['name'];

export const PASS_NAMES: readonly PassName[] = PASSES.map(({ name }) => name);

export interface StepsForm {
  readonly kind: 'steps';
  readonly program: Program;
  readonly tree: StepTree;
  /** Empty before they are found. */
  readonly links: readonly LinkGroup[];
  /** The levels of links that were brought to one depth. */
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
  /** What the allocator was given: the lowered program's own, or one with rows held to their RPBs. */
  readonly problem: PlacementProblem;
  readonly allocation: Allocation;
  /** The switch before the program is on it. */
  readonly state: SwitchState;
}

/** The forms between passes, by name. */
export type Form =
  | { readonly kind: 'tokens'; readonly tokens: readonly Token[] }
  | { readonly kind: 'syntax'; readonly syntax: SourceFile }
  | { readonly kind: 'programs'; readonly programs: readonly Program[] }
  | StepsForm
  | { readonly kind: 'branches'; readonly program: Program; readonly branches: Branches }
  | RowsForm
  | PlacementForm
  | { readonly kind: 'entries'; readonly compiled: CompiledProgram; readonly dataPlane: DataPlane };

/** Is given the form behind each pass; undefined for an optimisation that was left out. */
export type PassObserver = (pass: PassName, form: Form | undefined) => void;

/** Throws where a form is not what its pass promises. */
export type FormCheck = (pass: PassName, form: Form, before: Form | undefined) => void;

let check: FormCheck | undefined;

/**
 * Has every form checked between passes from now on, in the whole process; undefined ends it. For tests: it takes
 * more time than the passes.
 */
export function checkForms(by: FormCheck | undefined): void {
  check = by;
}

/**
 * The form, once it was checked (if forms are) and shown to the observer.
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
