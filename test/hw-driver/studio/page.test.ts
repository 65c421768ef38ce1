/** The page of the studio in a browser, as a person uses it: frame, editor, packets, and the way of one packet. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StudioFiles } from '../../../hw-driver/studio/server/studio-server.js';
import { appendPacketBytes, createCaptureWriter, createPacketBatch } from '../../../traces/index.js';
import { withFolder } from '../../command-line.js';
import { sampleSource } from '../../compiler/support.js';
import { frame } from '../../sim/frames.js';
import { testInBrowser, testsInTurn, until, WIDTHS, withStudio } from './browser.js';

const program = (name: string) => ({ name: `${name}.p4runpro`, text: sampleSource(name) });
const FILES: StudioFiles = { dataPlane: 'default', programs: [program('cms')] };

const editorWith = (page: Page, text: string): Locator => page.locator('.cm-content').filter({ hasText: text });

/** How many packets the list has. */
const outcomeOf = (page: Page, text: string): Locator =>
  page.locator('#filter-outcome').getByText(text, { exact: true });

/** Three packets for `cms` from one source, and one for nobody. */
function writeCapture(path: string): void {
  const batch = createPacketBatch(8, 4096);
  const source = 0x0a_00_00_07;
  for (const [i, src] of [source, source, 0x01_02_03_04, source].entries()) {
    appendPacketBytes(batch, frame({ ipv4: { src, dst: 0x14_00_00_01 }, udp: { src: 5000, dst: 53 } }), 0, 100 + i);
  }
  const writer = createCaptureWriter(path);
  writer.writeBatch(batch);
  writer.close();
}

const FORWARDING = 'program way(<hdr.ipv4.dst, 10.0.0.1, 0xffffffff>) {\n    FORWARD(1);\n}\n';

testInBrowser('a person replaces a program before a packet: those before it keep the old one', () =>
  withStudio({ dataPlane: 'default', programs: [{ name: 'way', text: FORWARDING }] }, {}, async ({ page }) => {
    await page.getByRole('button', { name: 'Run 10,000 packets through the programs on the switch' }).click();
    await outcomeOf(page, '10,000 packets').waitFor();
    await page.keyboard.press('4');
    await page.getByRole('textbox', { name: 'Packet', exact: true }).fill('5,001');
    await page.keyboard.press('Enter');
    await page.getByText('Changes are made before packet 5,001.').waitFor();
    await page.locator('.cm-content').getByText('1', { exact: true }).dblclick();
    await page.keyboard.insertText('2');
    await page.getByRole('button', { name: 'Replace way' }).waitFor();
    await page.getByText('no findings').waitFor();
    await page.keyboard.press('Control+Enter');
    await page.locator('#pane-packet').getByText('forwarded by port 2').waitFor();
    await page.getByRole('button', { name: 'The packet before' }).click();
    await page.locator('#pane-packet').getByText('forwarded by port 1').waitFor();
    await page.getByText('another version runs').waitFor();
  }),
);

