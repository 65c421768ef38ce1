/** The rules that the deployment of a task writes: what its update delay is made of. Source: as of task.ts. */
import type { Algorithm } from './algorithms.js';
import { blocksAt } from './buddy-memory.js';

/** Rules of one measurement unit for a task. */
export interface UnitRules {
  readonly initialisation: number;
  readonly preprocessing: number;
  readonly operation: number;
}

export interface TaskRules extends UnitRules {
  /** Masks of hash units that the task gives a key. */
  readonly hashMasks: number;
}

/** Entries of the tables of a measurement unit. */
export const UNIT_TABLES: UnitRules = { initialisation: 32, preprocessing: 1024, operation: 32 };

export const NO_RULES: UnitRules = { initialisation: 0, preprocessing: 0, operation: 0 };

/**
 * Addresses are translated by one rule for each block of this size but the first one, whose offset is 0; if a parameter
 * selects coupons, by one for each coupon.
 */
export const rulesOf = ({ coupons }: Algorithm, level: number): UnitRules => ({
  initialisation: 1,
  preprocessing: (blocksAt(level) - 1) * Math.max(1, coupons),
  operation: 1,
});

export const addRules = (a: UnitRules, b: UnitRules): UnitRules => ({
  initialisation: a.initialisation + b.initialisation,
  preprocessing: a.preprocessing + b.preprocessing,
  operation: a.operation + b.operation,
});

export const rulesFit = (rules: UnitRules): boolean =>
  rules.initialisation <= UNIT_TABLES.initialisation &&
  rules.preprocessing <= UNIT_TABLES.preprocessing &&
  rules.operation <= UNIT_TABLES.operation;
