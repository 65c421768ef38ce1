/** `p4runpro lsp` as a process: its connection, its options, how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { packageFile } from '../../traces/system/package-root.js';
import { type } from '../command-line.js';
import { sampleSource } from '../compiler/support.js';
import { CAPABILITIES } from './lsp-client.js';

const folder = mkdtempSync(join(tmpdir(), 'lsp-command-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

interface RunningServer {
  readonly process: ChildProcess;
  readonly connection: MessageConnection;
  readonly heard: { readonly method: string; readonly params: unknown }[];
  readonly status: Promise<number | null>;
  stderr(): string;
}

function launch(...words: string[]): RunningServer {
  const cli = packageFile('dist', 'hw-driver', 'cli', 'cli.js');
  const child = spawn(process.execPath, [cli, 'lsp', ...words], { cwd: folder });
  const heard: { method: string; params: unknown }[] = [];
  let stderr = '';
  child.stderr.on('data', (part: Buffer) => {
    stderr += part.toString();
  });
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.onNotification((method: string, params: unknown) => {
    heard.push({ method, params });
  });
  connection.onRequest((method: string, params: unknown) => {
    heard.push({ method, params });
    return null;
  });
  connection.listen();
  const status = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
  return { process: child, connection, heard, status, stderr: () => stderr };
}

const initialize = { processId: process.pid, rootUri: pathToFileURL(folder).href, capabilities: CAPABILITIES };

test('a session of an editor: status 0 after shutdown and exit; the explanation is in a file that goes with the server', async () => {
  const state = join(folder, 'nc.json');
  const program = join(folder, 'nc.p4runpro');
  writeFileSync(program, sampleSource('nc'));
  assert.is((await type('p4runpro', ['compile', program, '-o', state], { folder })).status, 0);
  const { connection, heard, status, stderr } = launch('--stdio', `--clientProcessId=${process.pid}`, '-R', '0');
  await connection.sendRequest('initialize', {
    ...initialize,
    initializationOptions: { dataplane: 'default', allocator: 'f1', recirculations: 1, state: ['nc.json'] },
  });
  const uri = pathToFileURL(join(folder, 'hh.p4runpro')).href;
  const text = sampleSource('hh');
  await connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'p4runpro', version: 1, text },
  });
  const lenses = await connection.sendRequest<{ command: { title: string } }[]>('textDocument/codeLens', {
    textDocument: { uri },
  });
  assert.match(lenses[0]?.command.title ?? '', /^\d+ entries in \d+ RPBs, 2 passes$/);
  const explained = await connection.sendRequest<{ text: string }>('workspace/executeCommand', {
    command: 'p4runpro.explain',
    arguments: [uri, 'hh'],
  });
  await connection.sendRequest('textDocument/documentSymbol', { textDocument: { uri } });
  const shown = heard.find(({ method }) => method === 'window/showDocument')?.params as { uri: string };
  const file = fileURLToPath(shown.uri);
  assert.is(readFileSync(file, 'utf8'), explained.text);
  assert.match(explained.text, /f1/);
  assert.ok(heard.some(({ method }) => method === 'textDocument/publishDiagnostics'));
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  assert.is(await status, 0);
  assert.is(stderr(), '');
  assert.not.ok(existsSync(file));
});

test('settings that name a missing file or allocator are reported in one sentence', async () => {
  const { connection, heard, status } = launch();
  await connection.sendRequest('initialize', { ...initialize, initializationOptions: { allocator: 'best' } });
  const set = (settings: object) => connection.sendNotification('workspace/didChangeConfiguration', { settings });
  await set({ p4runpro: { state: ['none.json'] } });
  await set({ p4runpro: { dataplane: 'none.json' } });
  await connection.sendRequest('shutdown');
  const messages = heard.map(({ params }) => (params as { message: string }).message);
  assert.match(messages[0] ?? '', /^there is no allocator 'best': it is one of price, /);
  assert.match(messages[1] ?? '', /none\.json: no such file$/);
  assert.match(messages[2] ?? '', /none\.json: no such file$/);
  await connection.sendNotification('exit');
  assert.is(await status, 0);
});

test('exit without shutdown, and an input that ends, are status 1', async () => {
  const leaving = launch();
  await leaving.connection.sendRequest('initialize', initialize);
  await leaving.connection.sendNotification('exit');
  assert.is(await leaving.status, 1);
  const cut = launch();
  await cut.connection.sendRequest('initialize', initialize);
  cut.process.stdin?.end();
  assert.is(await cut.status, 1);
});

test('input that is not of the protocol leads to an answer or an error without a stack trace', async () => {
  const { process: child, connection, status, stderr } = launch();
  await connection.sendRequest('initialize', initialize);
  child.stdin?.write('Content-Length: 7\r\n\r\n{"a": 1');
  child.stdin?.write('Content-Length: x\r\n\r\n');
  child.stdin?.end();
  await status;
  assert.not.match(stderr(), /\n {4}at /);
});

test('invalid options are refused before the first message', async () => {
  for (const [words, message] of [
    [['--dataplane', 'none'], /there is no data plane 'none'/],
    [['-R', '99'], /--recirculations takes a whole number/],
    [['--state', 'none.json'], /none\.json: no such file/],
    [['--allocator', 'best'], /allocator/],
    [['--socket', '1'], /socket/],
  ] as const) {
    const { status, stderr } = await type('p4runpro', ['lsp', ...words], { folder });
    assert.is(status, 2, words.join(' '));
    assert.match(stderr, message);
  }
});

test.run();
