/** The VS Code extension: its manifest, its grammar over the fifteen programs, and the archive that it is packed into. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { strFromU8, unzipSync } from 'fflate';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import oniguruma from 'vscode-oniguruma';
import textmate, { type IGrammar } from 'vscode-textmate';
import { defaultDataPlane } from '../../compiler/index.js';
import { languageService, type SemanticTokenKind } from '../../compiler/service/index.js';
import { textMateGrammar } from '../../hw-driver/editors/text-mate-grammar.js';
import { packageFile } from '../../traces/system/package-root.js';
import { assertGolden, SAMPLE_NAMES, sampleSource, sourcePath } from '../compiler/support.js';
import { DEFAULTS } from './lsp-client.js';

const extensionFile = (...parts: readonly string[]): string => sourcePath('hw-driver', 'editors', 'vscode', ...parts);

interface Manifest {
  readonly main: string;
  readonly version: string;
  readonly contributes: {
    readonly languages: readonly {
      readonly id: string;
      readonly extensions: readonly string[];
      readonly configuration: string;
    }[];
    readonly grammars: readonly { readonly language: string; readonly scopeName: string; readonly path: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown }>> };
    readonly semanticTokenScopes: readonly { readonly scopes: Readonly<Record<string, readonly string[]>> }[];
  };
}

const json = (file: string): unknown => JSON.parse(readFileSync(extensionFile(file), 'utf8'));
const manifest = json('package.json') as Manifest;

test('the grammar is made of the words of the language', () => {
  assertGolden(extensionFile('p4runpro.tmLanguage.json'), `${JSON.stringify(textMateGrammar(), null, 2)}\n`);
});

test('the manifest names existing files, and the settings of the server with their defaults', () => {
  const { languages, grammars, configuration } = manifest.contributes;
  for (const file of [manifest.main, languages[0]?.configuration, grammars[0]?.path]) {
    assert.ok(file !== undefined && existsSync(extensionFile(file)), file);
  }
  assert.is(languages[0]?.id, grammars[0]?.language);
  assert.equal(languages[0]?.extensions, ['.p4runpro']);
  assert.is(grammars[0]?.scopeName, textMateGrammar().scopeName);
  const { 'p4runpro.command': command, ...settings } = configuration.properties;
  assert.equal(command?.default, ['npx', '--no-install', 'p4runpro', 'lsp']);
  const defaults = Object.fromEntries(
    Object.entries(DEFAULTS).map(([key, value]) => [`p4runpro.${key}`, value ?? null]),
  );
  assert.equal(Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, value.default])), defaults);
  const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string };
  assert.is(manifest.version, version);
});

test('the configuration of the language: a word is one word of the language', () => {
  const { wordPattern } = json('language-configuration.json') as { wordPattern: string };
  assert.equal('EXTRACT(hdr.ipv4.src, 0x1f); // é'.match(new RegExp(wordPattern, 'g')), [
    'EXTRACT',
    'hdr.ipv4.src',
    '0x1f',
  ]);
});

const wasm = createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm');

async function loadGrammar(): Promise<IGrammar> {
  await oniguruma.loadWASM(readFileSync(wasm));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(JSON.stringify(textMateGrammar()), 'grammar.json'),
  });
  const grammar = await registry.loadGrammar('source.p4runpro');
  assert.ok(grammar);
  return grammar as IGrammar;
}

const grammar = await loadGrammar();

/** By line: columns, and the innermost scope without the language's name. */
function scopesOf(source: string): { start: number; end: number; scope: string }[][] {
  let stack = textmate.INITIAL;
  return source.split('\n').map((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
    stack = ruleStack;
    return tokens.map(({ startIndex, endIndex, scopes }) => {
      const scope = (scopes.at(-1) ?? '').replace(/\.?p4runpro$/, '');
      return { start: startIndex, end: Math.min(endIndex, line.length), scope };
    });
  });
}

test('scopes of the fifteen programs', () => {
  const texts = SAMPLE_NAMES.map((name) => {
    const source = sampleSource(name);
    const lines = source.split('\n');
    const scopes = scopesOf(source).flatMap((tokens, i) =>
      tokens
        .filter(({ scope }) => !['source', 'punctuation.separator'].includes(scope))
        .map(({ start, end, scope }) => `${i + 1}: ${scope}: ${lines[i]?.slice(start, Math.min(end, start + 40))}`),
    );
    return `${name}\n${scopes.join('\n')}\n`;
  });
  assertGolden(sourcePath('test', 'hw-driver', 'editors', 'scopes.txt'), texts.join('\n'));
});

const SCOPES: Readonly<Record<SemanticTokenKind, RegExp>> = {
  keyword: /^keyword\./,
  primitive: /^support\.function\.primitive$/,
  program: /^entity\.name\.function\.program$/,
  memory: /^variable\.other\.memory$/,
  register: /^variable\.language\.register$/,
  field: /^variable\.other\.property\.field$/,
  number: /^constant\.numeric\./,
  comment: /^comment\./,
};

test('the grammar colours the fifteen programs as the language service does', () => {
  const service = languageService(defaultDataPlane());
  for (const name of SAMPLE_NAMES) {
    const source = sampleSource(name);
    const document = service.document(source);
    const scopes = scopesOf(source);
    for (const { start, end, kind } of service.semanticTokens(document)) {
      const { line, column } = document.lines.positionAt(start);
      const token = scopes[line]?.find((each) => each.start <= column && column < each.end);
      assert.match(token?.scope ?? '', SCOPES[kind], `${name}:${line + 1}: ${source.slice(start, end)}`);
    }
  }
});

test('scopes that the manifest gives to semantic tokens are those of the grammar', () => {
  const given = Object.values(manifest.contributes.semanticTokenScopes[0]?.scopes ?? {}).flat();
  const known = JSON.stringify(textMateGrammar());
  for (const scope of given) assert.ok(known.includes(`"${scope}"`), scope);
});

test('packing the extension twice gives equal archives', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vscode-extension-'));
  try {
    const archives = ['one.vsix', 'two.vsix'].map((file) => {
      const { status, stderr } = spawnSync(
        process.execPath,
        [sourcePath('hw-driver', 'editors', 'pack-vscode.mjs'), file],
        {
          cwd: folder,
          encoding: 'utf8',
        },
      );
      assert.is(status, 0, stderr);
      return readFileSync(join(folder, file));
    });
    assert.ok(archives[0]?.equals(archives[1] ?? Buffer.alloc(0)));
    const files = unzipSync(archives[0] ?? new Uint8Array());
    assert.equal(Object.keys(files).sort(), [
      '[Content_Types].xml',
      'extension.vsixmanifest',
      'extension/LICENSE.txt',
      'extension/README.md',
      'extension/extension.cjs',
      'extension/language-configuration.json',
      'extension/p4runpro.tmLanguage.json',
      'extension/package.json',
    ]);
    const code = strFromU8(files['extension/extension.cjs'] ?? new Uint8Array());
    new Script(code);
    const loads = [...code.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name ?? '');
    const packages = [...new Set(loads.filter((name) => !/^(node:|[a-z_]+$|fs\/)/.test(name)))];
    assert.equal(packages, [], 'all but vscode and what Node has is in the file');
    assert.ok(loads.includes('vscode'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
