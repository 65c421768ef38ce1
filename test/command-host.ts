/**
 * Runs command lines that the parent process sends, one after another, in this process: their modules are loaded once.
 * What a command writes to its streams goes back with its exit status.
 */

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

/** Collects what is written to a stream until `text` is asked for. */
function collect(stream: NodeJS.WriteStream): { text(): string } {
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
    text: () => {
      stream.write = original;
      return Buffer.concat(chunks).toString();
    },
  };
}

async function run({ command, args, folder }: HostedCommand): Promise<HostedOutcome> {
  process.chdir(folder);
  const [stdout, stderr] = [collect(process.stdout), collect(process.stderr)];
  let status: number;
  try {
    status = await (command === 'bench' ? bench(args) : p4runpro(args));
  } catch (error) {
    status = reportError(command, error);
  }
  process.chdir('/');
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

process.on('message', (command: HostedCommand) => {
  void run(command).then((outcome) => process.send?.(outcome));
});

process.on('disconnect', () => process.exit());
