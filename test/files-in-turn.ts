/**
 * Runs the test files that its arguments name in this process, one after another, and says on both of its streams where
 * each begins (`test-process.ts` reads that). A file that dies ends the process, and those after it do not begin.
 */
import { pathToFileURL } from 'node:url';
import { beginning, ending } from './test-marks.js';

const files = process.argv.slice(2);

// uvu runs the tests when it is asked to, and not when a file has been loaded.
Object.assign(globalThis, { UVU_DEFER: 1, UVU_INDEX: 0 });
const { exec } = await import('uvu');
const { filesInTurn } = await import('./end-of-process.js');
const closeAll = filesInTurn();

for (const file of files) {
  const started = performance.now();
  for (const stream of [process.stdout, process.stderr]) stream.write(beginning(file));
  // Of one file, which has no name of its own in the output.
  Object.assign(globalThis, { UVU_QUEUE: [[null]] });
  await import(pathToFileURL(file).href);
  await exec();
  process.stdout.write(ending(process.exitCode === 0, performance.now() - started));
}
await closeAll();
