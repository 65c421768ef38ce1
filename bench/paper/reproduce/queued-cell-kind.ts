/** Cells of the reproduction as a queue knows them. Apart from what computes them, which a worker need not load. */

/** The kind of cells that reproductions send; a worker has the module that computes them. */
export const REPRODUCE_KIND = 'reproduce';
export const REPRODUCE_WORKER = new URL('./queued-cell-worker.js', import.meta.url);
