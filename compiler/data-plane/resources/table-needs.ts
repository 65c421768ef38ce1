/**
 * Resources that each table uses in its stage. Formulas are those of the open Tofino back end in p4lang/p4c as far as
 * its output for the authors' program and ours shows them; they hold for tables like these (one action data format, no
 * counters, meters or selectors).
 */
import { bitsToTell } from '../bits.js';
import type { Chip, Needs } from '../chip.js';
import type { DataPlane } from '../data-plane.js';
import type { Gress } from '../description.js';
import { type FilterChoice, filterOrder, filterSteps, guardedTable } from '../filter-order.js';
import { RECIRCULATION_ID, SALU_FLAG, SALU_FLAG_BITS, stateFields } from '../state-fields.js';
import {
  isTernary,
  type MatchTable,
  matchTables,
  NO_ACTION,
  type RegisterTable,
  registerTables,
  WORD_BITS,
} from '../tables.js';

export type Unit = keyof Needs;

/** Accesses to memory blocks by one packet. */
export interface Accesses {
  readonly tcamSearches: number;
  readonly ramReads: number;
  readonly ramWrites: number;
  readonly mapRamReads: number;
  readonly mapRamWrites: number;
}

export interface PlacedTable {
  readonly name: string;
  readonly gress: Gress;
  readonly stage: number;
  readonly needs: Needs;
  readonly accesses: Accesses;
  /** Number of instructions without `NoAction`, which all tables of a stage and gress share. */
  readonly actions: number;
}

export const NO_NEEDS: Needs = {
  tcamBlocks: 0,
  sramBlocks: 0,
  mapRams: 0,
  statefulAlus: 0,
  logicalTables: 0,
  hashDistributionUnits: 0,
  hashBits: 0,
};
const NO_ACCESSES: Accesses = { tcamSearches: 0, ramReads: 0, ramWrites: 0, mapRamReads: 0, mapRamWrites: 0 };

/** Every logical table of the pipe, in the order in which a packet meets them. */
export function placedTables(dataPlane: DataPlane, chip: Chip): readonly PlacedTable[] {
  const registers = new Map(registerTables(dataPlane).map((register) => [controlOf(register.name), register]));
  const leadOn = guardedThatLeadOn(dataPlane);
  const tables = matchTables(dataPlane).map((table) => {
    const register = registers.get(controlOf(table.name));
    const match = isTernary(table)
      ? ternaryNeeds(table, leadOn.has(table.name), chip)
      : exactNeeds(table.entries, chip);
    return placed(table, match, register === undefined ? NOTHING : rpbNeeds(register, dataPlane, chip));
  });
  return [...conditionTables(dataPlane), ...tables, ...stateTables(dataPlane), ...checksumTables(dataPlane, chip)];
}

const controlOf = (name: string): string => name.slice(0, name.lastIndexOf('.'));

/** Resources and accesses of a table, or of a unit attached to it. */
interface Use {
  readonly needs: Needs;
  readonly accesses: Accesses;
}
const NOTHING: Use = { needs: NO_NEEDS, accesses: NO_ACCESSES };

function placed({ name, gress, stage, actions }: MatchTable, match: Use, attached: Use): PlacedTable {
  return {
    name,
    gress,
    stage,
    needs: addNeeds(match.needs, attached.needs),
    accesses: addAccesses(match.accesses, attached.accesses),
    actions: actions.filter((action) => action.name !== NO_ACTION).length,
  };
}

/** The last stage of a gress with a table. */
const lastStage = (dataPlane: DataPlane, gress: Gress): number =>
  Math.max(...matchTables(dataPlane).flatMap((table) => (table.gress === gress ? [table.stage] : [])), 0);

/** Names of the tables that p4c adds to those of the control interface. */
export const COMPILER_TABLES = {
  countPass: 'SwitchEgress.count_pass',
  stripState: 'SwitchEgress.strip_state',
  udpHasChecksum: { ingress: 'SwitchIngress.udp_has_checksum', egress: 'SwitchEgress.udp_has_checksum' },
} as const;

/** The name of the logical table of a condition that is not the gateway of another table. */
export const conditionName = ({ header }: FilterChoice): string => `SwitchIngress.init.has_${header}`;

