/** The workers of the page: one file for all of them, so that the compiler is loaded once; the name of a worker says which it is. */
import { LanguageHost } from '../language/language-host.js';
import type { LanguageRequest } from '../language/protocol.js';
import type { ToWorker } from '../session/protocol.js';
import { WorkerHost } from '../session/worker-host.js';
import type { WorkerName } from './start-worker.js';

const SERVE: Readonly<Record<WorkerName, () => void>> = {
  language: () => {
    const host = new LanguageHost();
    self.addEventListener('message', ({ data }: MessageEvent<LanguageRequest>) => self.postMessage(host.reply(data)));
  },
  session: () => {
    const host = new WorkerHost((message, transfer) => self.postMessage(message, { transfer }));
    self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => host.receive(data));
  },
};

const isWorkerName = (name: string): name is WorkerName => Object.hasOwn(SERVE, name);

if (isWorkerName(self.name)) SERVE[self.name]();
