/** The results of a sweep as tables: one row a cell, in the order of the grid, units in the names of columns. */
import { stringify } from 'csv-stringify/sync';
import { must } from '../../../compiler/data-plane/must.js';
import type { KeyedCell, PlannedSweep } from '../cell/sweep-cells.js';
import { type Column, columnName, type MeasureName, measureOf } from '../file/measures.js';
import { type ParameterName, parameterOf } from '../file/parameters.js';
import type { CellFailure, CellResult } from './cell-result.js';

export type TableValue = number | string | null;

/** A column of a table with its values. */
export interface TableColumn {
  /** With its unit. */
  readonly name: string;
  /** Without its unit. */
  readonly shortName: string;
  readonly kind: 'number' | 'text';
  readonly values: readonly TableValue[];
}

/** Seconds that a cell took on its thread. */
const WALL: Column = { name: 'wall', unit: 's', kind: 'number', about: 'Wall time of the cell' };

/** The columns of a measure: key, parameters, results or times. */
export function headOf(measure: MeasureName, part: 'results' | 'times'): readonly Column[] {
  const { parameters, columns, times } = measureOf(measure);
  return [
    { name: 'cell', unit: '', kind: 'text', about: 'Key of the cell: equal for equal values, code and files' },
    ...parameters.map((name) => parameterColumn(name)),
    ...(part === 'results' ? columns : [WALL, ...times]),
  ];
}

function parameterColumn(name: ParameterName): Column {
  const { unit, kind, field } = parameterOf(name);
  return { name, unit, kind, about: field.about ?? name };
}

/** The cells with results as columns. */
export function tableOf(
  { measure, cells }: PlannedSweep,
  resultOf: (key: string) => CellResult | undefined,
  part: 'results' | 'times',
): readonly TableColumn[] {
  const rows = cells.flatMap(({ key, cell }) => {
    const result = resultOf(key);
    if (result === undefined) return [];
    const own: Readonly<Record<string, TableValue>> = JSON.parse(part === 'results' ? result.fixed : result.times);
    const row: Readonly<Record<string, TableValue | undefined>> = { cell: key, ...cell.values, ...own };
    return [row];
  });
  return headOf(measure, part).map((column) => ({
    name: columnName(column),
    shortName: column.name,
    kind: column.kind,
    values: rows.map((row) => row[column.name] ?? null),
  }));
}

/** A table as CSV with a head line; null is empty. */
export function csvOf(columns: readonly TableColumn[]): string {
  const [first] = columns;
  const rows = must(first, 'first column').values.map((_, row) => columns.map(({ values }) => values[row] ?? null));
  return stringify([columns.map(({ name }) => name), ...rows]);
}

/** The cells that failed, with what they said. */
export function failuresCsv(
  { measure, cells }: Pick<PlannedSweep, 'measure' | 'cells'>,
  failures: ReadonlyMap<string, CellFailure>,
): string {
  const { parameters } = measureOf(measure);
  const rowOf = ({ key, cell }: KeyedCell): TableValue[][] => {
    const failure = failures.get(key);
    if (failure === undefined) return [];
    return [[key, ...parameters.map((name) => cell.values[name] ?? null), failure.tries, failure.message]];
  };
  const head = ['cell', ...parameters.map((name) => columnName(parameterColumn(name))), 'tries', 'message'];
  return stringify([head, ...cells.flatMap(rowOf)]);
}
