/**
 * The order of look-ups in the filter tables: one branch for each kind of packet, so that the condition of a look-up
 * is known before it, and the miss of one table leads to the next. The P4 source is generated from it, and the resource
 * model finds in it the tables that one packet may meet.
 */
import type { DataPlane, FilterTable } from './data-plane.js';

export type FilterStep = FilterLookUp | FilterChoice;

/** A look-up; a table may occur in several branches, of which a packet takes one. */
export interface FilterLookUp {
  readonly kind: 'lookUp';
  readonly table: string;
  /** The step after a miss; undefined at the end. */
  readonly onMiss: FilterStep | undefined;
}

/** A condition: the step for packets with the header, and the one for packets without it. */
export interface FilterChoice {
  readonly kind: 'choice';
  readonly header: string;
  readonly having: FilterStep;
  readonly lacking: FilterStep | undefined;
}

/**
 * The first step, or undefined without filters. A table that packets never reach on this data plane is looked up for
 * its own kind of packets only, after no other table, as in the authors' program.
 */
export function filterOrder(dataPlane: DataPlane): FilterStep | undefined {
  const reached = dataPlane.filterTables.filter(({ unreachable }) => unreachable === undefined);
  const others = dataPlane.filterTables.filter(({ unreachable }) => unreachable !== undefined);
  const alone = others.reduceRight<FilterStep | undefined>(
    (lacking, filter) => ({
      kind: 'choice',
      header: headerOf(dataPlane, filter),
      having: { kind: 'lookUp', table: filter.table, onMiss: undefined },
      lacking,
    }),
    undefined,
  );
  return chain(dataPlane, reached, headerSets(dataPlane), alone);
}

/**
 * @param kinds the sets of headers that a packet may have here
 * @param otherwise the step for packets of other kinds, after all conditions
 */
function chain(
  dataPlane: DataPlane,
  [first, ...rest]: readonly FilterTable[],
  kinds: readonly ReadonlySet<string>[],
  otherwise?: FilterStep,
): FilterStep | undefined {
  if (first === undefined) return otherwise;
  const header = headerOf(dataPlane, first);
  const withHeader = kinds.filter((kind) => kind.has(header));
  const without = kinds.filter((kind) => !kind.has(header));
  if (withHeader.length === 0) return chain(dataPlane, rest, without, otherwise);
  const lookUp: FilterLookUp = {
    kind: 'lookUp',
    table: first.table,
    onMiss: chain(dataPlane, rest, withHeader),
  };
  if (without.length === 0) return lookUp;
  return { kind: 'choice', header, having: lookUp, lacking: chain(dataPlane, rest, without, otherwise) };
}

function headerOf({ name, headers }: DataPlane, { table, requires }: FilterTable): string {
  const header = headers[requires];
  if (header === undefined) throw new Error(`data plane ${name} has no header that ${table} requires`);
  return header.name;
}

/** The sets of headers that packets can have: one for each path from the start of the parser. */
function headerSets({ description: { parser } }: DataPlane): readonly ReadonlySet<string>[] {
  const waysFrom = (state: string, before: readonly string[]): ReadonlySet<string>[] => {
    const { extract = [], select } = parser.states[state] ?? {};
    const here = [...before, ...extract];
    return [new Set(here), ...(select?.next ?? []).flatMap((edge) => waysFrom(edge.state, here))];
  };
  return waysFrom(parser.start, []);
}

/** All steps of an order; a table occurs as often as it is looked up. */
export function filterSteps(step: FilterStep | undefined): readonly FilterStep[] {
  if (step === undefined) return [];
  if (step.kind === 'lookUp') return [step, ...filterSteps(step.onMiss)];
  return [step, ...filterSteps(step.having), ...filterSteps(step.lacking)];
}

/**
 * The table whose gateway a condition becomes: the one that it guards, if that is looked up nowhere else. Any other
 * condition takes a separate logical table.
 */
export function guardedTable({ having }: FilterChoice, order: FilterStep | undefined): string | undefined {
  if (having.kind !== 'lookUp') return undefined;
  const places = filterSteps(order).filter((step) => step.kind === 'lookUp' && step.table === having.table);
  return places.length === 1 ? having.table : undefined;
}
