/**
 * A session behind messages: the side of the worker. Questions that change the session or take long are answered one after
 * the other; those that only look at it are answered in the pauses of long ones, so that a page can be used meanwhile.
 */
import { failureOf, SessionError } from './failure.js';
import type { AnswerOf, FromWorker, StudioKind, ToWorker } from './protocol.js';
import { StudioSession } from './session.js';

/** Sends a message to the page, and memory that the worker no longer needs. */
export type Send = (message: FromWorker, transfer: ArrayBuffer[]) => void;

/** What only looks at the session, and takes little time. */
const QUICK: ReadonlySet<StudioKind> = new Set([
  'check-text',
  'timeline',
  'rows',
  'row-of',
  'packet',
  'switch',
  'counters',
  'memories',
  'memory',
  'word-writes',
  'next-write',
  'overview',
  'packet-time',
  'compared-outcomes',
  'compared-packet',
  'apply-proposal',
  'packet-at-time',
]);

type Asked = ToWorker & { readonly kind: 'ask' };

/** Answers in which all typed arrays are made for the answer. */
const TRANSFERRED: ReadonlySet<StudioKind> = new Set([
  'rows',
  'memory',
  'word-writes',
  'overview',
  'compare',
  'pack-scenario',
  'capture',
]);

export class WorkerHost {
  private readonly session = new StudioSession();
  private readonly waiting: Asked[] = [];
  private current: { readonly number: number; readonly abort: AbortController } | undefined;

  constructor(private readonly send: Send) {}

  receive(message: ToWorker): void {
    if (message.kind === 'ask') {
      if (QUICK.has(message.question.kind)) return void this.answer(message, new AbortController());
      this.waiting.push(message);
      if (this.current === undefined) void this.answerAll();
      return;
    }
    const { number } = message;
    if (this.current?.number === number) this.current.abort.abort();
    const place = this.waiting.findIndex((asked) => asked.number === number);
    if (place < 0) return;
    this.waiting.splice(place, 1);
    this.fail(number, new SessionError('cancelled', 'cancelled'));
  }

  private async answerAll(): Promise<void> {
    for (let asked = this.waiting.shift(); asked !== undefined; asked = this.waiting.shift()) {
      const abort = new AbortController();
      this.current = { number: asked.number, abort };
      await this.answer(asked, abort);
      this.current = undefined;
    }
  }

  private async answer({ number, question }: Asked, abort: AbortController): Promise<void> {
    try {
      const answer = await this.session.ask(question, {
        signal: abort.signal,
        progress: (progress) => this.send({ kind: 'progress', number, progress }, []),
      });
      const transfer = TRANSFERRED.has(question.kind) ? buffersOf(answer) : [];
      this.send({ kind: 'answer', number, answer }, transfer);
    } catch (error) {
      this.fail(number, error);
    }
  }

  private fail(number: number, error: unknown): void {
    this.send({ kind: 'failed', number, failure: failureOf(error) }, []);
  }
}

/** The memory of the typed arrays of an answer. */
const buffersOf = (answer: AnswerOf<StudioKind>): ArrayBuffer[] =>
  answer === null
    ? []
    : Object.values(answer).flatMap((value: unknown) =>
        ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? [value.buffer] : [],
      );
