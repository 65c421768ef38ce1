/** How much of our code runs, counted by V8: for tests of how work grows with the input, without a clock. */
import { Session } from 'node:inspector/promises';
import { setFlagsFromString } from 'node:v8';

// Optimised code that has a function inlined no longer counts its calls.
setFlagsFromString('--no-opt');

/**
 * How often blocks and functions of files of one folder are entered while an action runs.
 * @param folder a part of the address of the files, such as `/dist/compiler/language/`
 */
export async function executedBlocks(folder: string, action: () => void): Promise<number> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    await session.post('Profiler.takePreciseCoverage');
    action();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    return result
      .filter(({ url }) => url.includes(folder))
      .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
      .reduce((sum, { count }) => sum + count, 0);
  } finally {
    session.disconnect();
  }
}
