/** A page that was exported, in a browser without a network: exported again, with links, and with what others wrote into it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateSync } from 'fflate';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultDataPlane } from '../../../compiler/index.js';
import { exportedFile } from '../../../hw-driver/studio/export/built-page.js';
import { scenarioTextIn } from '../../../hw-driver/studio/export/exported-page.js';
import { SCENARIO_SCHEMA, type Scenario, textOfScenario } from '../../../hw-driver/studio/scenario/index.js';
import { PacketStore } from '../../../traces/packets/packet-store.js';
import { withFolder } from '../../command-line.js';
import { sampleSource } from '../../compiler/support.js';
import { testInBrowser, withoutNetwork } from './browser.js';

const scenario = (title: string, name: string, text: string): Scenario => ({
  title,
  dataPlane: defaultDataPlane(),
  seed: 0,
  files: [{ name, text }],
  events: [],
  packets: new PacketStore(),
  ran: 0,
  view: { moment: 0 },
});

/** In front of the scenario in the fragment of an address. */
const LINK_PREFIX = '#scenario=';

const CACHE = scenario('Cache', 'cache', sampleSource('cache'));

/** Runs a body with an empty tab without a network, and a folder. */
const offline = (body: (page: Page, folder: string) => Promise<void>): Promise<void> =>
  withFolder((folder) => withoutNetwork((page) => body(page, folder)));

const editorWith = (page: Page, text: string) => page.locator('.cm-content').filter({ hasText: text });

testInBrowser(
  'a link opens its scenario in an exported page, also in an open one; the page exports the same page',
  () =>
    offline(async (page, folder) => {
      const [first, second] = [join(folder, 'first.html'), join(folder, 'second.html')];
      writeFileSync(first, exportedFile(textOfScenario(CACHE), CACHE.title));
      const linkOf = (name: string): string =>
        `${LINK_PREFIX}${textOfScenario(scenario(CACHE.title, name, sampleSource(name)))}`;
      await page.goto(`${pathToFileURL(first).href}${linkOf('cms')}`);
      await editorWith(page, 'program cms').waitFor();
      await page.evaluate(`location.hash = ${JSON.stringify(linkOf('hh'))}`);
      await editorWith(page, 'program hh').waitFor();
      await page.evaluate(`location.hash = ${JSON.stringify(`${LINK_PREFIX}AAAA`)}`);
      await page.getByRole('alert').filter({ hasText: 'this is no scenario of the studio' }).waitFor();
      await editorWith(page, 'program hh').waitFor();

      await page.getByRole('tab', { name: 'Share' }).click();
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Export one file' }).click();
      await (await download).saveAs(second);
      const [before, after] = [first, second].map((path) => readFileSync(path, 'utf8'));
      const without = (html: string): string => html.replace(scenarioTextIn(html) ?? '', '');
      assert.ok(without(before ?? '') === without(after ?? ''), 'but for the scenario, both files are the same');
      await page.getByRole('button', { name: 'Help' }).click();
      const licences = page.waitForEvent('download');
      await page.getByRole('link', { name: 'their licences' }).click();
      assert.match(readFileSync(await (await licences).path(), 'utf8'), /preact/);
    }),
);

/** The text of a scenario whose document is not of this version. */
function packedText(document: string): string {
  const bytes = new TextEncoder().encode(document);
  const length = new Uint8Array(new Uint32Array([bytes.length]).buffer);
  return Buffer.from(deflateSync(Buffer.concat([length, bytes]))).toString('base64url');
}

const MARKUP = '<img src=x onerror="window.ran = 1"><script>window.ran = 1</script>';

testInBrowser('names and texts of a scenario are never code; one of another version is refused in the page', () =>
  offline(async (page, folder) => {
    const path = join(folder, 'page.html');
    writeFileSync(path, exportedFile(textOfScenario(scenario(MARKUP, MARKUP, `// ${MARKUP}`)), MARKUP));
    await page.goto(pathToFileURL(path).href);
    await editorWith(page, MARKUP).waitFor();
    assert.is(await page.title(), `${MARKUP} – P4runpro studio`);
    assert.is(await page.evaluate('window.ran'), undefined);
    const other = JSON.stringify({ schema: SCENARIO_SCHEMA.replace(/@.*/, `@99${MARKUP}`) });
    writeFileSync(path, exportedFile(packedText(other), ''));
    await page.goto(pathToFileURL(path).href);
    await page
      .getByRole('alert')
      .filter({ hasText: `@99${MARKUP}, and this studio reads` })
      .waitFor();
    await page.getByText('data plane default').waitFor();
    assert.is(await page.evaluate('window.ran'), undefined);
  }),
);

test.run();
