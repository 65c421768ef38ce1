/** A sweep on the threads of this machine. */

import { must } from '../../../compiler/data-plane/must.js';
import type { FilePlaces } from '../cell/file-places.js';
import type { KeyedCell, PlannedSweep } from '../cell/sweep-cells.js';
import type { CellFailure, CellResult } from '../results/cell-result.js';
import type { ResultStore } from '../results/result-store.js';
import type { CellTask } from './cell-worker.js';
import { runOnThreads } from './run-on-threads.js';

/** What a sweep reports while it runs. */
export interface SweepProgress {
  readonly onStart: (cell: KeyedCell) => void;
  readonly onDone: (cell: KeyedCell) => void;
  readonly onFailed: (cell: KeyedCell, failure: CellFailure) => void;
}

export interface LocalSweep extends SweepProgress {
  readonly sweep: PlannedSweep;
  readonly store: ResultStore;
  readonly workers: number;
  readonly signal: AbortSignal;
}

/** The module that measures a cell, for threads. */
export const CELL_WORKER = new URL('./cell-worker.js', import.meta.url);

/** Measures the cells that the store does not have. */
export async function runLocally({ sweep, store, workers, signal, ...progress }: LocalSweep): Promise<void> {
  const byKey = new Map(sweep.cells.map((each) => [each.key, each]));
  const tasks = sweep.cells
    .filter(({ key }) => store.get(key) === undefined)
    .map(({ key, cell }) => ({ key, cell, places: placesOf(sweep, Object.keys(cell.files)) }));
  const keyed = ({ key }: { readonly key: string }): KeyedCell => must(byKey.get(key), `cell ${key}`);
  await runOnThreads<CellTask & { readonly key: string }, CellResult>({
    tasks,
    workers,
    module: CELL_WORKER,
    signal,
    onStart: (task) => progress.onStart(keyed(task)),
    onDone: (task, result) => {
      store.put(task.key, result);
      progress.onDone(keyed(task));
    },
    onFailed: (task, failure) => progress.onFailed(keyed(task), failure),
  });
}

function placesOf({ files }: PlannedSweep, names: readonly string[]): FilePlaces {
  return Object.fromEntries(
    names.flatMap((name) => {
      const file = files.get(name);
      return file === undefined ? [] : [[name, file.path]];
    }),
  );
}
