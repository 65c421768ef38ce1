/**
 * The schema of a program's tables and registers, as in bf-rt.json: names with ids, widths and kinds. Generated from
 * a data plane, or read from a switch.
 */

import { createHash } from 'node:crypto';
import { WORD_BITS } from '../../compiler/data-plane/tables.js';
import {
  type DataPlane,
  isTernary,
  type MatchTable,
  matchTables,
  type RegisterTable,
  registerTables,
} from '../../compiler/index.js';

export interface SchemaField {
  readonly id: number;
  readonly name: string;
  /** Width in bits; 0 for texts and truth values. */
  readonly width: number;
}

export interface SchemaKey extends SchemaField {
  readonly match: 'exact' | 'ternary';
}

export interface SchemaAction {
  readonly id: number;
  readonly name: string;
  readonly parameters: readonly SchemaField[];
  /** Whether it can only be the default action, which no entry can have. */
  readonly defaultOnly: boolean;
}

export interface SchemaTable {
  readonly id: number;
  /** The name on switches, e.g. `pipe.SwitchIngress.rpb1.tb_operation`. */
  readonly name: string;
  readonly kind: 'match' | 'register';
  readonly size: number;
  /** The key fields without the priority. */
  readonly keys: readonly SchemaKey[];
  /** Only in match tables with a ternary key. */
  readonly priority: SchemaField | undefined;
  readonly actions: readonly SchemaAction[];
  /** The word of a register; in match tables the counter of the entries, if they have one. */
  readonly data: readonly SchemaField[];
}

export interface TableSchema {
  readonly tables: readonly SchemaTable[];
  /** The table of this name, with or without `pipe.`. */
  table(name: string): SchemaTable | undefined;
  tableOfId(id: number): SchemaTable | undefined;
}

/** The default port of BF Runtime, and the default name of the program. */
export const BF_RUNTIME_PORT = 50_052;
export const P4_NAME = 'p4runpro';

export const PIPE = 'pipe.';
export const PRIORITY = { name: '$MATCH_PRIORITY', id: 65_537, width: 32 } as const;
/** The operation of a match table that brings its counters up to date. */
export const SYNC_COUNTERS = 'SyncCounters';
/** The direct counter of a match table: packets that have hit an entry. */
export const PACKET_COUNTER = { name: '$COUNTER_SPEC_PKTS', id: 65_554, width: 64 } as const;
export const REGISTER_INDEX = { name: '$REGISTER_INDEX', id: 65_557, width: 32 } as const;

export function schemaOf(tables: readonly SchemaTable[]): TableSchema {
  const byName = new Map(tables.flatMap((table) => [table.name, shortName(table.name)].map((name) => [name, table])));
  const byId = new Map(tables.map((table) => [table.id, table]));
  return { tables, table: (name) => byName.get(name), tableOfId: (id) => byId.get(id) };
}

/** The name without `pipe.`, as in the compiler. */
export const shortName = (name: string): string => (name.startsWith(PIPE) ? name.slice(PIPE.length) : name);

/** The first byte of an id tells its kind, as in ids of the Tofino compiler; the rest is a hash of the name. */
const ID_SPACE = { action: 0x01, match: 0x02, register: 0x8b } as const;

/** The counter of a match table's entries; undefined for a table without one. */
export const packetCounter = ({ data }: SchemaTable): SchemaField | undefined =>
  data.find(({ name }) => name === PACKET_COUNTER.name);

/** All key fields of a table, including the priority. */
export const keyFields = ({ keys, priority }: SchemaTable): readonly SchemaField[] =>
  priority === undefined ? keys : [...keys, priority];

/** Assigns ids that depend on names and, where hashes collide, on the order. */
class IdRegister {
  private readonly taken = new Map<number, string>();

  of(space: number, name: string): number {
    const hash = createHash('sha256').update(name).digest().readUIntBE(0, 3);
    for (let i = 0; ; i++) {
      const id = space * 2 ** 24 + ((hash + i) % 2 ** 24);
      const owner = this.taken.get(id);
      if (owner !== undefined && owner !== name) continue;
      this.taken.set(id, name);
      return id;
    }
  }
}

