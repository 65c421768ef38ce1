/** Loads a module of a user in a thread first, which can be ended where its code never returns. */
import { Worker } from 'node:worker_threads';

const LOAD = `const { workerData } = require('node:worker_threads');
import(workerData).then(() => process.exit(), () => process.exit());`;

/** Modules whose loading ended. */
const ended = new Set<string>();

/**
 * Whether loading a module ends within a time, also with an error. What it prints then is not shown. Takes some 50 ms, for
 * the first load of each module.
 * @param href its address
 */
export async function loadEnds(href: string, seconds: number): Promise<boolean> {
  if (ended.has(href) || seconds === Number.POSITIVE_INFINITY) return true;
  const worker = new Worker(LOAD, { eval: true, workerData: href, stdout: true, stderr: true });
  const isEnded = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), seconds * 1000);
    const finish = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    worker.once('exit', finish);
    // What went wrong is found where the module is loaded for use.
    worker.once('error', finish);
  });
  if (isEnded) ended.add(href);
  await worker.terminate();
  return isEnded;
}
