/** Workers of the page, by name: `worker.ts` is the file of all of them. */

import { EMBEDDED } from '../export/exported-page.js';

/** The names of the workers. */
export type WorkerName = 'language' | 'session';

/** @throws where the browser refuses workers */
export function startWorker(name: WorkerName): Worker {
  const embedded = document.getElementById(EMBEDDED.worker)?.textContent;
  if (embedded === undefined || embedded === null) {
    return new Worker(new URL('worker.js', document.baseURI), { name, type: 'module' });
  }
  const address = URL.createObjectURL(new Blob([embedded], { type: 'text/javascript' }));
  // No module: a page from a disk has no origin of which modules could be loaded.
  return new Worker(address, { name });
}
