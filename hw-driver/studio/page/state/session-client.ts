/** The session of the page, in a worker. */
import { type AskOptions, SessionClient, type SessionWorker } from '../../session/client.js';
import type { AnswerOf, AskOf, StudioKind } from '../../session/protocol.js';
import { startWorker } from '../start-worker.js';

/** The worker, whose events have types of the page. */
function sessionWorker(): SessionWorker {
  const worker = startWorker('session');
  const made: SessionWorker = {
    postMessage: (message) => worker.postMessage(message),
    onmessage: null,
    onerror: null,
    terminate: () => worker.terminate(),
  };
  worker.addEventListener('message', (event) => made.onmessage?.(event));
  worker.addEventListener('error', (event) => made.onerror?.(event));
  return made;
}

let client: SessionClient | undefined;

/** Asks the session. @throws {SessionRefusal} with a sentence for the person */
export function askSession<Kind extends StudioKind>(
  kind: Kind,
  ask: AskOf<Kind>,
  options?: AskOptions,
): Promise<AnswerOf<Kind>> {
  client ??= new SessionClient(sessionWorker());
  return client.ask(kind, ask, options);
}
