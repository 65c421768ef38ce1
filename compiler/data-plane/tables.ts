/**
 * All tables and register arrays of a data plane as its control interface shows them: names, keys, actions, widths.
 * The schema of the interface, the P4 source and the resource model are made from this list or compared with it.
 */

import { type DataPlane, FIXED_NAMES, RPB_KEYS, type Rpb } from './data-plane.js';
import type { Gress } from './description.js';
import type { ActionParameter } from './instructions/instruction.js';

export interface TableKey {
  readonly name: string;
  readonly match: 'exact' | 'ternary';
  /** Bits. */
  readonly width: number;
}

export interface TableAction {
  /** Name with its control, e.g. SwitchIngress.rpb3.loadi_mar. */
  readonly name: string;
  readonly parameters: readonly ActionParameter[];
  /** Whether it can only be the default action, which no entry can have. */
  readonly defaultOnly: boolean;
}

export interface MatchTable {
  /** E.g. SwitchIngress.rpb3.tb_operation. */
  readonly name: string;
  readonly gress: Gress;
  readonly stage: number;
  readonly entries: number;
  /** Without $MATCH_PRIORITY, a further key of tables with a ternary key. */
  readonly keys: readonly TableKey[];
  readonly actions: readonly TableAction[];
  /** The action of a packet that no entry matches, without parameters; one of {@link actions}. */
  readonly defaultAction: string;
}

export interface RegisterTable {
  readonly name: string;
  readonly gress: Gress;
  readonly stage: number;
  /** Its buckets. */
  readonly words: number;
  /** Bits of a bucket: a word of 32 bits, or two. */
  readonly width: number;
  /** Number of inputs whose hashes the RPB computes. */
  readonly hashInputs: number;
}

export const NO_ACTION = 'NoAction';
export const WORD_BITS = 32;

export const isTernary = ({ keys }: MatchTable): boolean => keys.some(({ match }) => match === 'ternary');

/** In the order in which a packet meets them. */
export function matchTables(dataPlane: DataPlane): readonly MatchTable[] {
  const { init, recirculation } = dataPlane.description;
  const rpbs = dataPlane.rpbs.map((rpb) => operationTable(dataPlane, rpb));
  return [
    forwardTable(dataPlane),
    ...filterTables(dataPlane, init.stage),
    ...rpbs.filter(({ gress }) => gress === 'ingress'),
    recirculationTable(dataPlane, recirculation.stage),
    ...rpbs.filter(({ gress }) => gress === 'egress'),
  ];
}

const action = (name: string, parameters: readonly ActionParameter[] = []): TableAction => {
  return { name, parameters, defaultOnly: false };
};

/** One for each RPB, in their order. */
export function registerTables({ rpbs }: DataPlane): readonly RegisterTable[] {
  return rpbs.map(({ registerArray, gress, stage, buckets, words, actions }) => {
    const inputs = new Set(
      [...actions.values()].flatMap(({ effects: { hashes } }) => (hashes === undefined ? [] : [hashes.input])),
    );
    return { name: registerArray, gress, stage, words: buckets, width: words * WORD_BITS, hashInputs: inputs.size };
  });
}

function forwardTable({ description: { init, ports } }: DataPlane): MatchTable {
  return {
    name: FIXED_NAMES.forwardTable,
    gress: 'ingress',
    stage: init.stage,
    entries: init.forwardEntries,
    keys: [{ name: FIXED_NAMES.forwardKey, match: 'exact', width: ports.width }],
    actions: [action(FIXED_NAMES.forward, [{ name: 'port', width: ports.width }]), action(FIXED_NAMES.forwardDrop)],
    defaultAction: FIXED_NAMES.forwardDrop,
  };
}

/**
 * In the source that this project generates, filters have a constant default action, so that several tables fit one
 * stage. That of the prototype is not constant: there an entry may have NoAction and hide entries of lower priority.
 */
function filterTables({ description, filterTables: filters }: DataPlane, stage: number): MatchTable[] {
  const { state, init } = description;
  const parameters = [{ name: FIXED_NAMES.programParameter, width: state.programIdBits }];
  return filters.map(({ table, keys, entries }) => ({
    name: table,
    gress: 'ingress',
    stage,
    entries,
    keys: keys.map(({ name, width }): TableKey => ({ name, match: 'ternary', width })),
    actions: [action(FIXED_NAMES.setProgram, parameters), { ...action(NO_ACTION), defaultOnly: !init.onEveryPass }],
    defaultAction: NO_ACTION,
  }));
}

function operationTable({ description: { state } }: DataPlane, rpb: Rpb): MatchTable {
  const register = (name: string): TableKey => ({ name, match: 'ternary', width: WORD_BITS });
  const actions = [...rpb.actions.values()].map(({ control, parameters }) => action(control, parameters));
  return {
    name: rpb.table,
    gress: rpb.gress,
    stage: rpb.stage,
    entries: rpb.entries,
    keys: [
      { name: RPB_KEYS.program, match: 'exact', width: state.programIdBits },
      { name: RPB_KEYS.branch, match: state.branchMatch, width: state.branchIdBits },
      { name: RPB_KEYS.recirculation, match: 'exact', width: state.recirculationIdBits },
      register(RPB_KEYS.mar),
      register(RPB_KEYS.sar),
      register(RPB_KEYS.har),
    ],
    actions: [action(NO_ACTION), ...actions],
    defaultAction: NO_ACTION,
  };
}

function recirculationTable({ description: { state, recirculation } }: DataPlane, stage: number): MatchTable {
  const names = [
    FIXED_NAMES.firstRecirculate,
    FIXED_NAMES.middleRecirculate,
    FIXED_NAMES.lastRecirculate,
    FIXED_NAMES.setEgressPort,
  ];
  return {
    name: FIXED_NAMES.recirculationTable,
    gress: 'ingress',
    stage,
    entries: recirculation.entries,
    keys: [
      { name: RPB_KEYS.program, match: 'exact', width: state.programIdBits },
      { name: RPB_KEYS.recirculation, match: 'exact', width: state.recirculationIdBits },
    ],
    actions: names.map((name) => action(name)),
    defaultAction: FIXED_NAMES.setEgressPort,
  };
}
