/**
 * Which steps must run in one physical RPB: the accesses of one memory (a memory lies in one RPB), and the hashes that
 * compute its addresses (each RPB has a hash function of its own).
 */
import { REGISTERS } from '../data-plane/description.js';
import type { Effects, Place } from '../data-plane/instructions/instruction.js';
import { effectsOf } from '../data-plane/instructions/table.js';
import { must } from '../data-plane/must.js';
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

/** For each register and its copy the hashes that its value was computed from, oldest first; absent: none. */
type HashesBehind = Readonly<Partial<Record<Place, readonly Step[]>>>;

interface PathState {
  readonly hashes: HashesBehind;
  readonly uses: ReadonlyMap<string, number>;
  /** The last SALU flag: which operation of its pair the next access does. */
  readonly saluFlag: number;
}

/** Key: memory and role ('access', or the place of a hash in the chain before the access); value: steps by use. */
type Roles = Map<string, Set<Step>[]>;

/** All groups of more than one step, in the order of the program. */
export function linkGroups(tree: StepTree): LinkGroup[] {
  const roles: Roles = new Map();
  collect(tree, [{ hashes: {}, uses: new Map(), saluFlag: 0 }], roles);
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
  a.saluFlag === b.saluFlag && PLACES.every((place) => sameSteps(a.hashes[place], b.hashes[place]));

const PLACES: readonly Place[] = REGISTERS.flatMap((register): Place[] => [register, `saved ${register}`]);

const sameSteps = (a: readonly Step[] = [], b: readonly Step[] = []): boolean =>
  a.length === b.length && a.every((step, i) => step === b[i]);

function follow(step: ActionStep, state: PathState, roles: Roles): PathState {
  const does = effectsOf(step.effect);
  if (does.address === 'access') return access(step, does, state, roles);
  const hashes: Partial<Record<Place, readonly Step[]>> = { ...state.hashes };
  const behind = (place: Place): readonly Step[] => state.hashes[place] ?? [];
  const chain = [...new Set(does.reads.flatMap(behind))];
  for (const place of [...does.writes, ...does.changes]) {
    hashes[place] = does.address === 'hash' ? [...chain, step] : chain;
  }
  for (const [from, to] of does.copies) hashes[to] = behind(from);
  if (does.address !== 'offset') return { ...state, hashes };
  const flag = step.parameters[1];
  return { ...state, hashes, saluFlag: flag?.kind === 'constant' ? flag.value : 0 };
}

/** Notes the access and the hashes behind its address. */
function access(step: ActionStep, { secondStores, writes }: Effects, state: PathState, roles: Roles): PathState {
  const { hashes, uses, saluFlag } = state;
  const memory = must(step.memory, 'memory of an access');
  const use = uses.get(memory) ?? 0;
  note(roles, `${memory}/access`, use, step);
  for (const [i, hash] of [...(hashes.mar ?? [])].reverse().entries()) note(roles, `${memory}/hash ${i}`, use, hash);
  const after = { ...hashes };
  // What comes out of memory was computed from no hash.
  if (!(secondStores && saluFlag === 1)) for (const place of writes) after[place] = [];
  return { ...state, hashes: after, uses: new Map(uses).set(memory, use + 1) };
}

function note(roles: Roles, role: string, use: number, step: Step): void {
  const byUse = roles.get(role) ?? [];
  roles.set(role, byUse);
  while (byUse.length <= use) byUse.push(new Set());
  byUse[use]?.add(step);
}
