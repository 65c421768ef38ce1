/** The worker of the page: a session that hears the messages of its thread. */
import type { FromWorker, ToWorker } from './protocol.js';
import { WorkerHost } from './worker-host.js';

/** What is in use of the global scope of a worker, which the types of Node lack. */
interface WorkerScope {
  onmessage: ((event: { readonly data: ToWorker }) => void) | null;
  postMessage(message: FromWorker, transfer: ArrayBuffer[]): void;
}

declare const self: WorkerScope;

const host = new WorkerHost((message, transfer) => self.postMessage(message, transfer));
self.onmessage = ({ data }) => host.receive(data);