/** Conditions of the filters that are not the gateway of another table: a logical table each, without memory. */
function conditionTables(dataPlane: DataPlane): PlacedTable[] {
  const order = filterOrder(dataPlane);
  return filterSteps(order)
    .filter((step): step is FilterChoice => step.kind === 'choice' && guardedTable(step, order) === undefined)
    .map((step) => ({
      name: conditionName(step),
      gress: 'ingress',
      stage: dataPlane.description.init.stage,
      needs: { ...NO_NEEDS, logicalTables: 1 },
      accesses: NO_ACCESSES,
      actions: 0,
    }));
}

/**
 * Two tables without a key, after the last RPB: one counts the pass of a recirculating packet, one strips the
 * carried state from a leaving packet. Each reads one block; p4c allocates no memory for them.
 */
function stateTables(dataPlane: DataPlane): PlacedTable[] {
  return [COMPILER_TABLES.countPass, COMPILER_TABLES.stripState].map((name) => ({
    name,
    gress: 'egress',
    stage: lastStage(dataPlane, 'egress'),
    needs: { ...NO_NEEDS, logicalTables: 1 },
    accesses: { ...NO_ACCESSES, ramReads: 1 },
    actions: 1,
  }));
}

/** Entries for the two bits of the condition: whether there is a UDP header, and whether it has a checksum. */
const CHECKSUM_CONDITION_ENTRIES = 4;

/**
 * The condition that the deparser updates the UDP checksum only where there is one: p4c makes an exact match table of
 * it, at the end of each gress (parde/deparser_checksum_update.cpp).
 */
function checksumTables(dataPlane: DataPlane, chip: Chip): PlacedTable[] {
  if (!dataPlane.description.updatesChecksums) return [];
  return (['ingress', 'egress'] as const).map((gress) => ({
    name: COMPILER_TABLES.udpHasChecksum[gress],
    gress,
    stage: lastStage(dataPlane, gress),
    ...exactNeeds(CHECKSUM_CONDITION_ENTRIES, chip),
    actions: 1,
  }));
}

/**
 * Filters that have both a gateway and another table after their miss: p4c gives these an action data block even
 * for an id, where filters with only one of the two (those of the authors' program, the second and the last of
 * ours) have it in the ternary indirection.
 */
function guardedThatLeadOn(dataPlane: DataPlane): ReadonlySet<string> {
  const order = filterOrder(dataPlane);
  const steps = filterSteps(order);
  const guarded = new Set(steps.flatMap((step) => (step.kind === 'choice' ? [guardedTable(step, order)] : [])));
  return new Set(
    steps.flatMap((step) =>
      step.kind === 'lookUp' && step.onMiss !== undefined && guarded.has(step.table) ? [step.table] : [],
    ),
  );
}

/**
 * TCAM blocks: columns as wide as the key (44 bits each) times rows as deep as the entries; all of them are searched.
 * An entry's action is in an SRAM block (ternary indirection). Its parameters are there too if they are as short as a
 * port or an id, and in an action data block otherwise. Per entry 32 bits of the first and 64 of the second: p4c pads
 * to powers of two. One block of each is read.
 */
function ternaryNeeds({ keys, entries, actions }: MatchTable, needsActionData: boolean, chip: Chip): Use {
  const keyBits = keys.reduce((sum, { width }) => sum + width, 0);
  const columns = Math.ceil(keyBits / chip.tcamBlock.bits);
  const rows = Math.ceil(entries / chip.tcamBlock.rows);
  const parameterBits = Math.max(
    ...actions.map(({ parameters }) => parameters.reduce((sum, { width }) => sum + width, 0)),
  );
  const hasActionData = needsActionData || parameterBits > IMMEDIATE_BITS;
  const indirection = sramBlocks(entries, INDIRECTION_BITS, chip);
  const actionData = hasActionData ? sramBlocks(entries, ACTION_DATA_BITS, chip) : 0;
  const tcamBlocks = columns * rows;
  return {
    needs: { ...NO_NEEDS, tcamBlocks, sramBlocks: indirection + actionData, logicalTables: 1 },
    accesses: { ...NO_ACCESSES, tcamSearches: tcamBlocks, ramReads: hasActionData ? 2 : 1 },
  };
}

