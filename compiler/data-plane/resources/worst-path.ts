/**
 * The packet for which the most memory is read: the heaviest path through the tables of a gress, as the open Tofino
 * back end finds it (p4lang/p4c, mau/walk_power_graph.cpp, estimate_power_tofino). Its graph has a node for each
 * logical table; a condition that is a table's gateway is one node with that table, so the path past a table leads
 * through it and includes its power. The power of a table is added on the edge to the next one: the last table of a
 * gress costs nothing.
 */
import { type DataPlane, FIXED_NAMES } from '../data-plane.js';
import type { Gress } from '../description.js';
import { type FilterStep, filterOrder, guardedTable } from '../filter-order.js';
import { COMPILER_TABLES, conditionName, type PlacedTable } from './table-needs.js';

/** By table name, the tables that a packet may meet next; none for the last table. */
type Flow = ReadonlyMap<string, ReadonlySet<string>>;

/** The tables of the heaviest path in order, without the last table of the gress. @param watts of a table */
export function worstPath(
  dataPlane: DataPlane,
  gress: Gress,
  tables: readonly PlacedTable[],
  watts: (table: PlacedTable) => number,
): readonly PlacedTable[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const names = sequence(dataPlane, gress, byName);
  const flow = flowOf(dataPlane, gress, names);
  const known = new Map<string, Way>();
  const heaviest = (name: string): Way => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const table = byName.get(name);
    if (table === undefined) throw new Error(`table ${name} has no place`);
    let best: Way | undefined;
    for (const next of flow.get(name) ?? []) {
      const way = heaviest(next);
      if (best === undefined || way.watts > best.watts) best = way;
    }
    const way = best === undefined ? NO_WAY : { tables: [table, ...best.tables], watts: watts(table) + best.watts };
    known.set(name, way);
    return way;
  };
  const [first] = names;
  return first === undefined ? [] : heaviest(first).tables;
}

interface Way {
  readonly tables: readonly PlacedTable[];
  readonly watts: number;
}
const NO_WAY: Way = { tables: [], watts: 0 };

/** Tables that every packet passes in this order; the filters are between the first and the second of ingress. */
function sequence(dataPlane: DataPlane, gress: Gress, placed: ReadonlyMap<string, PlacedTable>): readonly string[] {
  const rpbs = dataPlane.rpbs.flatMap((rpb) => (rpb.gress === gress ? [rpb.table] : []));
  const others =
    gress === 'ingress'
      ? [FIXED_NAMES.forwardTable, ...rpbs, FIXED_NAMES.recirculationTable]
      : [...rpbs, COMPILER_TABLES.countPass, COMPILER_TABLES.stripState];
  return [...others, COMPILER_TABLES.udpHasChecksum[gress]].filter((name) => placed.has(name));
}

function flowOf(dataPlane: DataPlane, gress: Gress, names: readonly string[]): Flow {
  const flow = new Map<string, Set<string>>();
  const connect = (from: string, to: string): void => {
    flow.set(from, (flow.get(from) ?? new Set()).add(to));
  };
  names.slice(1).forEach((name, i) => {
    connect(names[i] ?? name, name);
  });
  const [first, behind] = names;
  if (gress === 'egress' || first === undefined || behind === undefined) return flow;
  const order = filterOrder(dataPlane);
  connect(first, enter(order, behind));
  return flow;

  /** Connects the tables of a step and of those after it. @returns the first table or condition */
  function enter(step: FilterStep | undefined, end: string): string {
    if (step === undefined) return end;
    if (step.kind === 'lookUp') {
      connect(step.table, end);
      connect(step.table, enter(step.onMiss, end));
      return step.table;
    }
    const having = enter(step.having, end);
    const lacking = enter(step.lacking, end);
    if (guardedTable(step, order) !== undefined) {
      connect(having, lacking);
      return having;
    }
    connect(conditionName(step), having);
    connect(conditionName(step), lacking);
    return conditionName(step);
  }
}
