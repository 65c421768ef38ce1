/** A session behind the messages of a worker, in this process. */
import { SessionClient, type SessionRefusal, type SessionWorker } from '../../../hw-driver/studio/session/client.js';
import type { SessionFailureCode, ToWorker } from '../../../hw-driver/studio/session/protocol.js';
import { WorkerHost } from '../../../hw-driver/studio/session/worker-host.js';

/** Messages are copied, as between threads. */
export function sessionClient(): SessionClient {
  const worker: SessionWorker = {
    onmessage: null,
    onerror: null,
    postMessage: (message: ToWorker) => {
      const copy = withoutBlob(message);
      setTimeout(() => host.receive(copy));
    },
    terminate: () => undefined,
  };
  const host = new WorkerHost((message, transfer) => {
    const copy = structuredClone(message, { transfer });
    worker.onmessage?.({ data: copy });
  });
  return new SessionClient(worker);
}

/** Blobs are passed as they are. */
function withoutBlob(message: ToWorker): ToWorker {
  if (message.kind !== 'ask' || message.question.kind !== 'add-packets') return structuredClone(message);
  return message;
}

/** How a question failed. @throws Error if it did not */
export async function failureOf(answer: Promise<unknown>): Promise<{ code: SessionFailureCode; message: string }> {
  try {
    await answer;
  } catch (error) {
    const { failure } = error as SessionRefusal;
    if (failure === undefined) throw error;
    return failure;
  }
  throw new Error('the question was answered');
}
