/** The language server over the protocol: goldens of requests and answers, and what clients do wrong. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CancellationToken,
  CancellationTokenSource,
  type Connection,
  type Diagnostic,
  ResponseError,
} from 'vscode-languageserver/node';
import { defaultDataPlane } from '../../compiler/index.js';
import { languageService, TextLines } from '../../compiler/service/index.js';
import { OpenDocuments } from '../../hw-driver/language-server/documents.js';
import { FindingsPublisher } from '../../hw-driver/language-server/findings-publisher.js';
import { Guard } from '../../hw-driver/language-server/guard.js';
import type { Workspace } from '../../hw-driver/language-server/workspace.js';
import { assertGolden, sampleSource, sourcePath } from '../compiler/support.js';
import { CAPABILITIES, connect, startClient, type TestClient } from './lsp-client.js';

const URI = 'file:///p.p4runpro';
const textDocument = { uri: URI };

interface Session {
  readonly name: string;
  readonly text: string;
  /** Words, the n-th of them from 0, in whose second character the cursor stands. */
  readonly cursors: readonly (readonly [word: string, nth?: number])[];
}

const BROKEN = `@counts 16
program p(<hdr.udp.dst_prt, 53, 0xffff>) {
    LOADI(mar, 3);
    MEMADD(counts
    FORWRD(1);
    EXTRACT(hdr.ipv4.
    BRANCH:
        case(<har, 1, 0xff>) { DROP;
}
`;

const UNTIDY =
  '\ufeff// 😀 counts\r\n@m 16 // 😀\r\nprogram p(<hdr.ipv4.dst,10.0.0.0,0xff000000>)\r\n{ LOADI(mar, 0); MEMREAD(m);\r\n/* 😀\r\n */ DROP; }\r\n';

const TWO = `@a 16
@b 32
program p(<hdr.udp.dst_port, 53, 0xffff>) {
    LOADI(mar, 0);
    MEMREAD(a);
}
program q(<hdr.udp.dst_port, 54, 0xffff>) {
    LOADI(mar, 0);
    MEMREAD(b);
}
`;

const SESSIONS: readonly Session[] = [
  { name: 'cache', text: sampleSource('cache'), cursors: [['MEMREAD'], ['value', 1], ['cache', 1], ['hdr.l5.key1']] },
  { name: 'broken', text: BROKEN, cursors: [['counts', 1], ['FORWRD'], ['hdr.ipv4.'], ['har']] },
  { name: 'untidy', text: UNTIDY, cursors: [['MEMREAD'], ['m)'], ['10.0.0.0']] },
  { name: 'two-programs', text: TWO, cursors: [['a)'], ['q('], ['mar', 1]] },
];

function positionIn(text: string, [word, nth = 0]: Session['cursors'][number]) {
  let offset = text.indexOf(word);
  for (let i = 0; i < nth; i++) offset = text.indexOf(word, offset + 1);
  assert.ok(offset >= 0, word);
  const { line, column } = new TextLines(text).positionAt(offset + 1);
  return { line, character: column };
}

/** An answer in lines that a person can compare. */
function answerText(answer: unknown): string {
  if (Array.isArray(answer)) return answer.map((item) => `\n    ${JSON.stringify(item)}`).join('') || ' []';
  return ` ${JSON.stringify(answer)}`;
}

/** Completion has hundreds of items: label and text are what is looked at. */
const briefly = (items: unknown): unknown =>
  (items as { label: string; textEdit: { newText: string } }[])
    .slice(0, 12)
    .map(({ label, textEdit }) => `${label}: ${textEdit.newText}`);

/** Messages and articles have goldens of their own. */
const withoutWords = (findings: readonly Diagnostic[]): unknown =>
  findings.map(({ message: _, ...rest }) => ({ ...rest, words: '…' }));
const titleOf = (hover: unknown): unknown => {
  if (hover === null) return null;
  const { contents, range } = hover as { contents: { kind: string; value: string }; range: unknown };
  return { kind: contents.kind, title: contents.value.split('\n')[0], range };
};
const withoutFindings = (actions: unknown): unknown =>
  (actions as object[]).map((action) => ({ ...action, diagnostics: '…' }));

