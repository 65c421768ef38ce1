/** A figure of a sweep: the mean of a column over another one, by colour. */
import { must } from '../../../compiler/data-plane/must.js';
import { DomainError } from '../../../compiler/index.js';
import { nameHint } from '../../../hw-driver/network/index.js';
import { type FigureSpec, LABEL_SIZE } from '../../figures/figure.js';
import { type Column, columnName, type MeasureName } from '../file/measures.js';
import { headOf, type TableColumn, type TableValue } from './table.js';

/** Thrown for a `--plot` that means no figure. */
export class PlotError extends DomainError {
  override readonly name = 'PlotError';
  readonly code = 'no-plot';
  readonly ends = 'bad-input';
}

/** Which columns a figure shows. */
export interface Plot {
  readonly x: Column;
  readonly y: Column;
  readonly color: Column | undefined;
}

const CHANNELS = ['x', 'y', 'color'] as const;
const FORM = '--plot takes x=COLUMN,y=COLUMN and color=COLUMN, as in x=memory,y=capacity,color=allocator';

/** @param text `x=memory,y=capacity,color=allocator`; columns with or without their unit @throws {PlotError} */
export function plotOf(text: string, measure: MeasureName): Plot {
  const columns = new Map<string, Column>();
  for (const part of ['results', 'times'] as const) {
    for (const column of headOf(measure, part)) {
      columns.set(columnName(column), column);
      columns.set(column.name, column);
    }
  }
  const chosen = new Map<string, Column>();
  for (const word of text.split(',')) {
    const [channel, name, ...rest] = word.split('=');
    const isKnown = CHANNELS.some((known) => known === channel);
    if (!isKnown || channel === undefined || name === undefined || rest.length > 0 || chosen.has(channel)) {
      throw new PlotError(`${FORM}, not '${text}'`);
    }
    const column = columns.get(name);
    if (column === undefined)
      throw new PlotError(`--plot: there is no column '${name}' (${nameHint(name, [...columns.keys()])})`);
    chosen.set(channel, column);
  }
  const [x, y] = [chosen.get('x'), chosen.get('y')];
  if (x === undefined || y === undefined) throw new PlotError(`${FORM}, not '${text}'`);
  if (y.kind !== 'number') throw new PlotError(`--plot: y has to be a column of numbers, and ${y.name} has texts`);
  return { x, y, color: chosen.get('color') };
}

/** What a figure shows for a value that a cell does not have. */
const NOTHING = 'none';

const title = ({ name, unit }: Column): string => `${name.replaceAll('_', ' ')}${unit === '' ? '' : ` (${unit})`}`;

/** Means over all cells that agree in x and colour, and a line from the least to the greatest. */
export function plotFigure({ x, y, color }: Plot, tables: readonly TableColumn[]): FigureSpec {
  const valuesOf = ({ name }: Column): readonly TableValue[] =>
    must(
      tables.find(({ shortName }) => shortName === name),
      `column ${name}`,
    ).values;
  const [xs, ys, colors] = [valuesOf(x), valuesOf(y), color === undefined ? [] : valuesOf(color)];
  const values = ys.flatMap((value, row) =>
    value === null ? [] : [{ x: xs[row] ?? NOTHING, y: value, color: String(colors[row] ?? NOTHING) }],
  );
  const isNumeric = x.kind === 'number';
  // Sizes double: equal distances for equal ratios show them as tables have them.
  const xs2 = isNumeric && x.unit === 'bytes' ? { scale: { type: 'log' as const, base: 2, nice: false } } : {};
  const channels = {
    x: {
      field: 'x',
      type: isNumeric ? ('quantitative' as const) : ('nominal' as const),
      title: title(x),
      axis: { labelFontSize: LABEL_SIZE },
      ...xs2,
    },
    ...(color === undefined ? {} : { color: { field: 'color', type: 'nominal' as const, title: title(color) } }),
    ...(color === undefined || isNumeric ? {} : { xOffset: { field: 'color', type: 'nominal' as const } }),
  };
  const mean = { field: 'y', type: 'quantitative' as const, aggregate: 'mean' as const, title: title(y) };
  const span = {
    mark: { type: 'rule' as const, strokeWidth: 1 },
    encoding: {
      ...channels,
      y: { field: 'y', type: 'quantitative' as const, aggregate: 'min' as const, title: title(y) },
      y2: { field: 'y', aggregate: 'max' as const },
    },
  };
  const shape = isNumeric
    ? { mark: { type: 'line' as const, strokeWidth: 1.6, point: true }, encoding: { ...channels, y: mean } }
    : { mark: { type: 'bar' as const }, encoding: { ...channels, y: mean } };
  return { width: 520, height: 260, data: { values }, layer: [shape, span] };
}
