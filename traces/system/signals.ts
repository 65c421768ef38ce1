/**
 * Signals that end a command. Work that can stop by itself is notified and reports its partial results. A second signal,
 * or one without such work, ends the process by that signal after unfinished files are removed.
 */
const NUMBERS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
export type EndingSignal = keyof typeof NUMBERS;
const SIGNALS: readonly EndingSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Shells report 128 plus the number of the signal that ended a process. */
const STATUS_OF_SIGNALS = 128;

const cleanups = new Set<() => void>();
/** Work to notify, innermost last; each once. */
const works: { readonly stop: () => void; told: boolean }[] = [];
let last: EndingSignal = 'SIGINT';
let isListening = false;

/** Runs work that a signal stops: its abort signal says so. A second one ends the process. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupt = new AbortController();
  const entry = { stop: () => interrupt.abort(), told: false };
  works.push(entry);
  listen();
  try {
    return await work(interrupt.signal);
  } finally {
    works.splice(works.indexOf(entry), 1);
    listen();
  }
}

/** The exit status of a command that was interrupted: 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP. */
export const interruptedStatus = (): number => STATUS_OF_SIGNALS + NUMBERS[last];

/** Registers a cleanup that runs before a signal ends the process. */
export function holdSignals(cleanup: () => void): void {
  cleanups.add(cleanup);
  listen();
}

export function releaseSignals(cleanup: () => void): void {
  cleanups.delete(cleanup);
  listen();
}

/** Listens only while needed, since a listener prevents a signal from ending a busy process. */
function listen(): void {
  const wanted = works.length > 0 || cleanups.size > 0;
  if (wanted === isListening) return;
  isListening = wanted;
  for (const signal of SIGNALS) {
    if (wanted) process.on(signal, onSignal);
    else process.off(signal, onSignal);
  }
}

function onSignal(signal: EndingSignal): void {
  last = signal;
  const work = works.findLast(({ told }) => !told);
  if (work !== undefined) {
    work.told = true;
    work.stop();
    return;
  }
  for (const cleanup of cleanups) cleanup();
  for (const each of SIGNALS) process.off(each, onSignal);
  process.kill(process.pid, signal);
}
