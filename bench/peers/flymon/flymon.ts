/**
 * The allocator of FlyMon: each node of a task takes the first measurement unit that has what it needs, and nobody moves.
 * Source: as of task.ts. Faults of the published artefact are not copied: it keeps a task of which one chain finds no
 * place, counts free memory by the level rather than by the size of a block, and takes block 0 for no block.
 */
import { must } from '../../../compiler/data-plane/must.js';
import {
  type Admission,
  byPlace,
  type Holding,
  type MissingResource,
  type PeerAllocator,
  type Refusal,
} from '../peer-allocator.js';
import { ALGORITHMS, wordsPerNode } from './algorithms.js';
import { levelOf, PARTS } from './buddy-memory.js';
import type { HashUnit } from './hash-unit.js';
import { laterOf, MeasurementGroup, type NodePlace, UNITS_PER_GROUP } from './measurement-group.js';
import type { UnitDemand } from './measurement-unit.js';
import { checkTask, type MeasurementTask } from './task.js';
import { addRules, NO_RULES, rulesOf, type TaskRules } from './update-rules.js';

export interface FlyMonOptions {
  /** Groups of measurement units, at most {@link MAX_GROUPS}. */
  readonly groups: number;
  /** Words of each register array: 32, or a power of two from 512 to 65,536. */
  readonly words: number;
}

export const MAX_GROUPS = 9;
export const COMPARED_FLYMON: FlyMonOptions = { groups: MAX_GROUPS, words: 2 ** 16 };

export interface FlyMonAdmission extends Admission {
  readonly rules: TaskRules;
}

/** A group takes four stages and each starts a stage after the one before it, so this one follows it. */
const NEXT_GROUP = 4;

export class FlyMon implements PeerAllocator<MeasurementTask, FlyMonAdmission> {
  readonly name = 'FlyMon';
  readonly arrays: number;
  readonly unitsPerArray: number;
  private readonly groups: readonly MeasurementGroup[];
  private readonly held = new Map<number, readonly NodePlace[]>();

  constructor({ groups, words }: FlyMonOptions) {
    if (!Number.isInteger(groups) || groups < 1 || groups > MAX_GROUPS)
      throw new Error(`FlyMon cannot have ${groups} groups: the maximum is ${MAX_GROUPS}`);
    if (!isArraySize(words)) throw new Error(`the register arrays of FlyMon cannot have ${words} words`);
    this.arrays = groups * UNITS_PER_GROUP;
    this.unitsPerArray = words;
    this.groups = Array.from({ length: groups }, (_, i) => new MeasurementGroup(i + 1, words));
  }

  admit(task: MeasurementTask): FlyMonAdmission | Refusal {
    checkTask(task);
    if (this.held.has(task.id)) throw new Error(`task ${task.id} is held already`);
    const algorithm = ALGORITHMS[task.algorithm];
    const level = levelOf(this.unitsPerArray, wordsPerNode(algorithm, task.words));
    if (level === null) return { kind: 'refused', missing: 'memory' };
    const rules = rulesOf(algorithm, level);
    const places: NodePlace[] = [];
    for (let chain = 0; chain < algorithm.chains; chain++) {
      const placed = this.placeChain(task, { task: task.id, filter: task.filter, level, rules });
      if (typeof placed === 'string') {
        undoAll(places);
        return { kind: 'refused', missing: placed };
      }
      places.push(...placed);
    }
    this.held.set(task.id, places);
    const hashMasks = places.reduce((sum, { newMasks }) => sum + newMasks, 0);
    return {
      kind: 'admitted',
      ranges: places.map(({ range }) => range).sort(byPlace),
      reallocated: [],
      rules: { ...places.reduce((sum) => addRules(sum, rules), NO_RULES), hashMasks },
    };
  }

  /** The first group in which a chain can start. Groups whose wide hash serves all chains of a task come first. */
  private placeChain(task: MeasurementTask, demand: UnitDemand): readonly NodePlace[] | MissingResource {
    const { chains, nodes } = ALGORITHMS[task.algorithm];
    const isWideFirst = chains > 1;
    const starts = isWideFirst ? [...this.groupsOf(2), ...this.groupsOf(1)] : this.groups;
    let missing: MissingResource = 'groups';
    for (const start of starts) {
      const groups = this.groupsFrom(start, nodes);
      if (groups.length < nodes) continue;
      const placed = placeNodes(groups, task, demand);
      if (typeof placed !== 'string') return placed;
      missing = laterOf(missing, placed);
    }
    return missing;
  }

  private groupsOf(wanted: 1 | 2): MeasurementGroup[] {
    return this.groups.filter(({ type }) => type === wanted);
  }

  /** A group and those after it that do not overlap. */
  private groupsFrom(start: MeasurementGroup, count: number): MeasurementGroup[] {
    return this.groups
      .filter(({ number }) => number >= start.number && (number - start.number) % NEXT_GROUP === 0)
      .slice(0, count);
  }

  release(id: number): void {
    const places = this.held.get(id);
    if (places === undefined) throw new Error(`task ${id} is not held`);
    undoAll(places);
    this.held.delete(id);
  }

  holdings(): readonly Holding[] {
    return this.groups.flatMap(({ units }) => units.flatMap((unit) => unit.holdings()));
  }

  /** Hash units of a group. @param number of the group, from 1 */
  hashUnits(number: number): readonly Pick<HashUnit, 'bits' | 'key' | 'tasks'>[] {
    return must(this.groups[number - 1], `group ${number}`).hashUnits;
  }

  /** Entries in the tables of each measurement unit, by register array. */
  entries() {
    return this.groups.flatMap(({ units }) => units.map(({ entries }) => entries));
  }
}

function placeNodes(
  groups: readonly MeasurementGroup[],
  task: MeasurementTask,
  demand: UnitDemand,
): readonly NodePlace[] | MissingResource {
  const places: NodePlace[] = [];
  for (const group of groups) {
    const place = group.place(task, demand);
    if (typeof place === 'string') {
      undoAll(places);
      return place;
    }
    places.push(place);
  }
  return places;
}

function undoAll(places: readonly NodePlace[]): void {
  for (const { undo } of places) undo();
}

const LEAST_WORDS = 512;

function isArraySize(words: number): boolean {
  if (words === PARTS) return true;
  return words >= LEAST_WORDS && words <= 2 ** 16 && Number.isInteger(words) && (words & (words - 1)) === 0;
}