testsInTurn(
  FILES,
  {},
  {
    'a person types a program with an error and mends it; the finding comes and goes': async ({ page }) => {
      await editorWith(page, 'program cms').waitFor();
      await page.getByLabel('New file').selectOption({ label: 'empty file' });
      await page.getByRole('textbox', { name: 'Text of the program' }).click();
      await page.keyboard.insertText('program mt1(<hdr.ipv4.dst, 10.0.0.1, 0xffffffff>) {\n  FORWRD(1);\n}\n');
      await page.getByText('there is no primitive FORWRD').waitFor();
      await page.getByRole('button', { name: '1 error' }).click();
      await page.locator('.cm-lintRange-error').waitFor();
      await until(page, 'getSelection().toString()', 'FORWRD');
      await page.getByText('FORWRD', { exact: false }).first().dblclick();
      await page.keyboard.insertText('FORWARD');
      await page.getByText('no findings').waitFor();
      // Away from the text, whose help of the word under the mouse may lie on the button.
      await page.mouse.move(0, 0);
      await page.getByRole('button', { name: 'Format' }).click();
      await page
        .locator('.cm-line')
        .filter({ hasText: /^ {4}FORWARD/ })
        .waitFor();
      assert.is(
        await page.evaluate('document.documentElement.dataset.theme'),
        'system',
        'typed words are no shortcuts',
      );
      // The first closes the completions.
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      // Tab, which indents in the text, goes on behind it.
      await page.locator('.editor-foot:focus').waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.locator('button:focus').getByText('Deploy', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Deploy mt1' }).click();
      await page.getByRole('button', { name: 'Revoke mt1' }).waitFor();
      await page.getByLabel('File', { exact: true }).selectOption({ label: 'cms.p4runpro' });
      await editorWith(page, 'program cms').waitFor();
    },
    'a person opens a capture, filters it, and steps through a packet by keys': async ({ page }) => {
      await withFolder(async (folder) => {
        const path = join(folder, 'four.pcap');
        writeCapture(path);
        await page.getByRole('button', { name: 'Revoke cms' }).waitFor();
        await page.getByLabel('Open capture').setInputFiles(path);
        await outcomeOf(page, '4 packets').waitFor();
        await page.getByLabel('Filter on fields').fill('<hdr.ipv4.src, 10.0.0.0, 0xff000000>');
        await outcomeOf(page, '3 of 4 packets').waitFor();
        await page.getByLabel('Filter on fields').fill('<hdr.ipv4.sr, 1, 1>');
        await page.locator('#filter-error').getByText('hdr.ipv4.sr').waitFor();
        await page.getByLabel('Filter on fields').fill('');
        await outcomeOf(page, '4 packets').waitFor();
        await page.locator('#Packets-3').click();
        await page.getByRole('grid', { name: 'Packets' }).press('ArrowUp');
        await page.locator('#pane-packet').getByText('no program', { exact: true }).waitFor();
        await page.getByRole('grid', { name: 'Packets' }).press('End');
        await page.keyboard.press('4');
        const memory = page.locator('.facts dd').filter({ hasText: '2 → 3' });
        for (let i = 0; i < 30 && !(await memory.isVisible()); i++) await page.keyboard.press('ArrowRight');
        assert.match(await memory.innerText(), /^row1\[\d+\]: 2 → 3$/);
        await page.locator('.running-line').filter({ hasText: 'MEMADD(row1)' }).waitFor();
        const line = page.locator('.running-line').filter({ hasText: 'HASH_5_TUPLE_MEM(row1)' });
        for (let i = 0; i < 5 && !(await line.isVisible()); i++) await page.keyboard.press('ArrowLeft');
        assert.ok(await line.isVisible());
        await page.keyboard.press('End');
        await page.locator('.step-text').filter({ hasText: 'As it left' }).waitFor();
        writeFileSync(join(folder, 'none.pcap'), 'no capture');
        await page.getByLabel('Open capture').setInputFiles(join(folder, 'none.pcap'));
        await page.getByRole('alert').getByText('none.pcap: is not a pcap or pcapng capture').waitFor();
        await outcomeOf(page, '4 packets').waitFor();
      });
    },
    'the file of the command line is in the editor; keys lead to panes, help and colours': async ({ page }) => {
      await editorWith(page, 'program cms').waitFor();
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      for (const [digit, id] of [
        ['3', 'packets'],
        ['4', 'packet'],
        ['1', 'programs'],
      ]) {
        await page.keyboard.press(digit ?? '');
        await page.locator(`#pane-${id}:focus`).waitFor();
      }
      await page.keyboard.press('t');
      assert.is(await page.evaluate('document.documentElement.dataset.theme'), 'light');
      await page.keyboard.press('t');
      const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      assert.is(ground, 'rgb(16, 19, 23)', 'the dark ground');
    },
  },
);

/** Controls of a page that a screen reader would call nothing. */
const NAMELESS = `[...document.querySelectorAll('button, input, select, textarea, [role=grid], [role=tablist], section')]
  .filter((each) => ![each.getAttribute('aria-label'), each.textContent, ...[...(each.labels ?? [])].map((label) => label.textContent)]
    .some((text) => text?.trim()))
  .map((each) => each.outerHTML.slice(0, 120))`;

testInBrowser('on a phone, dark: each pane fills the page, and nothing is wider', () =>
  withStudio(
    { ...FILES, programs: [program('cms'), program('cache')] },
    { width: 'phone', colours: 'dark' },
    async ({ page }) => {
      await page.getByRole('tab', { name: 'Packets' }).click();
      await page.getByRole('button', { name: 'Generate…' }).click();
      await page.getByRole('textbox', { name: 'Packets', exact: true }).fill('2,000');
      await page.getByRole('button', { name: 'Generate', exact: true }).click();
      await outcomeOf(page, '2,000 packets').waitFor();
      for (const tab of ['Programs', 'Packets', 'One packet']) {
        await page.getByRole('tab', { name: tab }).click();
        await page.getByRole('region', { name: tab }).waitFor();
        assert.is(await page.evaluate('document.documentElement.scrollWidth'), WIDTHS.phone, tab);
        assert.equal(await page.evaluate(NAMELESS), [], tab);
      }
    },
  ),
);

test.run();
