/**
 * What each table takes of its stage. Formulas are those of the open Tofino back end in p4lang/p4c as far as they show
 * in what it makes of the authors' program; each says so, and holds for tables like these (one action data format, no
 * counters, meters or selectors).
 */
import { bitsToTell } from '../bits.js';
import type { Chip } from '../data-plane/chip.js';
import type { DataPlane } from '../data-plane/data-plane.js';
import type { Gress } from '../data-plane/description.js';
import {
  isTernary,
  type MatchTable,
  matchTables,
  NO_ACTION,
  type RegisterTable,
  registerTables,
  WORD_BITS,
} from '../data-plane/tables.js';

/** Blocks and units of one stage. */
export interface Needs {
  readonly tcamBlocks: number;
  readonly sramBlocks: number;
  readonly mapRams: number;
  readonly statefulAlus: number;
  readonly logicalTables: number;
  readonly hashDistributionUnits: number;
  readonly hashBits: number;
}
export type Unit = keyof Needs;

/** Accesses to memory blocks that one packet makes. */
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
  /** Instructions; `NoAction` is not among them, as all tables of a stage and gress share one. */
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
  const tables = matchTables(dataPlane).map((table) => placed(table, registers.get(controlOf(table.name)), chip));
  return [...checksumTables(dataPlane), ...tables, ...stateTables(dataPlane)];
}

const controlOf = (name: string): string => name.slice(0, name.lastIndexOf('.'));

function placed(table: MatchTable, register: RegisterTable | undefined, chip: Chip): PlacedTable {
  const { name, gress, stage } = table;
  const match = isTernary(table) ? ternaryNeeds(table, chip) : exactNeeds(table, chip);
  const memory = register === undefined ? NO_NEEDS : registerNeeds(register, chip);
  const isRpb = register !== undefined;
  const needs = addNeeds(addNeeds(match, memory), isRpb ? hashNeeds() : NO_NEEDS);
  const actions = table.actions.filter((action) => action.name !== NO_ACTION).length;
  return { name, gress, stage, needs, accesses: accessesOf(match, memory, isRpb), actions };
}

/**
 * Two tables without a key, behind the last RPB: one counts the pass of a packet that recirculates, one strips the
 * carried state from a packet that leaves. Each reads one block; p4c gives them no memory of their own.
 */
function stateTables({ rpbs }: DataPlane): PlacedTable[] {
  const stage = Math.max(...rpbs.filter(({ gress }) => gress === 'egress').map((rpb) => rpb.stage), 0);
  return ['count_pass', 'strip_state'].map((action) => ({
    name: `SwitchEgress.${action}`,
    gress: 'egress',
    stage,
    needs: { ...NO_NEEDS, logicalTables: 1 },
    accesses: { ...NO_ACCESSES, ramReads: 1 },
    actions: 1,
  }));
}

/**
 * A deparser that updates the checksum of UDP only where there is one: the compiler makes a table without a key of the
 * condition, in the first stage of each gress.
 */
function checksumTables({ description: { updatesChecksums } }: DataPlane): PlacedTable[] {
  if (!updatesChecksums) return [];
  return (['ingress', 'egress'] as const).map((gress) => ({
    name: `${gress === 'ingress' ? 'SwitchIngress' : 'SwitchEgress'}.udp_has_checksum`,
    gress,
    stage: 0,
    needs: { ...NO_NEEDS, logicalTables: 1 },
    accesses: { ...NO_ACCESSES, ramReads: 1 },
    actions: 1,
  }));
}

/**
 * TCAM blocks: columns as wide as the key (44 bits each) times rows as deep as the entries. An entry's action is found
 * in an SRAM block (ternary indirection). Its parameters stand there too if they are as short as a port or an id, and
 * in an action data block otherwise. Per entry 32 bits of the first and 64 of the second: p4c pads to powers of two.
 */
