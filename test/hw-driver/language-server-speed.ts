/**
 * How fast the language server answers, by hand: `node dist/test/hw-driver/language-server-speed.js [ROUNDS]`. Each round
 * types one character into a text of some 500 lines, waits for its findings, and sends the requests of an editor; median,
 * 99th percentile and maximum in milliseconds, over the protocol in one process, and the median of the CPU time.
 */
import { sampleSource } from '../compiler/support.js';
import { startClient } from './lsp-client.js';

const URI = 'file:///speed.p4runpro';
const LINES = 500;
const SAMPLES = ['cache', 'nc', 'hh', 'calc', 'sf', 'cms', 'bf'] as const;

/** Programs with names of their own, one after another, until there are enough lines. */
function longText(): string {
  let annotations = '';
  let programs = '';
  for (let i = 0; programs.split('\n').length < LINES; i++) {
    const source = sampleSource(SAMPLES[i % SAMPLES.length] ?? 'cache').replaceAll(
      /^@(\w+) (\d+)\n/gm,
      (_, name, size) => {
        annotations += `@${name}_${i} ${size}\n`;
        return '';
      },
    );
    programs += source.replace(/program (\w+)/, `program $1_${i}`).replaceAll(/(MEM\w*)\((\w+)\)/g, `$1($2_${i})`);
  }
  return annotations + programs;
}

const rounds = Number(process.argv[2] ?? 200);
const text = longText();
const lines = text.split('\n');
const line = lines.findLastIndex((each) => each.includes('MEMREAD') || each.includes('MEMADD'));
const client = await startClient();
await client.open(URI, text);
await client.findings(URI);

const times = new Map<string, number[]>();
const cpuTimes = new Map<string, number[]>();
function note(lists: Map<string, number[]>, what: string, milliseconds: number): void {
  const list = lists.get(what);
  if (list === undefined) lists.set(what, [milliseconds]);
  else list.push(milliseconds);
}

const measure = async (what: string, work: () => Promise<unknown>): Promise<void> => {
  const started = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  note(times, what, performance.now() - started);
  note(cpuTimes, what, (user + system) / 1000);
};

const textDocument = { uri: URI };
const position = { line, character: (lines[line] ?? '').indexOf('MEM') + 2 };
const range = { start: { line: 0, character: 0 }, end: { line: lines.length, character: 0 } };
for (let i = 0; i < rounds; i++) {
  const version = i + 2;
  const end = (lines[line] ?? '').length;
  const at = (character: number) => ({ line, character });
  const change =
    i % 2 === 0
      ? { range: { start: at(end), end: at(end) }, text: ' ' }
      : { range: { start: at(end), end: at(end + 1) }, text: '' };
  await measure('findings after a change', async () => {
    await client.notify('textDocument/didChange', { textDocument: { uri: URI, version }, contentChanges: [change] });
    await client.findings(URI, version);
  });
  client.published.length = 0;
  await measure('completion', () => client.request('textDocument/completion', { textDocument, position }));
  await measure('signature help', () => client.request('textDocument/signatureHelp', { textDocument, position }));
  await measure('semantic tokens', () => client.request('textDocument/semanticTokens/full', { textDocument }));
  await measure('outline', () => client.request('textDocument/documentSymbol', { textDocument }));
  await measure('layout', () => client.request('textDocument/formatting', { textDocument, options: {} }));
  await measure('inlay hints', () => client.request('textDocument/inlayHint', { textDocument, range }));
  await measure('hover', () => client.request('textDocument/hover', { textDocument, position }));
  await measure('code lenses', () => client.request('textDocument/codeLens', { textDocument }));
}
await client.end();
const shareOf = (list: readonly number[], part: number): string => {
  const sorted = [...list].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN).toFixed(2).padStart(8);
};
console.log(
  `${lines.length} lines, ${rounds} rounds; milliseconds: median, 99th percentile, maximum; median of CPU time`,
);
for (const [what, list] of times) {
  const shares = [0.5, 0.99, 1].map((part) => shareOf(list, part));
  console.log(`${what.padEnd(24)} ${[...shares, shareOf(cpuTimes.get(what) ?? [], 0.5)].join(' ')}`);
}
process.exit(0);
