/**
 * Invariants of trees of steps: steps are complete, accesses have their offset step, and aligned steps have one depth.
 */
import { actionParameters } from '../../data-plane/instructions/table.js';
import { stepDepths } from '../../steps/align.js';
import { canInline } from '../../steps/inline-cases.js';
import {
  type ActionStep,
  addressStepOf,
  type BranchStep,
  isDrop,
  isMemoryAccess,
  type Step,
  type StepTree,
} from '../../steps/steps.js';
import type { StepsForm } from '../forms.js';
import { linesText, stepText } from '../print/words.js';
import { conditionsFault } from './check-source.js';

/** Properties that the passes so far have established. */
export interface Promised {
  /** No memory access follows a DROP. */
  readonly dropsAreDeferred: boolean;
  /** Cases may be inline. */
  readonly casesAreInline: boolean;
}

export function stepsFault(form: StepsForm, promised: Promised): string | undefined {
  const memories = new Set(form.program.memories.map(({ name }) => name));
  const checker = new StepChecker(memories, promised);
  return checker.tree(form.tree, { isDropped: false, offset: undefined }) ?? linksFault(form, checker.seen);
}

/** State of the path to a step. */
interface Path {
  readonly isDropped: boolean;
  /** The memory of the last offset step; undefined if different paths to the step disagree. */
  readonly offset: string | undefined;
}

class StepChecker {
  readonly seen = new Set<Step>();

  constructor(
    private readonly memories: ReadonlySet<string>,
    private readonly promised: Promised,
  ) {}

  tree({ steps, branch }: StepTree, before: Path): string | undefined {
    let path = before;
    for (const step of steps) {
      const fault = this.step(step, path);
      if (fault !== undefined) return fault;
      path = after(step, path);
    }
    return branch && this.branch(branch, path);
  }

  private branch({ cases, fallback, otherwise, spans }: BranchStep, path: Path): string | undefined {
    if (spans.length === 0) return 'a branch has no statement';
    const inline: ActionStep[] = [];
    for (const item of cases) {
      const fault =
        conditionsFault(item.conditions) ??
        (item.kind === 'enter' ? this.tree(item.body, path) : this.step(item.step, path));
      if (fault !== undefined) return fault;
      if (item.kind === 'inline') inline.push(item.step);
    }
    if (fallback !== undefined) {
      const fault = this.step(fallback, path);
      if (fault !== undefined) return fault;
      if (inline.length === 0) return `${describe(fallback)} is the fallback of a branch without inline cases`;
      inline.push(fallback);
    }
    const stray = inline.find((step) => !this.promised.casesAreInline || !canInline(step));
    if (stray !== undefined) return `${describe(stray)} cannot be done in the RPB of a branch`;
    const ways = [...(fallback === undefined ? [path] : []), ...inline.map((step) => after(step, path))];
    return this.tree(otherwise, ways.reduce(joined));
  }

  private step(step: Step, path: Path): string | undefined {
    if (this.seen.has(step)) return `${describe(step)} is in the tree twice`;
    this.seen.add(step);
    if (step.spans.length === 0) return `${stepText(step)} has no statement`;
    if (step.kind === 'nop') return undefined;
    const fault = this.operandsFault(step);
    if (fault !== undefined) return `${describe(step)} ${fault}`;
    if (!isMemoryAccess(step)) return undefined;
    if (path.isDropped && this.promised.dropsAreDeferred) return `${describe(step)} follows a DROP`;
    return path.offset === step.memory ? undefined : `${describe(step)} has no offset step before it`;
  }

  private operandsFault(step: ActionStep): string | undefined {
    const { instruction, parameters, memory } = step;
    if (instruction.effects.setsBranch) return 'sets a branch id, which only branches do';
    const wanted = parametersOf(instruction);
    if (parameters.length !== wanted) return `has ${parameters.length} parameters and needs ${wanted}`;
    for (const parameter of parameters) {
      if (parameter.kind === 'constant') {
        if (parameter.value >>> 0 !== parameter.value)
          return `has the parameter ${parameter.value}, which is not a word of 32 bits`;
      } else if (!this.memories.has(parameter.memory)) return `uses memory ${parameter.memory}, which is not declared`;
    }
    if (memory === undefined) return isMemoryAccess(step) ? 'accesses no memory' : undefined;
    return this.memories.has(memory) ? undefined : `uses memory ${memory}, which is not declared`;
  }
}

const counts = new WeakMap<ActionStep['instruction'], number>();

/** The number of parameters of an instruction. */
function parametersOf(instruction: ActionStep['instruction']): number {
  const known = counts.get(instruction);
  if (known !== undefined) return known;
  const { length } = actionParameters(instruction.effect, { branchId: 0, port: 0 });
  counts.set(instruction, length);
  return length;
}

function after(step: Step, path: Path): Path {
  if (step.kind === 'nop') return path;
  if (isDrop(step)) return { ...path, isDropped: true };
  return addressStepOf(step) === 'offset' ? { ...path, offset: step.memory } : path;
}

const joined = (a: Path, b: Path): Path => ({
  isDropped: a.isDropped || b.isDropped,
  offset: a.offset === b.offset ? a.offset : undefined,
});

const describe = (step: Step): string => `${stepText(step)} of ${linesText(step.spans)}`;

/** Groups have steps of this tree, and aligned levels have one depth. */
function linksFault({ tree, links, aligned }: StepsForm, seen: ReadonlySet<Step>): string | undefined {
  for (const { steps, byUse } of links) {
    if (steps.length < 2) return 'a group of linked steps has only one';
    if (new Set(byUse.flat()).size !== steps.length) return 'the uses of a group of linked steps are not its steps';
    const lost = steps.find((step) => !seen.has(step));
    if (lost !== undefined) return `${describe(lost)} is linked, and is not in the tree`;
    const other = steps.find((step) => step.kind === 'nop' || !isTied(step));
    if (other !== undefined) return `${describe(other)} is linked, and is neither an access nor a hash`;
  }
  if (aligned.length === 0) return undefined;
  const depths = stepDepths(tree, new Map());
  for (const level of aligned) {
    const [first, ...others] = level;
    const apart = others.find((step) => first !== undefined && depths.get(step) !== depths.get(first));
    if (first === undefined || apart === undefined) continue;
    const at = (step: Step): string => `${describe(step)} at depth ${depths.get(step)}`;
    return `linked steps are at different depths: ${at(first)}, ${at(apart)}`;
  }
  return undefined;
}

const isTied = (step: ActionStep): boolean => isMemoryAccess(step) || step.instruction.effects.hashes !== undefined;