function ternaryNeeds({ keys, entries, actions }: MatchTable, chip: Chip): Needs {
  const keyBits = keys.reduce((sum, { width }) => sum + width, 0);
  const columns = Math.ceil(keyBits / chip.tcamBlock.bits);
  const rows = Math.ceil(entries / chip.tcamBlock.rows);
  const parameterBits = Math.max(
    ...actions.map(({ parameters }) => parameters.reduce((sum, { width }) => sum + width, 0)),
  );
  const hasActionData = parameterBits > IMMEDIATE_BITS;
  const indirection = sramBlocks(entries, INDIRECTION_BITS, chip);
  const actionData = hasActionData ? sramBlocks(entries, ACTION_DATA_BITS, chip) : 0;
  return { ...NO_NEEDS, tcamBlocks: columns * rows, sramBlocks: indirection + actionData, logicalTables: 1 };
}

/** Parameters of an action that need no block of their own. */
const IMMEDIATE_BITS = 16;
const INDIRECTION_BITS = 32;
const ACTION_DATA_BITS = 64;

const sramBlocks = (entries: number, bits: number, { sramBlock }: Chip): number =>
  Math.ceil((entries * bits) / (sramBlock.rows * sramBlock.bits));

/**
 * An exact match is a hash table: ways of whole SRAM blocks, each with an index of its own into 1,024 rows, 10 hash bits.
 * A table that a row for each entry fits into one block is one way; p4c takes four for larger ones, with up to four
 * entries to a row.
 */
function exactNeeds({ entries }: MatchTable, chip: Chip): Needs {
  const { rows } = chip.sramBlock;
  const ways = entries <= rows ? 1 : EXACT_WAYS;
  const depth = Math.ceil(entries / (ways * rows * (ways === 1 ? 1 : ENTRIES_PER_ROW)));
  return { ...NO_NEEDS, sramBlocks: ways * depth, hashBits: ways * bitsToTell(rows), logicalTables: 1 };
}
const EXACT_WAYS = 4;
const ENTRIES_PER_ROW = 4;

/**
 * A register array: words side by side in SRAM blocks and one block to spare, without which no word could be written
 * while another is read; a map RAM beside each block; one stateful ALU. The address comes from PHV by a hash
 * distribution unit of 16 bits.
 */
function registerNeeds({ words, width }: RegisterTable, chip: Chip): Needs {
  const blocks = sramBlocks(words, width, chip) + 1;
  return {
    ...NO_NEEDS,
    sramBlocks: blocks,
    mapRams: blocks,
    statefulAlus: 1,
    hashDistributionUnits: 1,
    hashBits: HASH_OUTPUT_BITS,
  };
}

/** The two hashes of an RPB, of the 5-tuple and of har: a hash distribution unit and 16 hash bits each. */
const hashNeeds = (): Needs => ({ ...NO_NEEDS, hashDistributionUnits: 2, hashBits: 2 * HASH_OUTPUT_BITS });
const HASH_OUTPUT_BITS = WORD_BITS / 2;

/**
 * What a packet touches: all TCAM blocks of a table, one block of each way of an exact match, one of each ternary
 * indirection and action data; of a register one block to read and one to write, and all its map RAMs (p4c,
 * mau/determine_power_usage.cpp).
 */
function accessesOf(match: Needs, memory: Needs, isRpb: boolean): Accesses {
  const ways = match.hashBits > 0 ? (match.sramBlocks === 1 ? 1 : EXACT_WAYS) : 0;
  const beside = match.tcamBlocks === 0 ? 0 : isRpb ? 2 : 1;
  const uses = memory.statefulAlus;
  return {
    tcamSearches: match.tcamBlocks,
    ramReads: ways + beside + uses,
    ramWrites: uses,
    mapRamReads: memory.mapRams,
    mapRamWrites: uses,
  };
}

export const UNITS = Object.keys(NO_NEEDS) as readonly Unit[];

export const addNeeds = (a: Needs, b: Needs): Needs =>
  Object.fromEntries(UNITS.map((unit) => [unit, a[unit] + b[unit]])) as Record<Unit, number>;
