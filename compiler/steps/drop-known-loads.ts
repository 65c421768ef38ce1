/**
 * Removes loads of a value that the register has already: registers are 0 when a packet enters, and in the body of a
 * case registers compared in full are known. So a MOVE into an unused register takes one step.
 */
import type { Place } from '../data-plane/instructions/instruction.js';
import type { Condition } from '../language/program.js';
import { type ActionStep, mapBranch, type Step, type StepTree } from './steps.js';

/** The known values of registers and their copies; undefined where nothing is known. */
type Known = Record<Place, number | undefined>;

const FULL_MASK = 0xffffffff;

export function dropKnownLoads(tree: StepTree): StepTree {
  return drop(tree, {
    har: 0,
    sar: 0,
    mar: 0,
    'saved har': undefined,
    'saved sar': undefined,
    'saved mar': undefined,
  });
}

/** @param known in front of the tree; it is changed */
function drop(tree: StepTree, known: Known): StepTree {
  /** Those that stay, from the first on that does not. */
  let kept: Step[] | undefined;
  for (const [i, step] of tree.steps.entries()) {
    if (step.kind === 'action') {
      if (isKnownLoad(step, known)) {
        kept ??= tree.steps.slice(0, i);
        continue;
      }
      follow(step, known);
    }
    kept?.push(step);
  }
  const branch =
    tree.branch &&
    mapBranch(tree.branch, (part, conditions) =>
      drop(part, conditions === undefined ? known : withCompared(known, conditions)),
    );
  return kept === undefined && branch === tree.branch ? tree : { steps: kept ?? tree.steps, branch };
}

function isKnownLoad({ instruction, parameters: [value] }: ActionStep, known: Known): boolean {
  const { loads } = instruction.effects;
  return loads !== undefined && value?.kind === 'constant' && known[loads] === value.value;
}

function withCompared(known: Known, conditions: readonly Condition[]): Known {
  const inside = { ...known };
  for (const { register, value, mask } of conditions) if (mask === FULL_MASK) inside[register] = value;
  return inside;
}

/** Changes what is known in front of a step into what is known behind it. */
function follow({ instruction, parameters: [value] }: ActionStep, known: Known): void {
  const { writes, changes, copies, loads } = instruction.effects;
  for (const place of writes) known[place] = undefined;
  for (const register of changes) known[register] = undefined;
  for (const [from, to] of copies) known[to] = known[from];
  if (loads !== undefined && value?.kind === 'constant') known[loads] = value.value;
}
