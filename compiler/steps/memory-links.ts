/**
 * Which steps must run in one physical RPB: the accesses of one memory (a memory lies in one RPB), and the hashes that
 * compute its addresses (each RPB has a hash function of its own).
 */
import { REGISTERS } from '../data-plane/description.js';
import type { Effects, Place } from '../data-plane/instructions/instruction.js';
import { effectsOf } from '../data-plane/instructions/table.js';
import { must } from '../data-plane/must.js';
import { type HashChain, HashChains } from './hash-chains.js';
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

/** For each register and its copy the hashes that its value was computed from; absent: none. */
type HashesBehind = Readonly<Partial<Record<Place, HashChain>>>;

interface PathState {
  readonly hashes: HashesBehind;
  readonly uses: ReadonlyMap<string, number>;
  /** The last SALU flag: which operation of its pair the next access does. */
  readonly saluFlag: number;
}

/** An access of a memory on some path. */
interface Access {
  readonly step: Step;
  readonly memory: string;
  /** Number of earlier accesses of the memory on its path. */
  readonly use: number;
  /** The hashes that its address was computed from. */
  readonly hashes: HashChain;
}

/** All groups of more than one step, in the order of the program. */
export function linkGroups(tree: StepTree): LinkGroup[] {
  const finder = new AccessFinder();
  finder.collect(tree, [{ hashes: {}, uses: new Map(), saluFlag: 0 }]);
  return [...rolesOf(finder.accesses).values()]
    .map((byUse) => ({
      steps: [...new Set(byUse.flatMap((steps) => [...steps]))],
      byUse: byUse.map((set) => [...set]),
    }))
    .filter(({ steps }) => steps.length > 1);
}

/** Key: memory and role ('access', or the place of a hash in the chain before the access); value: steps by use. */
type Roles = Map<string, Set<Step>[]>;

/** A chain that all accesses of a memory have in common is left out: each of its hashes would be the only one in its role. */
function rolesOf(accesses: readonly Access[]): Roles {
  const chains = new Map<string, Set<HashChain>>();
  for (const { memory, hashes } of accesses) {
    const of = chains.get(memory);
    if (of === undefined) chains.set(memory, new Set([hashes]));
    else of.add(hashes);
  }
  const roles: Roles = new Map();
  const noted = new Set<string>();
  for (const { step, memory, use, hashes } of accesses) {
    note(roles, `${memory}/access`, use, step);
    const key = `${memory}/${use}/${hashes.number}`;
    if (must(chains.get(memory), 'chains of a memory').size === 1 || noted.has(key)) continue;
    noted.add(key);
    for (const [i, hash] of hashes.newestFirst().entries()) note(roles, `${memory}/hash ${i}`, use, hash);
  }
  return roles;
}

function note(roles: Roles, role: string, use: number, step: Step): void {
  const byUse = roles.get(role) ?? [];
  roles.set(role, byUse);
  while (byUse.length <= use) byUse.push(new Set());
  byUse[use]?.add(step);
}

const PLACES: readonly Place[] = REGISTERS.flatMap((register): Place[] => [register, `saved ${register}`]);

/** Follows the paths of a tree. */
class AccessFinder {
  /** In the order of the program. */
  readonly accesses: Access[] = [];
  private readonly chains = new HashChains();

  /** @param before what the paths to here differ in, as several paths may lead on from a branch */
  collect(tree: StepTree, before: readonly PathState[]): void {
    let states = before;
    for (const step of tree.steps) {
      if (step.kind === 'action') states = states.map((state) => this.follow(step, state));
    }
    const { branch } = tree;
    if (branch === undefined) return;
    for (const item of branch.cases) if (item.kind === 'enter') this.collect(item.body, states);
    const inline = inlineSteps(branch);
    const after = inline.flatMap((step) => states.map((state) => this.follow(step, state)));
    this.collect(branch.otherwise, this.distinct(branch.fallback === undefined ? [...states, ...after] : after));
  }

  private distinct(states: readonly PathState[]): readonly PathState[] {
    const kept = new Map<string, PathState>();
    for (const state of states) {
      const { hashes, saluFlag } = state;
      const key = `${saluFlag} ${PLACES.map((place) => (hashes[place] ?? this.chains.none).number).join()}`;
      if (!kept.has(key)) kept.set(key, state);
    }
    return [...kept.values()];
  }

  private follow(step: ActionStep, state: PathState): PathState {
    const does = effectsOf(step.effect);
    if (does.address === 'access') return this.access(step, does, state);
    const hashes: Partial<Record<Place, HashChain>> = { ...state.hashes };
    const behind = (place: Place): HashChain => state.hashes[place] ?? this.chains.none;
    let chain = this.chains.none;
    for (const place of does.reads) chain = this.chains.both(chain, behind(place));
    if (does.address === 'hash') chain = this.chains.longer(chain, step);
    for (const place of [...does.writes, ...does.changes]) hashes[place] = chain;
    for (const [from, to] of does.copies) hashes[to] = behind(from);
    if (does.address !== 'offset') return { ...state, hashes };
    const flag = step.parameters[1];
    return { ...state, hashes, saluFlag: flag?.kind === 'constant' ? flag.value : 0 };
  }

  /** Adds the access, with the hashes that its address was computed from. */
  private access(step: ActionStep, { secondStores, writes }: Effects, state: PathState): PathState {
    const { hashes, uses, saluFlag } = state;
    const memory = must(step.memory, 'memory of an access');
    const use = uses.get(memory) ?? 0;
    this.accesses.push({ step, memory, use, hashes: hashes.mar ?? this.chains.none });
    const after = { ...hashes };
    // A word that was read from memory was computed from no hash.
    if (!(secondStores && saluFlag === 1)) for (const place of writes) after[place] = this.chains.none;
    return { ...state, hashes: after, uses: new Map(uses).set(memory, use + 1) };
  }
}
