/** The cells of a sweep file, with the files that they name: all that can be wrong is found before the first one runs. */
import { ALLOCATOR_NAMES, BUILT_IN_DATA_PLANES, DomainError } from '../../../compiler/index.js';
import { builtInAllocator, loadDataPlane } from '../../../hw-driver/index.js';
import { nameHint } from '../../../hw-driver/network/index.js';
import { WORKLOAD_NAMES } from '../../workloads/drawn-keys.js';
import { isProgramKey, PROGRAM_KEYS } from '../../workloads/program-kind.js';
import { type CellValues, gridOf } from '../file/grid.js';
import type { MeasureName } from '../file/measures.js';
import { byParameter, type ParameterName, type ParameterValue, parameterOf } from '../file/parameters.js';
import { isRange, optionsOf, type ReadSweep, valuesOf } from '../file/sweep-file.js';
import { cellKey, type SweepCell } from './cell.js';
import { isDocumentName, isFileName, type NamedFile, NamedFileReader } from './named-files.js';

/** A cell with its key. */
export interface KeyedCell {
  readonly key: string;
  readonly cell: SweepCell;
}

/** A sweep that is ready to run. */
export interface PlannedSweep {
  readonly measure: MeasureName;
  /** In the order of the grid; cells of equal keys once. */
  readonly cells: readonly KeyedCell[];
  /** Parameters that differ between cells. */
  readonly axes: readonly ParameterName[];
  /** Files by the paths that cells name them with. */
  readonly files: ReadonlyMap<string, NamedFile>;
}

/** @param code hash of the code @throws {SweepError} with the place of what is wrong */
export function planSweep(sweep: ReadSweep, code: string): PlannedSweep {
  const values = gridOf(sweep);
  const reader = new NamedFileReader(sweep.folder);
  const filesOf = checkValues(sweep, reader);
  const { measure, grid } = sweep.file;
  const cells = new Map<string, KeyedCell>();
  for (const each of values) {
    const cell: SweepCell = { measure, values: each, files: namedBy(each, filesOf) };
    const key = cellKey(cell, code);
    if (!cells.has(key)) cells.set(key, { key, cell });
  }
  return { measure, cells: [...cells.values()], axes: byParameter(grid).map(([name]) => name), files: reader.files };
}

type FilesOf = ReadonlyMap<ParameterValue, Readonly<Record<string, string>>>;

const namedBy = (values: CellValues, filesOf: FilesOf): Readonly<Record<string, string>> =>
  Object.assign({}, ...Object.values(values).map((value) => (value === null ? undefined : filesOf.get(value))));

/** Reads the files that values name, and looks up the names that the others are. */
function checkValues(sweep: ReadSweep, reader: NamedFileReader): FilesOf {
  const { grid, measure } = sweep.file;
  const filesOf = new Map<ParameterValue, Readonly<Record<string, string>>>();
  const check = (name: ParameterName, value: ParameterValue, path: readonly (string | number)[]): void => {
    if (typeof value !== 'string' || !parameterOf(name).isFile) return;
    if (name === 'network' && !isDocumentName(value)) throw sweep.wrong(path, `"${value}" is no .json file`);
    if (isFileName(value) && !isBuiltIn(name, value)) {
      const files = reader.read(value);
      if (typeof files === 'string') throw sweep.wrong(path, files);
      filesOf.set(value, files);
    } else {
      const problem = nameProblem(name, value, measure);
      if (problem !== undefined) throw sweep.wrong(path, ...problem);
    }
  };
  for (const [name, axis] of byParameter(grid)) {
    if (isRange(axis)) continue;
    for (const [i, value] of valuesOf(axis).entries()) check(name, value, ['grid', name, i]);
  }
  for (const [name, value] of optionsOf(sweep.file)) check(name, value, ['options', name]);
  return filesOf;
}

const isBuiltIn = (name: ParameterName, value: string): boolean =>
  name === 'dataplane' && BUILT_IN_DATA_PLANES.includes(value);

/** What is wrong with a value that is no file, and a hint. */
function nameProblem(name: ParameterName, value: string, measure: MeasureName): [string, string] | undefined {
  const unknown = (known: readonly string[]): [string, string] | undefined =>
    known.includes(value) ? undefined : [`there is no ${name} "${value}"`, nameHint(value, known)];
  switch (name) {
    case 'workload':
      return measure === 'verify' && !isProgramKey(value) ? unknown(PROGRAM_KEYS) : unknown(WORKLOAD_NAMES);
    case 'dataplane':
      return BUILT_IN_DATA_PLANES.includes(value) ? usable(() => loadDataPlane(value)) : unknown(BUILT_IN_DATA_PLANES);
    case 'allocator': {
      const known = ALLOCATOR_NAMES.find((each) => each === value);
      return known === undefined ? unknown(ALLOCATOR_NAMES) : usable(() => builtInAllocator(known));
    }
    default:
      return [`"${value}" is no file`, name === 'network' ? 'as in "rack.json"' : 'as in "capture.pcapng"'];
  }
}

/** The reason if something cannot be had, as a solver that is not installed. */
function usable(make: () => unknown): [string, string] | undefined {
  try {
    make();
    return undefined;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return [error.message, 'or leave it out'];
  }
}
