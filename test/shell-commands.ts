/** Commands of the project for a shell, by `npx` as in the documents. They run in the process of the test. */
import { execFileSync } from 'node:child_process';
import { constants, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { type CommandName, type } from './command-line.js';

export interface ShellCommands {
  /** Environment of a shell that finds `npx`. */
  readonly env: NodeJS.ProcessEnv;
  /** No command is run from here on. */
  close(): void;
}

/**
 * A request is a folder that `npx` makes: the words, and a pipe from which it gets the status when there are outputs.
 * It shows errors first, wherever they were between the lines of its output.
 */
const npxIn = (folder: string): string => `#!/bin/sh
request="${folder}/$$"
mkdir "$request"
mkfifo "$request/status"
printf '%s\\0' "$PWD" "$@" > "$request/words"
echo "$request" > "${folder}/requests"
read -r status < "$request/status"
cat "$request/stderr" >&2
cat "$request/stdout"
rm -r "$request"
exit "$status"
`;

const isCommand = (word: string): word is CommandName => word === 'bench' || word === 'p4runpro';

async function answer(request: string): Promise<void> {
  const [folder = '', command = '', ...args] = readFileSync(join(request, 'words'), 'utf8').split('\0').slice(0, -1);
  const { status, stdout, stderr } = isCommand(command)
    ? await type(command, args, { folder })
    : { status: 127, stdout: '', stderr: `npx ${command}: no command of the project\n` };
  writeFileSync(join(request, 'stdout'), stdout);
  writeFileSync(join(request, 'stderr'), stderr);
  await writeFile(join(request, 'status'), `${status}\n`);
}

/** @param folder one that is not there; it is left behind */
export function shellCommands(folder: string): ShellCommands {
  mkdirSync(folder);
  writeFileSync(join(folder, 'npx'), npxIn(folder), { mode: 0o755 });
  const requests = join(folder, 'requests');
  execFileSync('mkfifo', [requests]);
  // Open for writing too: it does not end with the first one that writes.
  const descriptor = openSync(requests, constants.O_RDWR | constants.O_NONBLOCK);
  const socket = new Socket({ fd: descriptor, readable: true, writable: false });
  let said = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${said}${text}`.split('\n');
    said = lines.pop() ?? '';
    for (const request of lines) void answer(request);
  });
  return {
    env: { ...process.env, NO_COLOR: '1', PATH: `${folder}:${process.env['PATH']}` },
    close: () => socket.destroy(),
  };
}
