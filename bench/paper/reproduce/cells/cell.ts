/**
 * Cells are the computations of experiments. A cell is data: it is computed independently on any thread, and its result
 * is kept when a run is interrupted. Experiments with equal cells share one result.
 */

import type { ChurnResult } from '../../../measure/churn/measure-churn.js';
import type { LossFreeRow } from '../../../measure/timing/loss-free-rate.js';
import type { ControlSpeed } from '../../../measure/updates/control-speed.js';
import type { UpdateDelay } from '../../../measure/updates/update-delay.js';
import type { StudyResult } from '../../case-studies/study.js';
import { type ChainCell, type ChainRate, chainRate } from './chain.js';
import { type ChurnCell, churn } from './churn.js';
import { type DelayCell, type DelayResult, measureDelay } from './delay.js';
import { type FillCell, type FillResult, fill } from './fill.js';
import { churnPeer, type PeerChurnCell, type PeerChurnResult } from './peer-churn.js';
import { measurePeerDelay, type PeerDelayCell, type PeerDelayResult } from './peer-delay.js';
import { fillPeer, type PeerFillCell, type PeerFillResult } from './peer-fill.js';
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
import { type TaskEntries, type TaskEntriesCell, taskEntries } from './task-entries.js';

export type Cell =
  | FillCell
  | DelayCell
  | UpdateDelayCell
  | ControlCell
  | LossFreeCell
  | ChainCell
  | StudyCell
  | ChurnCell
  | PeerFillCell
  | PeerDelayCell
  | PeerChurnCell
  | TaskEntriesCell
  | SketchCell
  | SpeedCell;

/** Result types by kind of cell, all JSON. */
interface CellResults {
  readonly fill: FillResult;
  readonly delay: DelayResult;
  readonly 'update-delay': UpdateDelay;
  readonly control: ControlSpeed;
  readonly 'loss-free': LossFreeRow;
  readonly chain: ChainRate;
  readonly study: StudyResult;
  readonly churn: ChurnResult;
  readonly 'peer-fill': PeerFillResult;
  readonly 'peer-delay': PeerDelayResult;
  readonly 'peer-churn': PeerChurnResult;
  readonly 'task-entries': TaskEntries;
  readonly sketch: SketchResult;
  readonly speed: SpeedResult;
}

export type ResultOf<C extends Cell> = CellResults[C['kind']];
export type CellResult = CellResults[Cell['kind']];

/** Kinds of cells that measure time and have to run alone. */
const TIMED: readonly Cell['kind'][] = ['delay', 'update-delay', 'control', 'churn', 'peer-delay', 'speed'];

export const isTimed = ({ kind }: Cell): boolean => TIMED.includes(kind);

/** Key of a cell: equal for equal cells, regardless of the order of members. */
export const cellKey = (cell: Cell): string =>
  JSON.stringify(Object.fromEntries(Object.entries(cell).sort(([a], [b]) => (a < b ? -1 : 1))));

/** A cell in words, for the progress: `delay, how model, workload cache, memoryBytes 1024`. */
export const cellText = ({ kind, ...members }: Cell): string =>
  [
    kind,
    ...Object.entries(members).map(
      ([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`,
    ),
  ].join(', ');

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
    case 'chain':
      return chainRate(cell);
    case 'study':
      return study(cell, signal);
    case 'churn':
      return churn(cell, signal);
    case 'peer-fill':
      return fillPeer(cell);
    case 'peer-delay':
      return measurePeerDelay(cell);
    case 'peer-churn':
      return churnPeer(cell);
    case 'task-entries':
      return taskEntries(cell);
    case 'sketch':
      return sketchErrors(cell);
    case 'speed':
      return measureSpeed(cell, signal);
  }
}
