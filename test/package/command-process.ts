/**
 * Runs command lines of an installed package, each from the file that npm links as the command, one after another: what
 * several of them load is loaded once. It loads nothing of the project itself.
 */
import { pathToFileURL } from 'node:url';
import { collect } from '../collected-output.js';

/** A command line: the file of the command, and its arguments. */
export interface InstalledCommand {
  readonly file: string;
  readonly args: readonly string[];
}

/** How it ended. */
export interface InstalledOutcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let count = 0;

async function run({ file, args }: InstalledCommand): Promise<InstalledOutcome> {
  process.argv = [process.execPath, file, ...args];
  process.exitCode = undefined;
  const [stdout, stderr] = [collect(process.stdout), collect(process.stderr)];
  let status: number | null;
  let failure = '';
  try {
    // The query makes it another module: the file runs again.
    await import(`${pathToFileURL(file).href}?line=${count++}`);
    status = Number(process.exitCode ?? 0);
  } catch (error) {
    // Node would print it and end.
    status = 1;
    failure = error instanceof Error ? `${error.stack}\n` : String(error);
  } finally {
    stdout.end();
    stderr.end();
  }
  process.exitCode = undefined;
  return { status, stdout: stdout.text(), stderr: stderr.text() + failure };
}

// Each command listens to them.
process.stdout.setMaxListeners(0);
process.stderr.setMaxListeners(0);

process.on('message', (command: InstalledCommand) => {
  void run(command).then((outcome) => process.send?.(outcome));
});
