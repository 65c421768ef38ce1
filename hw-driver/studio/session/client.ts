/** A session behind messages: the side of the page. */
import { DomainError } from '../../../compiler/data-plane/domain-error.js';
import type {
  AnswerOf,
  AskOf,
  FromWorker,
  SessionFailure,
  SessionFailureCode,
  SessionProgress,
  StudioKind,
  StudioQuestion,
  ToWorker,
} from './protocol.js';

/** A worker, as far as it is in use. */
export interface SessionWorker {
  postMessage(message: ToWorker): void;
  onmessage: ((event: { readonly data: FromWorker }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  terminate(): void;
}

/** A question has no answer; the message is a sentence for the person. */
export class SessionRefusal extends DomainError {
  override readonly name = 'SessionRefusal';
  readonly ends = 'failed';
  readonly code: SessionFailureCode;

  constructor(readonly failure: SessionFailure) {
    super(failure.message);
    this.code = failure.code;
  }
}

/** What a question may be given besides its content. */
export interface AskOptions {
  readonly onProgress?: (progress: SessionProgress) => void;
  /** Cancels the question. */
  readonly signal?: AbortSignal;
}

interface Pending {
  readonly resolve: (answer: AnswerOf<StudioKind>) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((progress: SessionProgress) => void) | undefined;
}

/** Asks a session in a worker. */
export class SessionClient {
  private readonly pending = new Map<number, Pending>();
  private numbers = 0;

  constructor(private readonly worker: SessionWorker) {
    worker.onmessage = ({ data }) => this.receive(data);
    worker.onerror = ({ message }) => this.failAll(message === undefined ? 'the worker has ended' : message);
  }

  /** @throws {SessionRefusal} */
  ask<Kind extends StudioKind>(kind: Kind, ask: AskOf<Kind>, options: AskOptions = {}): Promise<AnswerOf<Kind>> {
    const { onProgress, signal } = options;
    const number = this.numbers++;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new SessionRefusal({ code: 'cancelled', message: 'cancelled' }));
      // The worker answers a question with the answer of its kind.
      this.pending.set(number, { resolve: resolve as Pending['resolve'], reject, onProgress });
      signal?.addEventListener('abort', () => this.cancel(number), { once: true });
      this.worker.postMessage({ kind: 'ask', number, question: questionOf(kind, ask) });
    });
  }

  /** Ends the worker; questions that wait are refused. */
  close(): void {
    this.worker.terminate();
    this.failAll('the session is closed');
  }

  private cancel(number: number): void {
    if (this.pending.has(number)) this.worker.postMessage({ kind: 'cancel', number });
  }

  private receive(message: FromWorker): void {
    const pending = this.pending.get(message.number);
    if (pending === undefined) return;
    if (message.kind === 'progress') return pending.onProgress?.(message.progress);
    this.pending.delete(message.number);
    if (message.kind === 'answer') pending.resolve(message.answer);
    else pending.reject(new SessionRefusal(message.failure));
  }

  private failAll(message: string): void {
    for (const { reject } of this.pending.values()) reject(new SessionRefusal({ code: 'broken', message }));
    this.pending.clear();
  }
}

/** A question of a kind with what belongs to it, which the compiler does not see to be one of the union. */
const questionOf = <Kind extends StudioKind>(kind: Kind, ask: AskOf<Kind>) => ({ kind, ...ask }) as StudioQuestion;
