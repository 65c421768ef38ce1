/** Computes cells: those that measure time one by one without other work, the others on all threads. */
import { Piscina } from 'piscina';
import type { CellStore } from './cell-store.js';
import { type Cell, type CellResult, cellKey, isTimed, type ResultOf } from './cells/cell.js';
import type { Results } from './experiment.js';
import { type CellQueue, runQueuedCells } from './queued-cells.js';

export interface CellRun {
  readonly cells: readonly Cell[];
  readonly workers: number;
  /** Where cells run that measure no time; absent for the threads of this machine. */
  readonly queue?: CellQueue | undefined;
  readonly store: CellStore;
  readonly signal: AbortSignal;
  /** @param finished the cell that has just been computed; undefined at the start */
  readonly onProgress: (done: number, all: number, finished?: Cell) => void;
}

/** Results by cell; undefined if interrupted, with the finished cells in the store. */
export async function runCells(run: CellRun): Promise<Results | undefined> {
  const wanted = new Map(run.cells.map((cell) => [cellKey(cell), cell]));
  const missing = [...wanted.values()].filter((cell) => run.store.get(cell) === undefined);
  let done = wanted.size - missing.length;
  run.onProgress(done, wanted.size);
  const finish = (cell: Cell, result: CellResult): void => {
    run.store.put(cell, result);
    run.onProgress(++done, wanted.size, cell);
  };
  const untimed = missing.filter((cell) => !isTimed(cell));
  if (run.queue === undefined) await compute(untimed, run.workers, run.signal, finish);
  else await runQueuedCells(run.queue, untimed, run.signal, finish);
  await compute(missing.filter(isTimed), 1, run.signal, finish);
  if (run.signal.aborted) return undefined;
  return (cell) => {
    const result = run.store.get(cell);
    if (result === undefined) throw new Error(`no experiment has the cell ${cellKey(cell)}`);
    return result as ResultOf<typeof cell>;
  };
}

async function compute(
  cells: readonly Cell[],
  workers: number,
  signal: AbortSignal,
  finish: (cell: Cell, result: CellResult) => void,
): Promise<void> {
  if (cells.length === 0 || signal.aborted) return;
  const pool = new Piscina<Cell, CellResult>({
    filename: new URL('./cell-worker.js', import.meta.url).href,
    minThreads: Math.min(workers, cells.length),
    maxThreads: Math.min(workers, cells.length),
  });
  const stop = (): void => void pool.destroy();
  signal.addEventListener('abort', stop);
  try {
    await Promise.all(cells.map(async (cell) => finish(cell, await pool.run(cell))));
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    await pool.destroy();
  }
}
