/** The values of a cell as options of measurements. */
import { must } from '../../../compiler/data-plane/must.js';
import type { Allocator, DataPlane } from '../../../compiler/index.js';
import { recirculationsFrom } from '../../../hw-driver/cli/kit/shared-options.js';
import { allocatorFrom, loadDataPlane } from '../../../hw-driver/index.js';
import type { SweepCell } from '../cell/cell.js';
import type { FilePlaces } from '../cell/file-places.js';
import { isDocumentName, isFileName } from '../cell/named-files.js';
import { type ParameterName, parameterOf } from '../file/parameters.js';

/** Numbers and texts by column, without units. */
export type Values = Readonly<Record<string, number | string | null>>;

/** What a measure gives. */
export interface Measured {
  /** Equal for equal cells. */
  readonly columns: Values;
  readonly times: Values;
}

/** The values of a cell, with paths of this machine for files. */
export class Setting {
  constructor(
    private readonly cell: SweepCell,
    private readonly places: FilePlaces,
  ) {}

  /** A text, or the path of the file that it names; undefined where the cell has none. */
  optionalText(name: ParameterName): string | undefined {
    const value = this.cell.values[name] ?? null;
    if (value === null) return undefined;
    const text = String(value);
    const isFile = parameterOf(name).isFile && (name === 'network' || isFileName(text));
    if (isFile && !Object.hasOwn(this.places, text)) throw new Error(`${text} did not come with its cell`);
    if (name === 'network' && !isDocumentName(text)) throw new Error(`${text} is no .json file`);
    return this.placeOf(text);
  }

  text(name: ParameterName): string {
    return must(this.optionalText(name), `${name} of a cell`);
  }

  number(name: ParameterName): number {
    return Number(must(this.cell.values[name] ?? undefined, `${name} of a cell`));
  }

  /** Where a file is that a network names; itself if it is none. */
  placeOf(name: string): string {
    return Object.hasOwn(this.places, name) ? must(this.places[name], name) : name;
  }

  /** What all measures of one switch need. @throws {UsageError} */
  async switch(): Promise<SwitchSetting> {
    const dataPlane = loadDataPlane(this.text('dataplane'));
    return {
      dataPlane,
      allocator: await allocatorFrom({ allocator: this.text('allocator') }),
      recirculations: recirculationsFrom(String(this.number('recirculations')), dataPlane),
      memoryBytes: this.number('memory'),
      cases: this.number('cases'),
      seed: this.text('seed'),
    };
  }
}

export interface SwitchSetting {
  readonly dataPlane: DataPlane;
  readonly allocator: Allocator;
  readonly recirculations: number;
  readonly memoryBytes: number;
  readonly cases: number;
  readonly seed: string;
}

/** What measurements ask of their caller: cells are ended by ending their thread. */
export const ALONE: { readonly clock: () => number; readonly signal: AbortSignal } = {
  clock: () => performance.now(),
  signal: new AbortController().signal,
};
