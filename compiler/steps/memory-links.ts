/**
 * Which steps must run in one physical RPB: the accesses of one memory (a memory lies in one RPB), and the hashes that
 * compute its addresses (each RPB has a hash function of its own).
 */
import type { Effects, Place } from '../data-plane/instructions/instruction.js';
import { must } from '../data-plane/must.js';
import { NumberPairs } from '../data-plane/number-pairs.js';
import { type HashChain, HashChains } from './hash-chains.js';
import { type ActionStep, inlineSteps, isMemoryAccess, type Step, type StepTree } from './steps.js';

/** Steps that share a physical RPB. */
export interface LinkGroup {
  readonly steps: readonly Step[];
  /**
   * The steps by their ordinal on a path: first use of the memory, second use, and so on. Steps of one ordinal lie in
   * exclusive branches and may be placed at one depth; later ordinals need a later pass.
   */
  readonly byUse: readonly (readonly Step[])[];
}

/** For each register and its copy the hashes that its value was computed from. */
type HashesBehind = Record<Place, HashChain>;

/** Changed as the path is followed. */
interface PathState {
  readonly hashes: HashesBehind;
  /** Shared by the states of several paths, so never changed. */
  uses: ReadonlyMap<string, number>;
  /** The last SALU flag: which operation of its pair the next access does. */
  saluFlag: number;
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
  if (!hasAccess(tree)) return [];
  const finder = new AccessFinder();
  finder.collect(tree, [finder.start()]);
  const groups: LinkGroup[] = [];
  for (const { byUse } of rolesOf(finder.accesses)) {
    const steps = new Set<Step>();
    for (const set of byUse) for (const step of set) steps.add(step);
    if (steps.size > 1) groups.push({ steps: [...steps], byUse: byUse.map((set) => [...set]) });
  }
  return groups;
}

function hasAccess({ steps, branch }: StepTree): boolean {
  if (steps.some(isMemoryAccess)) return true;
  if (branch === undefined) return false;
  return hasAccess(branch.otherwise) || branch.cases.some((item) => item.kind === 'enter' && hasAccess(item.body));
}

/** The steps of one memory with one role: the accesses, or the hashes at one place of the chains before them. */
interface Role {
  /** Steps by the ordinal of the use. */
  readonly byUse: Set<Step>[];
}

interface MemoryRoles {
  readonly access: Role;
  /** By place in the chain, from the newest hash on. */
  readonly hashes: Role[];
  readonly chains: Set<HashChain>;
  /** Uses and chains whose hashes are noted. */
  readonly noted: Set<string>;
}

/**
 * In the order in which they first occur. A chain that all accesses of a memory have in common is left out: each of its
 * hashes would be the only one in its role.
 */
function rolesOf(accesses: readonly Access[]): Role[] {
  const byMemory = new Map<string, MemoryRoles>();
  for (const { memory, hashes } of accesses) {
    const of = byMemory.get(memory);
    if (of !== undefined) of.chains.add(hashes);
    else byMemory.set(memory, { access: { byUse: [] }, hashes: [], chains: new Set([hashes]), noted: new Set() });
  }
  const roles: Role[] = [];
  const note = (role: Role, use: number, step: Step): void => {
    if (role.byUse.length === 0) roles.push(role);
    while (role.byUse.length <= use) role.byUse.push(new Set());
    role.byUse[use]?.add(step);
  };
  for (const { step, memory, use, hashes } of accesses) {
    const of = must(byMemory.get(memory), 'roles of a memory');
    note(of.access, use, step);
    if (of.chains.size === 1) continue;
    const key = `${use}/${hashes.number}`;
    if (of.noted.has(key)) continue;
    of.noted.add(key);
    for (const [i, hash] of hashes.newestFirst().entries()) {
      if (i === of.hashes.length) of.hashes.push({ byUse: [] });
      note(must(of.hashes[i], 'role of a hash'), use, hash);
    }
  }
  return roles;
}

/** Follows the paths of a tree. */
class AccessFinder {
  /** In the order of the program. */
  readonly accesses: Access[] = [];
  private readonly chains = new HashChains();

  /** In front of the program. */
  start(): PathState {
    const { none } = this.chains;
    return {
      hashes: { har: none, sar: none, mar: none, 'saved har': none, 'saved sar': none, 'saved mar': none },
      uses: new Map(),
      saluFlag: 0,
    };
  }

  /** @param states what the paths to here differ in, as several paths may lead on from a branch; they are changed */
  collect(tree: StepTree, states: readonly PathState[]): void {
    for (const step of tree.steps) {
      if (step.kind === 'action') for (const state of states) this.follow(step, state);
    }
    const { branch } = tree;
    if (branch === undefined) return;
    for (const item of branch.cases) if (item.kind === 'enter') this.collect(item.body, states.map(copied));
    const after: PathState[] = [];
    for (const step of inlineSteps(branch)) {
      for (const state of states) {
        const behind = copied(state);
        this.follow(step, behind);
        after.push(behind);
      }
    }
    this.collect(branch.otherwise, distinct(branch.fallback === undefined ? [...states, ...after] : after));
  }

  private follow(step: ActionStep, state: PathState): void {
    const does = step.instruction.effects;
    if (does.address === 'access') {
      this.access(step, does, state);
      return;
    }
    const { hashes } = state;
    let chain = this.chains.none;
    for (const place of does.reads) chain = this.chains.both(chain, hashes[place]);
    if (does.address === 'hash') chain = this.chains.longer(chain, step);
    for (const place of does.writes) hashes[place] = chain;
    for (const register of does.changes) hashes[register] = chain;
    for (const [from, to] of does.copies) hashes[to] = hashes[from];
    if (does.address !== 'offset') return;
    const flag = step.parameters[1];
    state.saluFlag = flag?.kind === 'constant' ? flag.value : 0;
  }

  /** Adds the access, with the hashes that its address was computed from. */
  private access(step: ActionStep, { secondStores, writes }: Effects, state: PathState): void {
    const { hashes, uses, saluFlag } = state;
    const memory = must(step.memory, 'memory of an access');
    const use = uses.get(memory) ?? 0;
    this.accesses.push({ step, memory, use, hashes: hashes.mar });
    state.uses = new Map(uses).set(memory, use + 1);
    // A word that was read from memory was computed from no hash.
    if (!(secondStores && saluFlag === 1)) for (const place of writes) hashes[place] = this.chains.none;
  }
}

const copied = ({ hashes, uses, saluFlag }: PathState): PathState => ({ hashes: { ...hashes }, uses, saluFlag });

/** The first of states that agree in all but uses. */
function distinct(states: readonly PathState[]): readonly PathState[] {
  if (states.length < 2) return states;
  const pairs = new NumberPairs();
  const seen = new Set<number>();
  return states.filter(({ hashes, saluFlag }) => {
    let identity = pairs.of(-1, saluFlag);
    identity = pairs.of(pairs.of(pairs.of(identity, hashes.har.number), hashes.sar.number), hashes.mar.number);
    identity = pairs.of(identity, hashes['saved har'].number);
    identity = pairs.of(pairs.of(identity, hashes['saved sar'].number), hashes['saved mar'].number);
    if (seen.has(identity)) return false;
    seen.add(identity);
    return true;
  });
}
