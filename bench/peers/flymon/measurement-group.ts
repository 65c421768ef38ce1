/** A group of measurement units, with the hash units that they share. Source: as of task.ts. */
import { MISSING_RESOURCES, type MissingResource, type UnitRange } from '../peer-allocator.js';
import { type HashBits, HashUnit, NARROW_BITS, preferred, WIDE_BITS } from './hash-unit.js';
import { MeasurementUnit, type UnitDemand } from './measurement-unit.js';
import type { MeasurementTask } from './task.js';

export const UNITS_PER_GROUP = 3;

/** Types of groups by their hash units. */
const HASH_UNITS: Readonly<Record<1 | 2, readonly HashBits[]>> = {
  1: [NARROW_BITS, NARROW_BITS, NARROW_BITS],
  2: [WIDE_BITS, NARROW_BITS],
};

/** A node of a task with its place. */
export interface NodePlace {
  readonly range: UnitRange;
  /** Hash units that got a key for it. */
  readonly newMasks: number;
  readonly undo: () => void;
}

interface HashChoice {
  readonly key: HashUnit;
  readonly parameter: HashUnit | null;
}

export class MeasurementGroup {
  readonly type: 1 | 2;
  readonly hashUnits: readonly HashUnit[];
  readonly units: readonly MeasurementUnit[];

  /** @param number from 1; types of groups alternate */
  constructor(
    readonly number: number,
    words: number,
  ) {
    this.type = number % 2 === 1 ? 2 : 1;
    this.hashUnits = HASH_UNITS[this.type].map((bits) => new HashUnit(bits));
    const firstArray = (number - 1) * UNITS_PER_GROUP;
    this.units = Array.from({ length: UNITS_PER_GROUP }, (_, i) => new MeasurementUnit(firstArray + i, words));
  }

  /** Places a node, or says what is missing; then nothing has changed. */
  place(task: MeasurementTask, demand: UnitDemand): NodePlace | MissingResource {
    if (task.parameter.kind === 'standard' && !this.hasStandardParameters) return 'standard-parameter';
    const hash = this.hashFor(task);
    if (hash === null) return 'hash-unit';
    const found = this.unitFor(demand);
    if (typeof found === 'string') return found;
    const newMasks = [hash.key, hash.parameter].filter((unit) => unit !== null && unit.key === null).length;
    const { range, undo } = found.unit.admit(demand, found.firstPart);
    const undos = [undo, hash.key.use(task.id, 'key', task.key)];
    if (hash.parameter !== null && task.parameter.kind === 'key')
      undos.push(hash.parameter.use(task.id, 'parameter', task.parameter.key));
    return {
      range,
      newMasks,
      undo: () => {
        for (const each of undos) each();
      },
    };
  }

  /** Packet size, queue length and time stamp reach the first group only. */
  private get hasStandardParameters(): boolean {
    return this.number === 1;
  }

  /** The parameter's unit is chosen first, of 16 bits if there is one. */
  private hashFor({ id, key, parameter }: MeasurementTask): HashChoice | null {
    let given: HashUnit | null = null;
    if (parameter.kind === 'key') {
      const able = this.hashUnits.filter((unit) => unit.canGive(id, parameter.key));
      const narrow = able.filter(({ bits }) => bits === NARROW_BITS);
      const chosen = preferred(narrow) ?? preferred(able);
      if (chosen === undefined) return null;
      given = chosen;
    }
    const serving = preferred(this.hashUnits.filter((unit) => unit !== given && unit.canServe(id, key)));
    return serving === undefined ? null : { key: serving, parameter: given };
  }

  private unitFor(demand: UnitDemand): { unit: MeasurementUnit; firstPart: number } | MissingResource {
    let missing: MissingResource = 'disjoint-filter';
    for (const unit of this.units) {
      const room = unit.roomFor(demand);
      if (typeof room === 'number') return { unit, firstPart: room };
      missing = laterOf(missing, room);
    }
    return missing;
  }
}

/** Of two resources that are missing, the one that is looked for later. */
export const laterOf = (a: MissingResource, b: MissingResource): MissingResource =>
  MISSING_RESOURCES.indexOf(a) < MISSING_RESOURCES.indexOf(b) ? b : a;
