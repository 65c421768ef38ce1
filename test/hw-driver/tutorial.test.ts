/**
 * docs/TUTORIAL.md, followed by the letter: its programs are written where it says so, every command is run in one shell,
 * and what comes out is what stands below it. UPDATE_GOLDENS=1 writes the outputs that hold no `…`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../compiler/index.js';
import { packageFile } from '../../traces/system/package-root.js';
import { shellCommands } from '../shell-commands.js';

const DOCUMENT = packageFile('docs', 'TUTORIAL.md');
/** Ports of the document; those of the test are free ones. */
const PORTS = ['50052', '8080'];

interface Block {
  readonly kind: string;
  readonly text: string;
  /** The last name of a program in the text before it. */
  readonly file: string | undefined;
  /** Offsets of the text in the document. */
  readonly start: number;
  readonly end: number;
}

function blocksOf(document: string): readonly Block[] {
  return [...document.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map((match) => {
    const [whole, kind = '', text = ''] = match;
    const before = document.slice(0, match.index).split('\n\n').slice(-2).join('\n');
    const start = match.index + whole.indexOf('\n') + 1;
    return {
      kind,
      text,
      file: [...before.matchAll(/`([\w-]+\.p4runpro)`/g)].at(-1)?.[1],
      start,
      end: start + text.length,
    };
  });
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('a server that listens has a port');
  return String(address.port);
}

/** The command that does not end has a process of its own. */
const SERVE = 'npx p4runpro serve';
const SERVER = `"${process.execPath}" "${packageFile('dist', 'hw-driver', 'cli', 'cli.js')}" serve`;

const END = 'the block has ended';

/** A shell that runs one block after another; what it says, errors among it. */
class Shell {
  private said = '';
  private readonly process: ChildProcess;

  constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.process = spawn('sh', [], { cwd: folder, env, stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    this.process.stdin?.write('exec 2>&1\n');
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.said += text;
    });
  }

  /** What a block says until it ends. */
  run(block: string): Promise<string> {
    return this.runUntil(`${block}echo '${END}'\n`, `${END}\n`);
  }

  /** What a command that does not end says until this. */
  async runUntil(block: string, end: string): Promise<string> {
    this.said = '';
    this.process.stdin?.write(block);
    while (!this.said.includes(end)) await once(must(this.process.stdout, 'output of a shell'), 'data');
    return this.said.slice(0, this.said.indexOf(end));
  }

  /** Ends the shell and what it runs: they are a group of processes. */
  close(): void {
    const { pid } = this.process;
    if (pid !== undefined) process.kill(-pid, 'SIGTERM');
  }
}

/** Lines of an expected text against those that came: `…` stands for any part of a line, alone for any number of lines. */
function matches(expected: readonly string[], actual: readonly string[]): boolean {
  const [first, ...rest] = expected;
  if (first === undefined) return actual.length === 0;
  if (first === '…') return actual.some((_, i) => matches(rest, actual.slice(i))) || rest.length === 0;
  const [line, ...others] = actual;
  const pattern = new RegExp(
    `^${first
      .split('…')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  );
  return line !== undefined && pattern.test(line) && matches(rest, others);
}

test('the tutorial: every command, with its output', async () => {
  const document = readFileSync(DOCUMENT, 'utf8');
  const folder = mkdtempSync(join(tmpdir(), 'tutorial-'));
  mkdirSync(join(folder, 'home'));
  const free = [await freePort(), await freePort()];
  const withPorts = (text: string, from: readonly string[], to: readonly string[]): string =>
    from.reduce((changed, port, i) => changed.replaceAll(port, must(to[i], 'port')), text);
  const commands = shellCommands(join(folder, 'commands'));
  const env = { ...commands.env, HOME: join(folder, 'home') };
  const [first, second] = [new Shell(folder, env), new Shell(folder, env)];
  const outputs: { readonly block: Block; readonly actual: string }[] = [];
  let output = '';
  try {
    for (const block of blocksOf(document)) {
      if (block.kind === 'p4runpro') writeFileSync(join(folder, must(block.file, 'name of a program')), block.text);
      else if (block.kind === 'text') outputs.push({ block, actual: output });
      else {
        const lines = withPorts(block.text, PORTS, free);
        const ready = `HTTP on 127.0.0.1:${free[1]}\n`;
        const said = lines.startsWith(SERVE)
          ? `${await second.runUntil(lines.replace(SERVE, `exec ${SERVER} --port ${free[0]}`), ready)}${ready}`
          : await first.run(lines);
        output = withPorts(said, free, PORTS);
      }
    }
  } finally {
    first.close();
    second.close();
    commands.close();
    rmSync(folder, { recursive: true, force: true });
  }
  assert.ok(outputs.length >= 14);
  check(document, outputs);
});

function check(document: string, outputs: readonly { readonly block: Block; readonly actual: string }[]): void {
  let updated = document;
  for (const { block, actual } of [...outputs].reverse()) {
    if (process.env['UPDATE_GOLDENS'] === '1' && !block.text.includes('…')) {
      updated = `${updated.slice(0, block.start)}${actual}${updated.slice(block.end)}`;
    } else {
      const isSame = matches(block.text.split('\n'), actual.split('\n'));
      assert.ok(isSame, `${DOCUMENT}, offset ${block.start}: it shows\n${block.text}\nand the command says\n${actual}`);
    }
  }
  if (updated !== document) writeFileSync(DOCUMENT, updated);
}

test('the comparison of outputs finds a changed line', () => {
  assert.ok(matches(['a', '…', 'c … e'], ['a', 'x', 'y', 'c d e']));
  assert.ok(matches(['a', '…', 'c'], ['a', 'c']));
  assert.not(matches(['a', '…', 'c'], ['a', 'x']));
  assert.not(matches(['a.'], ['ab']));
  assert.not(matches(['a'], ['a', 'b']));
});

test.run();
