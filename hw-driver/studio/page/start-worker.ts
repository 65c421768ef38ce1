/** Workers of the page, by name: `worker.ts` is the file of all of them. */

/** The names of the workers. */
export type WorkerName = 'language' | 'session';

/** @throws where the browser refuses workers */
export function startWorker(name: WorkerName): Worker {
  return new Worker(new URL('worker.js', document.baseURI), { name, type: 'module' });
}