async function record(client: TestClient, { text, cursors }: Session): Promise<string> {
  const lines: string[] = [];
  const ask = async (method: string, params: object, look: (answer: unknown) => unknown = (same) => same) => {
    const answer = await client
      .request(method, { textDocument, ...params })
      .catch((error: Error) => `refused: ${error.message}`);
    lines.push(`${method} ${JSON.stringify(params)}${answerText(look(answer))}`);
  };
  await client.open(URI, text);
  const findings = await client.findings(URI);
  lines.push(`publishDiagnostics${answerText(withoutWords(findings))}`);
  const whole = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };
  for (const cursor of cursors) {
    const position = positionIn(text, cursor);
    lines.push('', `at ${cursor[0]}:`);
    await ask('textDocument/hover', { position }, titleOf);
    await ask('textDocument/completion', { position }, briefly);
    await ask('textDocument/signatureHelp', { position });
    await ask('textDocument/definition', { position });
    await ask('textDocument/references', { position, context: { includeDeclaration: true } });
    await ask('textDocument/documentHighlight', { position });
    await ask('textDocument/prepareRename', { position });
    await ask('textDocument/rename', { position, newName: 'renamed' });
    await ask('textDocument/rename', { position, newName: 'a' });
  }
  lines.push('', 'the whole text:');
  await ask('textDocument/documentSymbol', {});
  await ask('textDocument/foldingRange', {});
  await ask('textDocument/semanticTokens/full', {});
  await ask('textDocument/formatting', { options: { tabSize: 4, insertSpaces: true } });
  await ask('textDocument/rangeFormatting', { range: { ...whole, end: { line: 4, character: 0 } }, options: {} });
  await ask('textDocument/codeAction', { range: whole, context: { diagnostics: [] } }, withoutFindings);
  await ask('textDocument/codeAction', { range: whole, context: { diagnostics: [], only: ['source'] } });
  await ask('textDocument/inlayHint', { range: whole });
  await ask('textDocument/codeLens', {});
  return `${lines.join('\n')}\n`;
}

for (const session of SESSIONS) {
  test(`requests and answers: ${session.name}`, async () => {
    const client = await startClient();
    const recorded = await record(client, session);
    await client.end();
    assertGolden(sourcePath('test', 'hw-driver', 'language-server', `${session.name}.txt`), recorded);
  });
}

test('initialize says what the server can do', async () => {
  const client = await connect();
  const result = await client.request('initialize', { processId: null, rootUri: null, capabilities: CAPABILITIES });
  await client.end();
  assertGolden(
    sourcePath('test', 'hw-driver', 'language-server', 'initialize.txt'),
    `${JSON.stringify(result, null, 2)}\n`,
  );
});

test('completion items: the documentation of an item when it is asked for', async () => {
  const client = await startClient();
  const resolved = (await client.request('completionItem/resolve', { label: 'MEMADD' })) as {
    documentation: { value: string };
  };
  assert.match(resolved.documentation.value, /MEMADD/);
  for (const item of [{ label: 'nothing' }, { label: 'memory', kind: 22 }]) {
    assert.equal(await client.request('completionItem/resolve', item), item);
  }
  await client.end();
});

