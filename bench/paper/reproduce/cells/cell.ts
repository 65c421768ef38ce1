/**
 * The pieces that experiments are made of. A cell is data: it is computed by itself on any thread, and its result is kept
 * when a run is interrupted. Experiments that ask for equal cells share one result.
 */

import type { ChurnResult } from '../../../measure/churn/measure-churn.js';
import type { LossFreeRow } from '../../../measure/timing/loss-free-rate.js';
import type { ControlSpeed } from '../../../measure/updates/control-speed.js';
import type { UpdateDelay } from '../../../measure/updates/update-delay.js';
import type { StudyResult } from '../../case-studies/study.js';
import { type ChurnCell, churn } from './churn.js';
import { type DelayCell, type DelayResult, measureDelay } from './delay.js';
import { type FillCell, type FillResult, fill } from './fill.js';
import { type SketchCell, type SketchResult, sketchErrors } from './sketch.js';
import { measureSpeed, type SpeedCell, type SpeedResult } from './speed.js';
import {
  type ControlCell,
  type LossFreeCell,
  lossFree,
  measureControl,
  measureUpdates,
  type StudyCell,
  study,
  type UpdateDelayCell,
} from './switch-cells.js';

export type Cell =
  | FillCell
  | DelayCell
  | UpdateDelayCell
  | ControlCell
  | LossFreeCell
  | StudyCell
  | ChurnCell
  | SketchCell
  | SpeedCell;

/** Results by kind, all of them JSON. */
interface CellResults {
  readonly fill: FillResult;
  readonly delay: DelayResult;
  readonly 'update-delay': UpdateDelay;
  readonly control: ControlSpeed;
  readonly 'loss-free': LossFreeRow;
  readonly study: StudyResult;
  readonly churn: ChurnResult;
  readonly sketch: SketchResult;
  readonly speed: SpeedResult;
}

export type ResultOf<C extends Cell> = CellResults[C['kind']];
export type CellResult = CellResults[Cell['kind']];

/** Cells that measure time: nothing else may run beside them. */
const TIMED: readonly Cell['kind'][] = ['delay', 'update-delay', 'control', 'churn', 'speed'];

export const isTimed = ({ kind }: Cell): boolean => TIMED.includes(kind);

/** Equal for equal cells, in any order of their members. */
export const cellKey = (cell: Cell): string =>
  JSON.stringify(Object.fromEntries(Object.entries(cell).sort(([a], [b]) => (a < b ? -1 : 1))));

export function runCell(cell: Cell, signal: AbortSignal): Promise<CellResult> {
  switch (cell.kind) {
    case 'fill':
      return fill(cell, signal);
    case 'delay':
      return measureDelay(cell, signal);
    case 'update-delay':
      return measureUpdates(cell);
    case 'control':
      return measureControl(cell, signal);
    case 'loss-free':
      return lossFree(cell, signal);
    case 'study':
      return study(cell, signal);
    case 'churn':
      return churn(cell, signal);
    case 'sketch':
      return sketchErrors(cell);
    case 'speed':
      return measureSpeed(cell, signal);
  }
}
