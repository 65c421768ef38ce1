/** Computes tasks on the threads of this machine. */
import { Piscina } from 'piscina';
import { type CellFailure, MAX_TRIES } from '../results/cell-result.js';

export interface ThreadRun<Task, Result> {
  readonly tasks: readonly Task[];
  readonly workers: number;
  /** The module whose default export computes a task. */
  readonly module: URL;
  readonly signal: AbortSignal;
  readonly onStart: (task: Task) => void;
  readonly onDone: (task: Task, result: Result) => void;
  /** A task that failed three times; the others go on. */
  readonly onFailed: (task: Task, failure: CellFailure) => void;
}

/** Resolves when all tasks are done or have failed, or the signal has ended them. */
export async function runOnThreads<Task, Result>(run: ThreadRun<Task, Result>): Promise<void> {
  const { tasks, workers, module, signal } = run;
  if (tasks.length === 0 || signal.aborted) return;
  const threads = Math.min(workers, tasks.length);
  const pool = new Piscina<Task, Result>({ filename: module.href, minThreads: threads, maxThreads: threads });
  const stop = (): void => void pool.destroy();
  signal.addEventListener('abort', stop);
  // The others end too when one cannot go on.
  let isOver = false;
  try {
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let task = tasks[next++]; task !== undefined && !signal.aborted && !isOver; task = tasks[next++]) {
        const end = await runTask(pool, task, run);
        if (!isOver) end();
      }
    };
    await Promise.all(Array.from({ length: threads }, lane));
  } finally {
    isOver = true;
    signal.removeEventListener('abort', stop);
    await pool.destroy();
  }
}

/** What is to be reported of a task; an error of the report is none of the task. */
async function runTask<Task, Result>(
  pool: Piscina<Task, Result>,
  task: Task,
  { signal, onStart, onDone, onFailed }: ThreadRun<Task, Result>,
): Promise<() => void> {
  onStart(task);
  for (let tries = 1; ; tries++) {
    try {
      const result = await pool.run(task);
      return () => onDone(task, result);
    } catch (error) {
      if (signal.aborted) return () => undefined;
      if (tries >= MAX_TRIES) return () => onFailed(task, { tries, message: messageOf(error) });
    }
  }
}

const MAX_MESSAGE_CHARACTERS = 1000;

/** What an error says, in one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text.split('\n').map((line) => line.trim());
  const line = lines
    .filter((each) => each !== '')
    .join('; ')
    .replaceAll(/:; /g, ': ');
  return line.length > MAX_MESSAGE_CHARACTERS ? `${line.slice(0, MAX_MESSAGE_CHARACTERS)}…` : line;
}
