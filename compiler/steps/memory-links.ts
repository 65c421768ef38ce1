/**
 * Which steps must run in one physical RPB: the accesses of one memory (a memory lies in one RPB), and the hashes that
 * compute its addresses (each RPB has a hash function of its own).
 */
import { REGISTERS, type Register } from '../data-plane/description.js';
import { type ActionStep, inlineSteps, type Step, type StepTree } from './steps.js';

/** Steps that share a physical RPB. */
export interface LinkGroup {
  readonly steps: readonly Step[];
  /**
   * The steps by their ordinal on a path: first use of the memory, second use, and so on. Steps of one ordinal lie in
   * exclusive branches and may be placed at one depth; later ordinals need a later pass.
   */
  readonly byUse: readonly (readonly Step[])[];
}

/** For each register the hashes that its value was computed from, oldest first. */
type HashesBehind = Readonly<Record<Register, readonly Step[]>>;

interface PathState {
  readonly hashes: HashesBehind;
  readonly saved: HashesBehind;
  readonly uses: ReadonlyMap<string, number>;
  /** The last SALU flag: which operation of its pair the next access does. */
  readonly saluFlag: number;
}

const NO_HASHES: HashesBehind = { har: [], sar: [], mar: [] };

/** Key: memory and role ('access', or the place of a hash in the chain before the access); value: steps by use. */
type Roles = Map<string, Set<Step>[]>;

/** All groups of more than one step, in the order of the program. */
export function linkGroups(tree: StepTree): LinkGroup[] {
  const roles: Roles = new Map();
  collect(tree, [{ hashes: NO_HASHES, saved: NO_HASHES, uses: new Map(), saluFlag: 0 }], roles);
  return [...roles.values()]
    .map((byUse) => ({
      steps: [...new Set(byUse.flatMap((steps) => [...steps]))],
      byUse: byUse.map((set) => [...set]),
    }))
    .filter(({ steps }) => steps.length > 1);
}

/** @param before what the paths to here differ in, as several paths may lead on from a branch */
function collect(tree: StepTree, before: readonly PathState[], roles: Roles): void {
  let states = before;
  for (const step of tree.steps) {
    if (step.kind === 'action') states = states.map((state) => follow(step, state, roles));
  }
  const { branch } = tree;
  if (branch === undefined) return;
  for (const item of branch.cases) if (item.kind === 'enter') collect(item.body, states, roles);
  const inline = inlineSteps(branch);
  const after = inline.flatMap((step) => states.map((state) => follow(step, state, roles)));
  collect(branch.otherwise, distinct(branch.fallback === undefined ? [...states, ...after] : after), roles);
}

function distinct(states: readonly PathState[]): readonly PathState[] {
  const kept: PathState[] = [];
  for (const state of states) if (!kept.some((other) => isSame(state, other))) kept.push(state);
  return kept;
}

const isSame = (a: PathState, b: PathState): boolean =>
  a.saluFlag === b.saluFlag &&
  REGISTERS.every(
    (register) => sameSteps(a.hashes[register], b.hashes[register]) && sameSteps(a.saved[register], b.saved[register]),
  );

const sameSteps = (a: readonly Step[], b: readonly Step[]): boolean =>
  a.length === b.length && a.every((step, i) => step === b[i]);

function follow(step: ActionStep, state: PathState, roles: Roles): PathState {
  const { hashes, saved, uses } = state;
  const { effect } = step;
  const set = (register: Register, chain: readonly Step[]): PathState => ({
    ...state,
    hashes: { ...hashes, [register]: chain },
  });
  switch (effect.kind) {
    case 'hash':
      return set(effect.into, effect.input === 'har' ? [...hashes.har, step] : [step]);
    case 'extract':
    case 'loadImmediate':
      return set(effect.register, []);
    case 'alu':
      return set(effect.destination, [...new Set([...hashes[effect.destination], ...hashes[effect.source]])]);
    case 'backup':
      return { ...state, saved: hashes };
    case 'recover':
      return set(effect.register, saved[effect.register]);
    case 'offset': {
      const flag = step.parameters[1];
      return { ...state, saluFlag: flag?.kind === 'constant' ? flag.value : 0 };
    }
    case 'salu': {
      const memory = step.memory ?? '';
      const use = uses.get(memory) ?? 0;
      note(roles, `${memory}/access`, use, step);
      for (const [i, hash] of [...hashes.mar].reverse().entries()) note(roles, `${memory}/hash ${i}`, use, hash);
      const isWrite = effect.pair === 'read_write' && state.saluFlag === 1;
      return { ...(isWrite ? state : set('sar', [])), uses: new Map(uses).set(memory, use + 1) };
    }
    default:
      return state;
  }
}

function note(roles: Roles, role: string, use: number, step: Step): void {
  const byUse = roles.get(role) ?? [];
  roles.set(role, byUse);
  while (byUse.length <= use) byUse.push(new Set());
  byUse[use]?.add(step);
}
