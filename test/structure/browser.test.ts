/** The compiler, the emulator and the readers of captures run in a page: nothing in them is Node's. */
import { relative } from 'node:path';
import { build, type Message } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { codeOnly, sourceFiles } from './source-files.js';

/** What a page imports of the project, from its root. */
const IN_A_PAGE = [
  'hw-driver/studio/session/client.ts',
  'hw-driver/studio/session/worker-host.ts',
  'compiler/index.ts',
  'compiler/change/change-cases.ts',
  'compiler/explain/explanation.ts',
  'compiler/explain/explanation-text.ts',
  'compiler/service/index.ts',
  'sim/history/index.ts',
  'sim/index.ts',
  'sim/made-packet/index.ts',
  'sim/snapshot/snapshot.ts',
  'traces/captures/blob-source.ts',
  'traces/captures/capture-reader.ts',
  'traces/captures/capture-writer.ts',
  'traces/generate/traffic-generator.ts',
  'traces/packets/packet-batch.ts',
];

/** Bundles built files for a page, in memory. @returns their paths from the root, or what was wrong */
async function bundled(source: string): Promise<readonly string[] | readonly Message[]> {
  try {
    const { metafile } = await build({
      stdin: { contents: source, resolveDir: packageFile('.') },
      bundle: true,
      platform: 'browser',
      format: 'esm',
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
    return Object.keys(metafile.inputs).map((path) => relative('dist', path).replace(/\.js$/, '.ts'));
  } catch (error) {
    return (error as { readonly errors: readonly Message[] }).errors;
  }
}

const importing = (files: readonly string[]): string =>
  files.map((file) => `import './dist/${file.replace(/\.ts$/, '.js')}';`).join('\n');

/** Node's own names, which TypeScript takes everywhere for known. */
const OF_NODE = /\bBuffer\b\s*[.(]|\bprocess\s*\.|\bsetImmediate\b|\b(?:require|__dirname)\b/;

test('the compiler, the emulator and the readers of captures import nothing of Node when bundled for a page', async () => {
  const inputs = await bundled(importing(IN_A_PAGE));
  const paths = inputs.filter((input) => typeof input === 'string');
  assert.equal(
    inputs.filter((input) => typeof input !== 'string').map(({ text, location }) => `${location?.file}: ${text}`),
    [],
  );
  for (const path of IN_A_PAGE) assert.ok(paths.includes(path), path);
  const texts = new Map(sourceFiles().map(({ path, text }) => [path, codeOnly(text)]));
  const own = paths.filter((path) => texts.has(path));
  assert.ok(own.length > 300, String(own.length));
  assert.equal(
    own.filter((path) => OF_NODE.test(texts.get(path) as string)),
    [],
  );
});

test('what imports Node is found', async () => {
  const errors = await bundled(importing(['traces/captures/open-capture.ts']));
  const texts = errors.map((error) => (typeof error === 'string' ? error : error.text));
  assert.ok(
    texts.some((text) => text.includes('node:fs')),
    texts.join('\n'),
  );
});

test.run();