test('a client that takes plain text alone gets it, without the marks of Markdown', async () => {
  const formats = ['plaintext'];
  const capabilities = {
    textDocument: {
      hover: { contentFormat: formats },
      completion: { completionItem: { documentationFormat: formats } },
    },
  };
  const client = await startClient({}, { capabilities });
  await client.open(URI, sampleSource('cache'));
  const position = positionIn(sampleSource('cache'), ['MEMREAD']);
  const hover = (await client.request('textDocument/hover', { textDocument, position })) as {
    contents: { kind: string; value: string };
  };
  const item = (await client.request('completionItem/resolve', { label: 'MEMREAD' })) as {
    documentation: { kind: string; value: string };
  };
  for (const { kind, value } of [hover.contents, item.documentation]) {
    assert.is(kind, 'plaintext');
    assert.match(value, /^MEMREAD\(memory\)\n\nsar = m\[mar\]/);
    assert.not.match(value, /[#\\`]/);
  }
  assert.match(hover.contents.value, /\nhere in: RPB 8, 9$/);
  await client.end();
});

test('a client without snippets gets their defaults', async () => {
  const client = await startClient({}, { capabilities: {} });
  await client.open(URI, 'program p(<hdr.ipv4.dst, 1, 1>) {\n    \n}\n');
  const items = (await client.request('textDocument/completion', {
    textDocument,
    position: { line: 1, character: 4 },
  })) as { label: string; insertTextFormat: number; textEdit: { newText: string } }[];
  const extract = items.find(({ label }) => label === 'EXTRACT');
  assert.is(extract?.textEdit.newText, 'EXTRACT(field, register);');
  assert.is(extract?.insertTextFormat, 1);
  await client.end();
});

const refused = (request: Promise<unknown>): Promise<number | undefined> =>
  request.then(
    () => undefined,
    (error: { code: number }) => error.code,
  );

const NOT_INITIALIZED = -32002;
const INVALID_REQUEST = -32600;
const INVALID_PARAMS = -32602;
const REQUEST_FAILED = -32803;
const CONTENT_MODIFIED = -32801;
const REQUEST_CANCELLED = -32800;
const INTERNAL_ERROR = -32603;

test('requests before initialize and after shutdown are refused', async () => {
  const client = await connect();
  const hover = () => client.request('textDocument/hover', { textDocument, position: { line: 0, character: 0 } });
  const hints = () => client.request('textDocument/codeLens', { textDocument });
  const run = () => client.request('workspace/executeCommand', { command: 'p4runpro.verify', arguments: [URI, 'p'] });
  assert.equal([await refused(hover()), await refused(hints()), await refused(run())], Array(3).fill(NOT_INITIALIZED));
  await client.open(URI, 'program');
  await client.request('initialize', { processId: null, rootUri: null, capabilities: {} });
  assert.is(await hover(), null, 'a document opened too early is not open');
  await client.request('shutdown');
  await client.open(URI, 'program');
  assert.equal([await refused(hover()), await refused(hints()), await refused(run())], Array(3).fill(INVALID_REQUEST));
  assert.equal(client.published, []);
  client.connection.dispose();
});

test('malformed positions and changes are refused, and the text stays; those outside the text count as its ends', async () => {
  const client = await startClient();
  await client.open(URI, '@m 16\n');
  const at = (position: unknown) => client.request('textDocument/completion', { textDocument, position });
  for (const position of [{}, { line: '1', character: 0 }, { line: 0.5, character: 0 }, { line: 1 }, null]) {
    assert.is(await refused(at(position)), INVALID_PARAMS, JSON.stringify(position));
  }
  for (const position of [
    { line: 99, character: 99 },
    { line: -1, character: -7 },
    { line: 0, character: 2 ** 31 },
  ]) {
    assert.is(await refused(at(position)), undefined, JSON.stringify(position));
  }
  const change = (contentChanges: unknown) =>
    client.notify('textDocument/didChange', { textDocument: { uri: URI, version: 2 }, contentChanges });
  await change([{ range: { start: { line: 'x', character: 0 }, end: { line: 0, character: 0 } }, text: 'y' }]);
  await change([{ text: 17 }]);
  await change([{ range: { start: { line: 9, character: 9 }, end: { line: 0, character: 0 } }, text: '@n 8\n' }]);
  const symbols = (await client.request('textDocument/documentSymbol', { textDocument })) as { name: string }[];
  assert.equal(
    symbols.map(({ name }) => name),
    ['n'],
    'a range whose ends are exchanged is the range between them',
  );
  await client.end();
});

test('requests without a needed parameter are refused as invalid, and change nothing', async () => {
  const client = await startClient();
  await client.open(URI, '@mine 16\n');
  const position = { line: 0, character: 2 };
  for (const newName of [undefined, null, 17]) {
    const request = client.request('textDocument/rename', { textDocument, position, newName });
    assert.is(await refused(request), INVALID_PARAMS, `newName ${newName}`);
  }
  for (const method of ['inlayHint', 'rangeFormatting', 'codeAction']) {
    for (const range of [undefined, null, {}]) {
      const request = client.request(`textDocument/${method}`, { textDocument, range });
      assert.is(await refused(request), INVALID_PARAMS, `${method} ${JSON.stringify(range)}`);
    }
  }
  await client.end();
});

test('notifications without a needed parameter are logged in one line', async () => {
  const client = await startClient();
  await client.open(URI, '@mine 16\n');
  const before = client.heard.length;
  const bad = [{}, { textDocument: null }, { textDocument: {} }, { textDocument: { uri: 7 } }];
  for (const params of bad) {
    for (const method of ['didOpen', 'didChange', 'didClose']) await client.notify(`textDocument/${method}`, params);
  }
  for (const contentChanges of [undefined, null, 3, [null]]) {
    await client.notify('textDocument/didChange', { textDocument: { uri: URI, version: 2 }, contentChanges });
  }
  await client.notify('textDocument/didOpen', { textDocument: { uri: 'file:///b', version: 1 } });
  await client.request('textDocument/documentSymbol', { textDocument });
  const logged = client.heard
    .slice(before)
    .filter(({ method }) => method === 'window/logMessage')
    .map(({ params }) => (params as { message: string }).message);
  assert.equal(logged, [
    ...Array(3 * bad.length).fill('a notification about a document has a textDocument with a uri'),
    ...Array(4).fill('contentChanges is a list of changes'),
    'a document has a URI and a text',
  ]);
  await client.end();
});

test('a request about a document that is not open is answered with null', async () => {
  const client = await startClient();
  const unknown = { textDocument: { uri: 'file:///none' }, position: { line: 0, character: 0 } };
  for (const method of ['hover', 'completion', 'definition', 'documentSymbol', 'formatting']) {
    assert.is(await client.request(`textDocument/${method}`, unknown), null, method);
  }
  await client.notify('textDocument/didChange', { ...unknown, contentChanges: [{ text: 'x' }] });
  await client.notify('textDocument/didClose', unknown);
  await client.open(URI, '@');
  await client.findings(URI);
  assert.equal(
    client.published.map(({ uri }) => uri),
    [URI],
  );
  await client.notify('textDocument/didClose', { textDocument });
  assert.is(await client.request('textDocument/hover', { ...unknown, textDocument }), null);
  assert.equal(client.published.at(-1), { uri: URI, diagnostics: [] });
  await client.end();
});

test('a text of more than 4 MiB has one finding, and is answered', async () => {
  const client = await startClient();
  await client.open(URI, '@m 16\n'.repeat(800_000));
  const findings = await client.findings(URI);
  assert.equal(
    findings.map(({ code }) => code),
    ['text-too-large'],
  );
  assert.equal(await client.request('textDocument/documentSymbol', { textDocument }), []);
  await client.end();
});

test('of several changes one after another, the last version is what findings and answers are about', async () => {
  const client = await startClient();
  await client.open(URI, '');
  const insert = (version: number, text: string, character: number) =>
    client.notify('textDocument/didChange', {
      textDocument: { uri: URI, version },
      contentChanges: [{ range: { start: { line: 0, character }, end: { line: 0, character } }, text }],
    });
  const typed = 'program p(<hdr.ipv4.dst, 1, 1>) { DROP; }';
  for (const [i, letter] of [...typed].entries()) await insert(i + 2, letter, i);
  assert.equal(await client.findings(URI, typed.length + 1), []);
  assert.ok(client.published.length < typed.length / 2, `${client.published.length} publications`);
  await client.end();
});

test('long requests end when they are cancelled or the text has changed', async () => {
  const documents = new OpenDocuments(languageService(defaultDataPlane()));
  const errors: unknown[] = [];
  const guard = new Guard({ phase: 'running', documents, logError: (error) => errors.push(error) });
  const handler = guard.patient(({ text }) => text.text.length);
  const cancelled = new CancellationTokenSource();
  documents.set(URI, 1, 'four');
  const code = (answer: unknown) => (answer instanceof ResponseError ? answer.code : answer);
  assert.is(code(await handler({ textDocument }, CancellationToken.None)), 4);
  const changed = handler({ textDocument }, CancellationToken.None);
  documents.set(URI, 2, 'five5');
  assert.is(code(await changed), CONTENT_MODIFIED);
  const closed = handler({ textDocument }, CancellationToken.None);
  documents.close(URI);
  assert.is(code(await closed), INVALID_PARAMS);
  const given = handler({ textDocument }, cancelled.token);
  cancelled.cancel();
  assert.is(code(await given), REQUEST_CANCELLED);
  documents.set(URI, 3, '');
  const faulty = guard.document(() => {
    throw new Error('a fault');
  });
  assert.is(code(faulty({ textDocument })), INTERNAL_ERROR);
  assert.is(errors.length, 1);
});

test('a fault in the findings of one text goes to the log, and the server lives on', async () => {
  const documents = new OpenDocuments(languageService(defaultDataPlane()));
  const logged: string[] = [];
  const connection = { console: { error: (text: string) => logged.push(text) } };
  const faulty = { service: { findings: () => assert.unreachable('a fault of the compiler') } };
  const publisher = new FindingsPublisher(
    connection as unknown as Connection,
    documents,
    () => faulty as unknown as Workspace,
  );
  documents.set(URI, 1, '@');
  publisher.soon(URI);
  while (logged.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  assert.match(logged[0] ?? '', /a fault of the compiler/);
});

test('commands of lenses: verification as a message, explanation as a shown document, refusals as sentences', async () => {
  const kept: string[] = [];
  const client = await startClient({ keepText: (name, text) => `file:///kept/${kept.push(text)}/${name}` });
  await client.open(URI, sampleSource('cache'));
  const run = (command: string, ...words: unknown[]) =>
    client.request('workspace/executeCommand', { command, arguments: words });
  const verified = (await run('p4runpro.verify', URI, 'cache')) as { text: string; isGood: boolean };
  assert.ok(verified.isGood);
  assert.match(verified.text, /^cache: verified on 1,000 packets; it ran on \d+ of them/);
  const explained = (await run('p4runpro.explain', URI, 'cache')) as { text: string; isGood: boolean };
  assert.ok(explained.isGood);
  assert.match(explained.text, /RPB/);
  await client.request('textDocument/hover', { textDocument, position: { line: 0, character: 0 } });
  assert.equal(kept, [explained.text]);
  const heard = client.heard.map(({ method }) => method);
  for (const method of ['window/workDoneProgress/create', '$/progress', 'window/showMessage', 'window/showDocument']) {
    assert.ok(heard.includes(method), `${method} in ${[...new Set(heard)].join()}`);
  }
  assert.is(await refused(run('p4runpro.verify', URI, 'none')), REQUEST_FAILED);
  assert.is(await refused(run('p4runpro.verify', 'file:///none', 'cache')), REQUEST_FAILED);
  assert.is(await refused(run('p4runpro.verify')), REQUEST_FAILED);
  assert.is(await refused(run('rm', URI, 'cache')), REQUEST_FAILED);
  await client.open(URI, 'program p(');
  assert.is(await refused(run('p4runpro.explain', URI, 'p')), REQUEST_FAILED);
  await client.end();
});

test('a client that accepts texts by notification gets explanations that way', async () => {
  const client = await startClient({}, { initializationOptions: { showText: true } });
  await client.open(URI, sampleSource('cache'));
  await client.request('workspace/executeCommand', { command: 'p4runpro.explain', arguments: [URI, 'cache'] });
  const shown = client.heard.find(({ method }) => method === 'p4runpro/showText')?.params as { name: string };
  assert.is(shown.name, 'explain-cache.txt');
  await client.end();
});

test('settings: at initialization and later; an invalid one is reported and the previous one stays', async () => {
  const client = await startClient({}, { initializationOptions: { dataplane: 'tofino1', recirculations: 0 } });
  await client.open(URI, 'program p(<hdr.ipv4.dst, 1, 1>) {\n    EXTRACT(hdr.none, har);\n}\n');
  const planeOf = async (version: number): Promise<string | undefined> => {
    const found = await client.findings(URI, version);
    return /data plane '(\w+)'/.exec(found.map(({ message }) => message).join())?.[1];
  };
  assert.is(await planeOf(1), 'tofino1');
  const set = async (version: number, settings: unknown): Promise<string | undefined> => {
    await client.notify('workspace/didChangeConfiguration', { settings });
    await client.notify('textDocument/didChange', {
      textDocument: { uri: URI, version },
      contentChanges: [{ text: `program p(<hdr.ipv4.dst, 1, 1>) {\n    EXTRACT(hdr.none, har);\n}\n` }],
    });
    return planeOf(version);
  };
  assert.is(await set(2, { p4runpro: { dataplane: 'default' } }), 'default');
  assert.is(await set(3, { p4runpro: { dataplane: 'nowhere' } }), 'default');
  assert.is(await set(4, { p4runpro: { dataplane: 17, recirculations: 'x', state: {}, allocator: null } }), 'default');
  assert.is(await set(5, { p4runpro: { recirculations: 99_999 } }), 'default');
  assert.is(await set(6, null), 'default');
  const messages = client.heard
    .filter(({ method }) => method === 'window/showMessage')
    .map(({ params }) => (params as { message: string }).message);
  assert.equal(messages, [
    "there is no data plane 'nowhere'",
    'p4runpro.dataplane takes a name or a .json file, not 17',
    'p4runpro.recirculations takes a whole number from 0, not "x"',
    'p4runpro.state takes a list of files of compiled programs, not {}',
    "p4runpro.recirculations is 99999, at most 15 in data plane 'default'",
  ]);
  await client.end();
});

test('a client that has a configuration is asked for it', async () => {
  const client = await connect();
  client.connection.onRequest('workspace/configuration', () => [{ dataplane: 'published' }]);
  const capabilities = { ...CAPABILITIES, workspace: { configuration: true } };
  await client.request('initialize', { processId: null, rootUri: null, capabilities });
  await client.open(URI, 'program p(<hdr.none, 1, 1>) {\n    DROP;\n}\n');
  await client.notify('initialized', {});
  for (;;) {
    const message = client.published.at(-1)?.diagnostics[0]?.message;
    if (String(message).includes('published')) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await client.end();
});

test.run();
