/** Texts edited at random while requests run: nothing is lost, and the end is the same as from a fresh start. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import { TextLines } from '../../compiler/service/index.js';
import { PROPERTY, SAMPLE_NAMES, sampleSource } from '../compiler/support.js';
import { cases, isNightly } from '../tiers.js';
import { startClient, type TestClient } from './lsp-client.js';

const URI = 'file:///p.p4runpro';
const textDocument = { uri: URI };

/** A stretch of the text, as parts of it, and what takes its place; or a request at a part of the text. */
type Action =
  | { readonly kind: 'edit'; readonly from: number; readonly length: number; readonly text: string }
  | { readonly kind: 'whole'; readonly name: (typeof SAMPLE_NAMES)[number] }
  | { readonly kind: 'ask'; readonly method: string; readonly at: number; readonly cancels: boolean };

const METHODS = [
  ...[
    'hover',
    'completion',
    'signatureHelp',
    'definition',
    'references',
    'documentHighlight',
    'prepareRename',
    'rename',
  ],
  ...['documentSymbol', 'foldingRange', 'semanticTokens/full', 'formatting', 'codeAction', 'inlayHint', 'codeLens'],
] as const;

const TEXTS = [
  '',
  'DROP;',
  '\n',
  '\r\n',
  '}',
  '{',
  '(',
  ';',
  '/*',
  '*/',
  '😀',
  '@m 16\n',
  'BRANCH:',
  'case(<har, 1, 1>)',
  'hdr.',
];

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      from: fc.nat(5000),
      length: fc.oneof(fc.constant(0), fc.nat(30)),
      text: fc.constantFrom(...TEXTS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('whole' as const), name: fc.constantFrom(...SAMPLE_NAMES) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      method: fc.constantFrom(...METHODS),
      at: fc.nat(5000),
      cancels: fc.boolean(),
    }),
  },
);

/** What every request may take: each looks at what it knows. */
function paramsAt(text: string, at: number) {
  const { line, column } = new TextLines(text).positionAt(at % (text.length + 1));
  const position = { line, character: column };
  const range = { start: { line: 0, character: 0 }, end: { line: 9999, character: 0 } };
  return {
    textDocument,
    position,
    range,
    newName: 'renamed',
    options: { tabSize: 4, insertSpaces: true },
    context: { includeDeclaration: true, diagnostics: [] },
  };
}

/** Answers to all requests at some places of a text, and its findings. */
async function answers(client: TestClient, text: string, version: number): Promise<unknown[]> {
  const found: unknown[] = [await client.findings(URI, version)];
  for (const method of METHODS) {
    for (const at of [0, 97, 1009]) {
      const answer = await client
        .request(`textDocument/${method}`, paramsAt(text, at))
        .catch((error: { code: number }) => error.code);
      found.push(answer);
    }
  }
  return found;
}

const INTERNAL_ERROR = -32603;

/** Sends the actions without waiting for answers; the text at the end, its version, and how each request ended. */
async function play(client: TestClient, first: string, actions: readonly Action[]) {
  let text = first;
  let version = 1;
  const asked: Promise<number | undefined>[] = [];
  await client.open(URI, text);
  for (const each of actions) {
    if (each.kind === 'ask') {
      asked.push(ask(client, `textDocument/${each.method}`, paramsAt(text, each.at), each.cancels));
      continue;
    }
    version++;
    const { change, after } = each.kind === 'whole' ? wholeText(each.name) : editOf(text, each);
    text = after;
    const params = { textDocument: { uri: URI, version }, contentChanges: [change] };
    client.notify('textDocument/didChange', params).catch(assert.unreachable);
  }
  return { text, version, codes: await Promise.all(asked) };
}

const wholeText = (name: (typeof SAMPLE_NAMES)[number]) => ({
  change: { text: sampleSource(name) },
  after: sampleSource(name),
});

function editOf(text: string, { from, length, text: newText }: Action & { kind: 'edit' }) {
  const lines = new TextLines(text);
  const positionOf = (offset: number) => {
    const { line, column } = lines.positionAt(offset);
    return { line, character: column };
  };
  // Clients put no position inside of a line break.
  const outside = (offset: number): number => (text.slice(offset - 1, offset + 1) === '\r\n' ? offset + 1 : offset);
  const start = outside(from % (text.length + 1));
  const end = outside(Math.min(text.length, start + length));
  return {
    change: { range: { start: positionOf(start), end: positionOf(end) }, text: newText },
    after: text.slice(0, start) + newText + text.slice(end),
  };
}

/** The code of the error that a request ends with; undefined for an answer. */
function ask(client: TestClient, method: string, params: object, cancels: boolean): Promise<number | undefined> {
  const cancellation = new CancellationTokenSource();
  const code = client.connection.sendRequest(method, params, cancellation.token).then(
    () => undefined,
    (error: { code: number }) => error.code,
  );
  if (cancels) cancellation.cancel();
  return code;
}

test('random edits while requests run: each request is answered or cancelled, and the end is as from a fresh start', async () => {
  const run = async (name: (typeof SAMPLE_NAMES)[number], actions: readonly Action[]): Promise<void> => {
    const client = await startClient();
    const { text, version, codes } = await play(client, sampleSource(name), actions);
    assert.is(codes.length, actions.filter(({ kind }) => kind === 'ask').length);
    assert.not.ok(codes.includes(INTERNAL_ERROR), JSON.stringify(client.heard.slice(-3)));
    const here = await answers(client, text, version);
    await client.end();
    const fresh = await startClient();
    await fresh.open(URI, text);
    const there = await answers(fresh, text, 1);
    await fresh.end();
    assert.equal(here, there);
  };
  await fc.assert(fc.asyncProperty(fc.constantFrom(...SAMPLE_NAMES), fc.array(action, { maxLength: 40 }), run), {
    ...PROPERTY,
    numRuns: cases(25),
  });
});

/** Collects what nobody refers to. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

/** Edits of a day at one each two seconds; a short day where it is not night. */
const EDITS = isNightly ? 43_200 : 1500;
/** Bytes that the heap may grow between a tenth of the edits and their end: what does not hang on their number. */
const GROWTH = 8e6;

test(`${EDITS} edits with their requests do not fill the memory`, async () => {
  const client = await startClient();
  const text = sampleSource('nc');
  await client.open(URI, text);
  let early = 0;
  for (let i = 0; i < EDITS; i++) {
    const line = 10 + (i % 20);
    const position = { line, character: 0 };
    // A word comes, and goes with the next edit.
    const change =
      i % 2 === 0
        ? { range: { start: position, end: position }, text: '    NOP;' }
        : { range: { start: { line: line - 1, character: 0 }, end: { line: line - 1, character: 8 } }, text: '' };
    const version = i + 2;
    await client.notify('textDocument/didChange', { textDocument: { uri: URI, version }, contentChanges: [change] });
    const params = { ...paramsAt(text, i), position };
    await client.request(`textDocument/${METHODS[i % METHODS.length]}`, params).catch(() => undefined);
    client.published.length = 0;
    client.heard.length = 0;
    if (i === Math.floor(EDITS / 10)) {
      collect();
      early = process.memoryUsage().heapUsed;
    }
  }
  collect();
  const growth = process.memoryUsage().heapUsed - early;
  await client.end();
  assert.ok(growth < GROWTH, `the heap grew by ${growth} bytes`);
});

test.run();
