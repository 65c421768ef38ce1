#!/usr/bin/env node
/**
 * Packs the VS Code extension: `node hw-driver/editors/pack-vscode.mjs [FILE]`, p4runpro.vsix unless told otherwise. A .vsix
 * is a zip archive: the extension with the packages that it loads bundled into its file, and two lists of what is in it.
 * Needs the development dependencies. Equal sources give equal bytes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { strToU8, zipSync } from 'fflate';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '..', '..');
const extension = join(here, 'vscode');
const manifest = JSON.parse(readFileSync(join(extension, 'package.json'), 'utf8'));

/** Files that go into the archive as they are. */
const PLAIN_FILES = ['package.json', 'language-configuration.json', 'p4runpro.tmLanguage.json', 'README.md'];
/** The first day that a zip archive can name: the time of packing is no part of it. */
const MTIME = new Date(1980, 0, 1);

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const vsixManifest = () => `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="${manifest.name}" Version="${manifest.version}" Publisher="${manifest.publisher}" />
    <DisplayName>${escaped(manifest.displayName)}</DisplayName>
    <Description xml:space="preserve">${escaped(manifest.description)}</Description>
    <Categories>${escaped(manifest.categories.join(','))}</Categories>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="${escaped(manifest.engines.vscode)}" />
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace" />
    </Properties>
    <License>extension/LICENSE.txt</License>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code" />
  </Installation>
  <Dependencies />
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true" />
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true" />
    <Asset Type="Microsoft.VisualStudio.Services.Content.License" Path="extension/LICENSE.txt" Addressable="true" />
  </Assets>
</PackageManifest>
`;

const CONTENT_TYPES = `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension=".json" ContentType="application/json" />
  <Default Extension=".cjs" ContentType="application/javascript" />
  <Default Extension=".md" ContentType="text/markdown" />
  <Default Extension=".txt" ContentType="text/plain" />
  <Default Extension=".vsixmanifest" ContentType="text/xml" />
</Types>
`;

/** The extension and its packages as one file; the editor itself supplies `vscode`. */
async function bundled() {
  const { outputFiles } = await build({
    entryPoints: [join(extension, manifest.main)],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
    legalComments: 'inline',
    logLevel: 'warning',
  });
  return outputFiles[0].contents;
}

const files = {
  '[Content_Types].xml': strToU8(CONTENT_TYPES),
  'extension.vsixmanifest': strToU8(vsixManifest()),
  'extension/LICENSE.txt': readFileSync(join(root, 'LICENSE')),
  'extension/extension.cjs': await bundled(),
  ...Object.fromEntries(PLAIN_FILES.map((file) => [`extension/${file}`, readFileSync(join(extension, file))])),
};
const target = process.argv[2] ?? `${manifest.name}.vsix`;
const archive = zipSync(files, { mtime: MTIME, level: 9 });
writeFileSync(target, archive);
console.log(`${target}: ${Object.keys(files).length} files, ${archive.length.toLocaleString('en')} bytes`);
