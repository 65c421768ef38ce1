/** The cells of a sweep: counted first, then made. */
import { counted } from '../../../compiler/data-plane/counting.js';
import { must } from '../../../compiler/data-plane/must.js';
import { measureOf } from './measures.js';
import { byParameter, type ParameterName, type ParameterValue, parameterOf } from './parameters.js';
import { lengthOf, MAX_CELLS, optionsOf, type ReadSweep, valuesOf } from './sweep-file.js';

/** The values of one cell, by parameter; null where the measure decides. */
export type CellValues = Readonly<Partial<Record<ParameterName, ParameterValue | null>>>;

/** The combinations that `where` lets pass, the last parameter of the grid changing fastest. @throws {SweepError} for none and for too many */
export function gridOf(sweep: ReadSweep): readonly CellValues[] {
  const { grid, measure } = sweep.file;
  const axes = byParameter(grid);
  const count = axes.reduce((product, [, axis]) => product * lengthOf(axis), 1);
  if (count > MAX_CELLS) {
    const most = MAX_CELLS.toLocaleString('en-US');
    throw sweep.wrong(['grid'], `found ${counted(count, 'cell')}, and a sweep has at most ${most}`);
  }
  const { parameters } = measureOf(measure);
  const defaults = parameters.map((name) => [name, parameterOf(name).otherwise] as const);
  let cells: CellValues[] = [Object.fromEntries([...defaults, ...optionsOf(sweep.file)])];
  for (const [name, axis] of axes) {
    const values = valuesOf(axis);
    cells = cells.flatMap((cell) => values.map((value) => ({ ...cell, [name]: value })));
  }
  const kept = cells.filter((cell) => {
    const values = new Map<string, ParameterValue>(parameters.map((name) => [name, valueIn(cell, name)]));
    return sweep.where((name) => must(values.get(name), `value of ${name}`));
  });
  if (kept.length === 0) throw sweep.wrong(['where'], `holds for none of ${counted(count, 'cell')}`);
  return kept;
}

/** A value for `where`: a parameter that the measure decides is an empty text or 0. */
function valueIn(cell: CellValues, name: ParameterName): ParameterValue {
  const value = cell[name] ?? null;
  if (value !== null) return value;
  return parameterOf(name).kind === 'number' ? 0 : '';
}
