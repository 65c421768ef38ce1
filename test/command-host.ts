/** Runs command lines in this process, one after another: their modules are loaded once. */

import { bench } from '../bench/cli/main.js';
import { reportError } from '../hw-driver/cli/kit/command-line.js';
import { p4runpro } from '../hw-driver/cli/main.js';

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

type Write = NodeJS.WriteStream['write'];

/** Collects what is written to a stream until the end is asked for. */
function collect(stream: NodeJS.WriteStream): { text(): string; end(): void } {
  const chunks: Buffer[] = [];
  const original = stream.write;
  const write = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    chunks.push(Buffer.from(chunk as Uint8Array));
    const written = rest.find((argument): argument is () => void => typeof argument === 'function');
    if (written !== undefined) process.nextTick(written);
    return true;
  };
  stream.write = write as Write;
  return {
    text: () => Buffer.concat(chunks).toString(),
    end: () => {
      stream.write = original;
    },
  };
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
