/** Runs command lines in this process, one after another: their modules are loaded once. */

import { bench } from '../bench/cli/main.js';
import { reportError } from '../hw-driver/cli/kit/command-line.js';
import { p4runpro } from '../hw-driver/cli/main.js';
import { collect } from './collected-output.js';

/** A command line to run. */
export interface HostedCommand {
  readonly command: 'bench' | 'p4runpro';
  readonly args: readonly string[];
  readonly folder: string;
}

/** How a command ended. */
export interface HostedOutcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in a folder, to its end, and collects what it writes to its streams. */
export async function runHere({ command, args, folder }: HostedCommand): Promise<HostedOutcome> {
  const before = process.cwd();
  process.chdir(folder);
  const [stdout, stderr] = [collect(process.stdout), collect(process.stderr)];
  try {
    const status = await (command === 'bench' ? bench(args) : p4runpro(args)).catch((error) =>
      reportError(command, error),
    );
    return { status, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    stdout.end();
    stderr.end();
    process.chdir(before);
  }
}