export interface SchemaOptions {
  /** Whether every match table counts the packets that hit each of its entries. */
  readonly countsHits?: boolean;
}

/** The schema of the program that a data plane describes. */
export function schemaOfDataPlane(dataPlane: DataPlane, { countsHits = false }: SchemaOptions = {}): TableSchema {
  const ids = new IdRegister();
  return schemaOf([
    ...matchTables(dataPlane).map((table) => matchSchema(table, ids, countsHits ? [PACKET_COUNTER] : [])),
    ...registerTables(dataPlane).map((table) => registerSchema(table, ids)),
  ]);
}

function matchSchema(table: MatchTable, ids: IdRegister, data: readonly SchemaField[]): SchemaTable {
  const name = PIPE + table.name;
  return {
    id: ids.of(ID_SPACE.match, name),
    name,
    kind: 'match',
    size: table.entries,
    keys: table.keys.map((key, i) => ({ ...key, id: i + 1 })),
    priority: isTernary(table) ? PRIORITY : undefined,
    actions: table.actions.map((action) => ({
      id: ids.of(ID_SPACE.action, action.name),
      name: action.name,
      parameters: action.parameters.map(({ name: parameter, width }, i) => ({ id: i + 1, name: parameter, width })),
      defaultOnly: action.defaultOnly,
    })),
    data,
  };
}

/** The words of a bucket; a pair has the names of its struct in the P4 source. */
const wordNames = (width: number): readonly string[] => (width === WORD_BITS ? ['f1'] : ['lo', 'hi']);

function registerSchema({ name: short, words, width }: RegisterTable, ids: IdRegister): SchemaTable {
  const name = PIPE + short;
  return {
    id: ids.of(ID_SPACE.register, name),
    name,
    kind: 'register',
    size: words,
    keys: [{ ...REGISTER_INDEX, match: 'exact' }],
    priority: undefined,
    actions: [],
    data: wordNames(width).map((word, i) => ({ id: i + 1, name: `${short}.${word}`, width: WORD_BITS })),
  };
}

/**
 * The differences between the needed schema and that of a switch, as sentences; further tables of the switch are
 * ignored.
 */
export function schemaDifferences(needed: TableSchema, found: TableSchema): string[] {
  return needed.tables.flatMap((table) => {
    const other = found.table(table.name);
    return other === undefined ? [`there is no table ${shortName(table.name)}`] : tableDifferences(table, other);
  });
}

function tableDifferences(needed: SchemaTable, found: SchemaTable): string[] {
  const name = shortName(needed.name);
  if (found.kind !== needed.kind) return [`${name} is not a ${needed.kind === 'match' ? 'match table' : 'register'}`];
  const size = found.size < needed.size ? [`${name} has size ${found.size}, not ${needed.size}`] : [];
  return [...size, ...keyDifferences(name, needed, found), ...actionDifferences(name, needed, found)];
}

function keyDifferences(table: string, needed: SchemaTable, found: SchemaTable): string[] {
  const text = ({ name, match, width }: SchemaKey): string => `${name} (${match}, ${width} bits)`;
  const [want, have] = [needed.keys.map(text), found.keys.map(text)];
  const priority =
    (needed.priority === undefined) === (found.priority === undefined)
      ? []
      : [`${table} has ${found.priority === undefined ? 'no' : 'a'} priority`];
  return [
    ...want.filter((key) => !have.includes(key)).map((key) => `${table} has no key ${key}`),
    ...have.filter((key) => !want.includes(key)).map((key) => `${table} has an unknown key ${key}`),
    ...priority,
    ...needed.data
      .filter(({ name, width }) => !found.data.some((field) => field.name === name && field.width === width))
      .map(({ name, width }) => `${table} has no field ${name} of ${width} bits`),
  ];
}

function actionDifferences(table: string, needed: SchemaTable, found: SchemaTable): string[] {
  const text = ({ name, parameters }: SchemaAction): string =>
    `${name}(${parameters.map((parameter) => `${parameter.name}: ${parameter.width} bits`).join(', ')})`;
  const have = new Set(found.actions.map(text));
  return needed.actions
    .map(text)
    .filter((action) => !have.has(action))
    .map((action) => `${table} has no action ${action}`);
}
