/**
 * Leaves out loads of what a register holds anyway: registers are 0 when a packet enters, and in the body of a case
 * those that it compares in full are known. So a MOVE into an untouched register takes one step.
 */
import type { Register } from '../data-plane/description.js';
import type { Condition } from '../language/program.js';
import type { ActionStep, CaseStep, Step, StepTree } from './steps.js';

type Known = Readonly<Partial<Record<Register, number>>>;

interface State {
  readonly registers: Known;
  readonly saved: Known;
}

const FULL_MASK = 0xffffffff;

export function dropKnownLoads(tree: StepTree): StepTree {
  const zeros: Known = { har: 0, sar: 0, mar: 0 };
  return drop(tree, { registers: zeros, saved: {} });
}

function drop(tree: StepTree, before: State): StepTree {
  let state = before;
  const steps: Step[] = [];
  for (const step of tree.steps) {
    if (step.kind === 'action') {
      if (isKnownLoad(step, state.registers)) continue;
      state = follow(step, state);
    }
    steps.push(step);
  }
  const { branch } = tree;
  if (branch === undefined) return { steps, branch };
  const cases = branch.cases.map((item): CaseStep => {
    if (item.kind === 'inline') return item;
    const registers = { ...state.registers, ...compared(item.conditions) };
    return { ...item, body: drop(item.body, { ...state, registers }) };
  });
  return { steps, branch: { ...branch, cases, otherwise: drop(branch.otherwise, state) } };
}

function isKnownLoad({ effect, parameters: [value] }: ActionStep, known: Known): boolean {
  return effect.kind === 'loadImmediate' && value?.kind === 'constant' && known[effect.register] === value.value;
}

const compared = (conditions: readonly Condition[]): Known =>
  Object.fromEntries(
    conditions.filter(({ mask }) => mask === FULL_MASK).map(({ register, value }) => [register, value]),
  );

function follow({ effect, parameters }: ActionStep, state: State): State {
  const set = (register: Register, value: number | undefined): State => {
    const { [register]: _, ...others } = state.registers;
    return { ...state, registers: value === undefined ? others : { ...others, [register]: value } };
  };
  switch (effect.kind) {
    case 'loadImmediate':
      return set(effect.register, parameters[0]?.kind === 'constant' ? parameters[0].value : undefined);
    case 'extract':
      return set(effect.register, undefined);
    case 'alu':
      return set(effect.destination, undefined);
    case 'hash':
      return set(effect.into, undefined);
    case 'mask':
      return set('mar', undefined);
    case 'salu':
      return set('sar', undefined);
    case 'backup':
      return { ...state, saved: state.registers };
    case 'recover':
      return set(effect.register, state.saved[effect.register]);
    case 'setBranch':
    case 'offset':
    case 'modify':
    case 'forward':
    case 'return':
    case 'report':
    case 'drop':
      return state;
  }
}
