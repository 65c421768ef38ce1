/** The entries of a program as rules for the proof of addresses: what they match and what they do, by pass and RPB. */

import type { Action, DataPlane, Rpb } from '../data-plane/data-plane.js';
import { RPB_KEYS } from '../data-plane/data-plane.js';
import { REGISTERS, type Register } from '../data-plane/description.js';
import type { ActionEffect } from '../data-plane/instructions/table.js';
import { type KnownWord, UNKNOWN_WORD } from '../data-plane/known-word.js';
import { must } from '../data-plane/must.js';
import { NO_ACTION } from '../data-plane/tables.js';
import { extractedWord } from '../language/known-registers.js';
import type { Condition } from '../language/program.js';
import type { KeyField, TableEntry } from './compiled-program.js';

/** A decoded entry of an RPB. */
export interface Rule {
  readonly entry: TableEntry;
  readonly branchValue: number;
  readonly branchMask: number;
  readonly conditions: readonly Condition[];
  /** Undefined for NoAction. */
  readonly effect: ActionEffect | undefined;
  readonly values: readonly number[];
  /** Whether its action sets the branch id. */
  readonly setsBranch: boolean;
  readonly accesses: boolean;
  /** The values that the extracted field can have. */
  readonly extracted: KnownWord;
}

/** An entry of an RPB that a switch has decoded. */
export interface DecodedEntry {
  /** Index of the RPB, from 0. */
  readonly rpb: number;
  readonly pass: number;
  readonly branchValue: number;
  readonly branchMask: number;
  /** By register, in the order of {@link REGISTERS}. */
  readonly match: readonly (readonly [value: number, mask: number])[];
  readonly source: TableEntry;
}

/** What the rules of entries take from an RPB, alike for all programs. */
interface RpbActions {
  readonly rpb: Rpb;
  /** By the name that the driver sends. */
  readonly actions: ReadonlyMap<string, ActionFacts>;
}

interface ActionFacts extends Action {
  readonly extracted: KnownWord;
}

const actionsOfPlanes = new WeakMap<DataPlane, ReadonlyMap<string, RpbActions>>();

/** By table. */
function actionsOf(dataPlane: DataPlane): ReadonlyMap<string, RpbActions> {
  const known = actionsOfPlanes.get(dataPlane);
  if (known !== undefined) return known;
  const factsOf = (action: Action): ActionFacts => {
    const { moves } = action.effects;
    return { ...action, extracted: extractedWord(moves && dataPlane.field(moves.field)) };
  };
  const byTable = new Map(
    dataPlane.rpbs.map((rpb) => {
      const actions = new Map([...rpb.actions.values()].map((action) => [action.control, factsOf(action)]));
      return [rpb.table, { rpb, actions }];
    }),
  );
  actionsOfPlanes.set(dataPlane, byTable);
  return byTable;
}

/** Entries by pass and RPB, in order of priority. */
export class RuleTable {
  /** The last place with an access; -1 if there is none. */
  lastAccess = -1;
  /** By place: pass · RPBs + RPB index. */
  private readonly rules: (Rule[] | undefined)[] = [];
  private readonly rpbs: ReadonlyMap<string, RpbActions>;
  private readonly allBranches: number;
  private readonly passes: number;

  constructor(private readonly dataPlane: DataPlane) {
    const { branchIdBits, recirculationIdBits } = dataPlane.description.state;
    this.rpbs = actionsOf(dataPlane);
    this.allBranches = 2 ** branchIdBits - 1;
    this.passes = 2 ** recirculationIdBits;
  }

  /** Adds an entry. @returns why it cannot be decoded */
  add(entry: TableEntry): string | undefined {
    const here = this.rpbs.get(entry.table);
    if (here === undefined) return undefined;
    let branch = { value: 0, mask: 0 };
    let pass = 0;
    const conditions: Condition[] = [];
    for (const field of entry.key) {
      if (field.name === RPB_KEYS.recirculation) pass = field.value;
      else if (field.name === RPB_KEYS.branch) branch = masked(field, this.allBranches);
      else {
        const register = REGISTER_OF_KEY[field.name];
        if (register === undefined) continue;
        const match = masked(field, WORD);
        if (match.mask !== 0) conditions.push({ register, ...match });
      }
    }
    return this.addRule(here, entry, { pass, branchValue: branch.value, branchMask: branch.mask, conditions });
  }