/** Maximum bits of parameters of an action that need no action data block. */
const IMMEDIATE_BITS = 16;
const INDIRECTION_BITS = 32;
const ACTION_DATA_BITS = 64;

const sramBlocks = (entries: number, bits: number, { sramBlock }: Chip): number =>
  Math.ceil((entries * bits) / (sramBlock.rows * sramBlock.bits));

/**
 * An exact match is a hash table: ways of whole SRAM blocks, each with an index of its own into 1,024 rows, 10 hash
 * bits. A table that a row for each entry fits into one block is one way; p4c takes four for larger ones, with up to
 * four entries to a row. One block of each way is read.
 */
function exactNeeds(entries: number, chip: Chip): Use {
  const { rows } = chip.sramBlock;
  const ways = entries <= rows ? 1 : EXACT_WAYS;
  const depth = Math.ceil(entries / (ways * rows * (ways === 1 ? 1 : ENTRIES_PER_ROW)));
  return {
    needs: { ...NO_NEEDS, sramBlocks: ways * depth, hashBits: ways * bitsToTell(rows), logicalTables: 1 },
    accesses: { ...NO_ACCESSES, ramReads: ways },
  };
}
const EXACT_WAYS = 4;
const ENTRIES_PER_ROW = 4;

/**
 * Resources of an RPB beside its table: a register array, and the hashes of the 5-tuple, of har, and of other inputs.
 *
 * The array: words in SRAM blocks and one spare block, without which no word could be written while
 * another is read; a map RAM beside each block; one stateful ALU. A packet reads and writes one block, reads all map
 * RAMs and writes one (p4c, mau/determine_power_usage.cpp). Its address and the hashes come by hash distribution units
 * of 16 bits each; where sar and the flag do not reach the ALU by the crossbar, they come by hash bits too.
 */
function rpbNeeds({ words, width, gress, hashInputs }: RegisterTable, dataPlane: DataPlane, chip: Chip): Use {
  const blocks = sramBlocks(words, width, chip) + 1;
  const values = ADDRESSES + hashInputs;
  const hashBits = values * HASH_OUTPUT_BITS + (isFlagAbove(dataPlane, gress) ? width + SALU_FLAG_BITS : 0);
  const needs = {
    ...NO_NEEDS,
    sramBlocks: blocks,
    mapRams: blocks,
    statefulAlus: 1,
    hashDistributionUnits: values,
    hashBits,
  };
  return { needs, accesses: { tcamSearches: 0, ramReads: 1, ramWrites: 1, mapRamReads: blocks, mapRamWrites: 1 } };
}
/** Values of hash distribution beside the hashes: the address. */
const ADDRESSES = 1;
const HASH_OUTPUT_BITS = WORD_BITS / 2;

/**
 * Whether the flag is the upper byte of a 16-bit container, from which the crossbar cannot move it to the first byte of
 * a stateful ALU's operand: p4c then sends both operands through the hash. It packs the flag with the field behind it
 * where the two fill such a container and neither is an operand; egress counts the pass, and a field that is
 * added to has a separate container.
 */
function isFlagAbove(dataPlane: DataPlane, gress: Gress): boolean {
  const fields = stateFields(dataPlane);
  const next = fields[fields.findIndex(({ name }) => name === SALU_FLAG) + 1];
  if (next === undefined || SALU_FLAG_BITS + next.width !== HALF_WORD_CONTAINER_BITS) return false;
  return !(gress === 'egress' && next.name === RECIRCULATION_ID);
}
const HALF_WORD_CONTAINER_BITS = 16;

export const UNITS = Object.keys(NO_NEEDS) as readonly Unit[];

const addAccesses = (a: Accesses, b: Accesses): Accesses => ({
  tcamSearches: a.tcamSearches + b.tcamSearches,
  ramReads: a.ramReads + b.ramReads,
  ramWrites: a.ramWrites + b.ramWrites,
  mapRamReads: a.mapRamReads + b.mapRamReads,
  mapRamWrites: a.mapRamWrites + b.mapRamWrites,
});

export const addNeeds = (a: Needs, b: Needs): Needs =>
  Object.fromEntries(UNITS.map((unit) => [unit, a[unit] + b[unit]])) as Record<Unit, number>;
