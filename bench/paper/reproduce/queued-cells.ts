/** Cells of the reproduction on the workers of a queue. */
import { createHash } from 'node:crypto';
import { must } from '../../../compiler/data-plane/must.js';
import { DomainError } from '../../../compiler/index.js';
import { packageVersion } from '../../../traces/system/package-root.js';
import type { QueueAddress } from '../../sweep/queue/queue-address.js';
import { runThroughQueue } from '../../sweep/queue/queue-controller.js';
import { sweepId } from '../../sweep/queue/run-queued-sweep.js';
import { type Cell, type CellResult, cellKey, cellText } from './cells/cell.js';
import { REPRODUCE_KIND } from './queued-cell-kind.js';

/** Thrown for cells that no worker could compute, that have two results, and for a reproduction that was cancelled. */
export class QueuedCellsError extends DomainError {
  override readonly name = 'QueuedCellsError';
  readonly code = 'queued-cells';
  readonly ends = 'failed';
}

export interface CellQueue {
  readonly address: QueueAddress;
  /** Hash of the code. */
  readonly code: string;
  readonly onNotice: (text: string) => void;
}

const KEY_CHARACTERS = 32;

/** Of a cell with its code: what a sweep has as the key of its cells. */
const queueKey = (cell: Cell, code: string): string =>
  createHash('sha256')
    .update(JSON.stringify([code, REPRODUCE_KIND, cellKey(cell)]))
    .digest('hex')
    .slice(0, KEY_CHARACTERS);

/** Computes cells that measure no time; finished ones are reported one by one. @throws {QueuedCellsError} {@link QueueError} */
export async function runQueuedCells(
  { address, code, onNotice }: CellQueue,
  cells: readonly Cell[],
  signal: AbortSignal,
  finish: (cell: Cell, result: CellResult) => void,
): Promise<void> {
  if (cells.length === 0 || signal.aborted) return;
  const byKey = new Map(cells.map((cell) => [queueKey(cell, code), cell]));
  const cellOf = (key: string): Cell => must(byKey.get(key), `cell ${key}`);
  const sweep = sweepId([...byKey.keys()]);
  const failed: string[] = [];
  const outcome = await runThroughQueue({
    isFresh: false,
    address,
    keys: [...byKey.keys()],
    fileHashes: [],
    cells: [...byKey].map(([key, cell]) => ({
      ...{ key, kind: REPRODUCE_KIND, cell, text: cellText(cell), files: {}, code, sweep },
      hasModules: false,
    })),
    sweep: { id: sweep, name: 'reproduce', version: packageVersion, code },
    signal,
    onDone: (key, { fixed }) => finish(cellOf(key), JSON.parse(fixed)),
    onFailed: (key, { message }) => failed.push(`${cellText(cellOf(key))}: ${message}`),
    onWorkers: () => undefined,
    onNotice,
  });
  const [defect] = outcome.defects;
  if (defect !== undefined) throw new QueuedCellsError(`defect: ${cellText(cellOf(defect))} has two results`);
  if (failed.length > 0) throw new QueuedCellsError(failed.join('; '));
  if (outcome.isCancelled) throw new QueuedCellsError('the reproduction was cancelled; the same command goes on');
}