  /** As {@link add}, of an entry whose key is decoded. */
  addDecoded({ pass, branchValue, branchMask, match, source }: DecodedEntry): string | undefined {
    const here = must(this.rpbs.get(source.table), `table ${source.table}`);
    let conditions = NO_CONDITIONS;
    for (let i = 0; i < match.length; i++) {
      const [value, mask] = must(match[i], 'match on a register');
      if (mask !== 0) conditions = [...conditions, { register: must(REGISTERS[i], 'register'), value, mask }];
    }
    return this.addRule(here, source, { pass, branchValue, branchMask, conditions });
  }

  /** The rules at a place; undefined if there are none. */
  at(place: number): readonly Rule[] | undefined {
    return this.rules[place];
  }

  private addRule(
    { rpb, actions }: RpbActions,
    entry: TableEntry,
    { pass, branchValue, branchMask, conditions }: RuleKey,
  ): string | undefined {
    const action = actions.get(entry.action);
    if (action === undefined && entry.action !== NO_ACTION) return `${entry.table} has no action ${entry.action}`;
    const values = action === undefined ? NO_VALUES : valuesOf(entry, action);
    if (values === undefined) return `an entry of ${entry.table} lacks a parameter of ${entry.action}`;
    if (pass >= this.passes) return `${entry.table} has no pass ${pass + 1}`;
    const { rpbCount, switches } = this.dataPlane;
    if (switches > 1 && pass !== rpb.member) {
      return `an entry of ${entry.table} is for pass ${pass + 1}, and packets meet its switch in pass ${rpb.member + 1}`;
    }
    const place = (pass - rpb.member) * rpbCount + rpb.index;
    const does = action?.effects;
    const accesses = does?.address === 'access';
    if (accesses && place > this.lastAccess) this.lastAccess = place;
    insertByPriority(this.list(place), {
      entry,
      branchValue,
      branchMask,
      conditions,
      effect: action?.effect,
      values,
      setsBranch: does?.setsBranch ?? false,
      accesses,
      extracted: action?.extracted ?? UNKNOWN_WORD,
    });
    return undefined;
  }

  private list(place: number): Rule[] {
    const known = this.rules[place];
    if (known !== undefined) return known;
    const list: Rule[] = [];
    this.rules[place] = list;
    return list;
  }
}

type RuleKey = Pick<Rule, 'branchValue' | 'branchMask' | 'conditions'> & { readonly pass: number };

const NO_CONDITIONS: readonly Condition[] = [];

/** Behind rules of the same priority. */
function insertByPriority(list: Rule[], rule: Rule): void {
  let at = list.length;
  while (at > 0 && isAfter(list[at - 1], rule.entry)) at--;
  if (at === list.length) list.push(rule);
  else list.splice(at, 0, rule);
}

const isAfter = (rule: Rule | undefined, { priority }: TableEntry): boolean =>
  rule !== undefined && rule.entry.priority > priority;

/** The values of an action's parameters, in its order; undefined if one is missing or no word. */
function valuesOf({ parameters }: TableEntry, action: Action): readonly number[] | undefined {
  if (action.parameters.length === 0) return NO_VALUES;
  const values: number[] = [];
  for (const { name } of action.parameters) {
    const value = parameters.find((given) => given.name === name)?.value;
    if (value === undefined || !(value <= WORD)) return undefined;
    values.push(value);
  }
  return values;
}

const NO_VALUES: readonly number[] = [];

const REGISTER_OF_KEY: Readonly<Record<string, Register>> = Object.fromEntries(
  REGISTERS.map((register) => [RPB_KEYS[register], register]),
);

function masked(field: KeyField, all: number): { readonly value: number; readonly mask: number } {
  const mask = field.match === 'exact' ? all : field.mask;
  return { value: (field.value & mask) >>> 0, mask };
}

const WORD = 0xffffffff;
