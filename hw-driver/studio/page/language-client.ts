/** The editor's side of the language worker. */
import { must } from '../../../compiler/data-plane/must.js';
import type { LanguageAnswer, LanguageAsk, LanguageKind } from '../language/protocol.js';
import { startWorker } from './start-worker.js';

/** A reply as it comes: its answer has the type that its question has. */
type Reply = { readonly number: number } & (
  | { readonly kind: 'answer'; readonly answer: never }
  | { readonly kind: 'failed'; readonly message: string }
);

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

const waiting = new Map<number, Waiting>();
let lastNumber = 0;
let worker: Worker | undefined;

function started(): Worker {
  if (worker !== undefined) return worker;
  worker = startWorker('language');
  worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
    const { resolve, reject } = must(waiting.get(data.number), 'question of an answer');
    waiting.delete(data.number);
    if (data.kind === 'answer') resolve(data.answer);
    else reject(new Error(data.message));
  });
  return worker;
}

let chooseDataPlane: () => void = () => undefined;
/** Until the data plane is known there are no answers. */
const hasDataPlane = new Promise<void>((resolve) => {
  chooseDataPlane = resolve;
});

/** The data plane that programs are for. @throws a sentence about a description that is none */
export async function setLanguageDataPlane(dataPlane: string | object): Promise<void> {
  await ask('data-plane', { dataPlane });
  chooseDataPlane();
}

/** Asks the language worker; it answers in order. @throws a sentence where a question has no answer */
export async function askLanguage<Kind extends LanguageKind>(
  kind: Kind,
  question: LanguageAsk<Kind>,
): Promise<LanguageAnswer<Kind>> {
  await hasDataPlane;
  return ask(kind, question);
}

function ask<Kind extends LanguageKind>(kind: Kind, question: LanguageAsk<Kind>): Promise<LanguageAnswer<Kind>> {
  lastNumber++;
  const number = lastNumber;
  return new Promise((resolve, reject) => {
    waiting.set(number, { resolve, reject });
    started().postMessage({ number, question: { kind, ...question } });
  });
}
