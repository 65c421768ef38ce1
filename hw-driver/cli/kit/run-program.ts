/** The start of a program; it loads only what the command line needs. */
import type { Program } from './command.js';
import { EXIT } from './command-line.js';

/** Runs a command line without its first word, and returns the exit status. @throws what the command throws */
export async function runProgram(program: Program, words: readonly string[]): Promise<number> {
  const [first, ...more] = words;
  if (first === '--version' && more.length === 0 && program.version !== undefined) {
    process.stdout.write(`${program.version}\n`);
    return EXIT.done;
  }
  // The parser takes longer to load than Node to start.
  const { readCommandLine } = await import('./read-command-line.js');
  const run = await readCommandLine(program, words);
  return run();
}
