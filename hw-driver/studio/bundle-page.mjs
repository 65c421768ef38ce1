#!/usr/bin/env node
/**
 * Bundles the page of the studio into dist/hw-driver/studio: `node hw-driver/studio/bundle-page.mjs PROGRAMS` with the folder
 * of the programs that the page offers. Runs after tsc, since the parser of the editor is generated from the words of the
 * built compiler. Needs the development dependencies. Equal sources give equal bytes.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildParserFile } from '@lezer/generator';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '..', '..');
const target = join(root, 'dist', 'hw-driver', 'studio');

const [programs] = process.argv.slice(2);
if (programs === undefined) throw new Error('bundle-page.mjs takes the folder of the programs that the page offers');

/** The generated parser; its terms are not exported, since code finds nodes by their names. */
async function parserModule() {
  const { lezerGrammar } = await import('../../dist/hw-driver/editors/lezer-grammar.js');
  return { contents: buildParserFile(lezerGrammar(), { moduleStyle: 'es' }).parser, resolveDir: here, loader: 'js' };
}

const ENDING = '.p4runpro';

function programsModule() {
  const paths = readdirSync(programs, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ENDING))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
  const contents = paths.map((path) => ({
    name: path.slice(0, -ENDING.length),
    text: readFileSync(join(programs, path), 'utf8'),
  }));
  return { contents: JSON.stringify(contents), loader: 'json' };
}

/** Modules that are made when the page is bundled; page/modules.d.ts has their types. */
const MADE = { 'p4runpro:parser': parserModule, 'p4runpro:shipped-programs': programsModule };

const pageFolder = join(here, 'page');

/** What lies outside the page is bundled as it was built, so that there is one copy of each module: Node's name for some is a built file. */
const builtModules = {
  name: 'built-modules',
  setup(builder) {
    builder.onResolve({ filter: /^\..*\.js$/ }, ({ path, resolveDir }) => {
      const file = resolve(resolveDir, path);
      const isOfPage = (each) => each.startsWith(pageFolder);
      return isOfPage(resolveDir) && !isOfPage(file) ? { path: join(root, 'dist', relative(root, file)) } : undefined;
    });
  },
};

const madeModules = {
  name: 'made-modules',
  setup(builder) {
    builder.onResolve({ filter: /^p4runpro:/ }, ({ path }) => ({ path, namespace: 'made' }));
    builder.onLoad({ filter: /./, namespace: 'made' }, ({ path }) => MADE[path]());
  },
};

const { metafile } = await build({
  entryPoints: { studio: join(pageFolder, 'main.tsx'), worker: join(pageFolder, 'worker.ts') },
  outdir: target,
  absWorkingDir: root,
  bundle: true,
  loader: { '.html': 'text' },
  // Workers of an exported page are no modules. What the project's own files lie under is asked for in reports of faults.
  define: { 'import.meta.url': JSON.stringify('file:///studio/page/worker.js') },
  minify: true,
  metafile: true,
  format: 'esm',
  target: ['chrome123', 'firefox120', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  conditions: ['browser'],
  plugins: [madeModules, builtModules],
  legalComments: 'none',
  logLevel: 'warning',
});

/** Folders of the packages that a bundle contains. */
const packageFolders = [
  ...new Set(Object.keys(metafile.inputs).flatMap((path) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [])),
].sort();

/** The licence of a package: its file, or the name that its manifest gives. */
function licenceOf(folder) {
  const file = readdirSync(join(root, folder)).find((name) => /^licen[cs]e/i.test(name));
  if (file !== undefined) return readFileSync(join(root, folder, file), 'utf8').trim();
  return `Licence: ${JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).license}`;
}

const licences = packageFolders.map((folder) => `${relative('node_modules', folder)}\n\n${licenceOf(folder)}\n`);
mkdirSync(target, { recursive: true });
writeFileSync(join(target, 'licences.txt'), licences.join(`\n${'-'.repeat(80)}\n\n`));
copyFileSync(join(here, 'page', 'index.html'), join(target, 'index.html'));
