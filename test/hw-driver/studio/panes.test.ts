/** Panes of the studio in a browser, by keyboard and on a phone: switch, memory, time, search, comparison, sharing. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultDataPlane } from '../../../compiler/index.js';
import type { StudioFiles } from '../../../hw-driver/studio/server/studio-server.js';
import { madePacket } from '../../../sim/made-packet/index.js';
import { appendPacketBytes, createCaptureWriter, createPacketBatch } from '../../../traces/index.js';
import { showAs, testInBrowser, testsInTurn, WIDTHS, withStudio } from './browser.js';

const PACKETS = 200;

/** Counts packets by the low byte of their source; those of source 7 are dropped. */
const COUNTER = `@counts 256
program counter(<hdr.ipv4.dst, 10.0.0.1, 255.255.255.255>) {
    EXTRACT(hdr.ipv4.src, mar);
    LOADI(sar, 255);
    AND(mar, sar);
    LOADI(sar, 1);
    BRANCH:
    case(<mar, 7, 0xffffffff>) {
        DROP;
    };
    MEMADD(counts);
    FORWARD(1);
}
`;

/** Packets of sources 10.0.0.0 … 10.0.0.9 in turn. */
function writeTrace(path: string): void {
  const dataPlane = defaultDataPlane();
  const batch = createPacketBatch(PACKETS, 2 ** 18);
  for (let i = 0; i < PACKETS; i++) {
    const text = `ipv4.src=10.0.0.${i % 10} ipv4.dst=10.0.0.1 udp.dst_port=53`;
    appendPacketBytes(batch, madePacket(text, dataPlane).bytes, 0, i);
  }
  const writer = createCaptureWriter(path);
  writer.writeBatch(batch);
  writer.close();
}

const pane = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });
const line = (page: Page): Locator => page.getByRole('slider', { name: 'Moment of the run' });
const momentIs = (page: Page, moment: number): Promise<void> =>
  page.locator(`.time-line[aria-valuenow="${moment}"]`).waitFor({ state: 'attached' });

const folder = mkdtempSync(join(tmpdir(), 'panes-'));
const path = join(folder, 'counter.pcapng');
writeTrace(path);
const FILES: StudioFiles = {
  dataPlane: 'default',
  programs: [{ name: 'counter.p4runpro', text: COUNTER }],
  trace: { path, name: 'counter.pcapng', bytes: statSync(path).size },
};

/** Waits until the page has run the trace. */
const hasRun = (page: Page): Promise<void> =>
  page.locator('.time-tools').getByText('of 200, 1 event').waitFor({ state: 'attached' });

/** Puts a text in place of the program's in the editor. */
async function typeProgram(page: Page, text: string): Promise<void> {
  await page.locator('.cm-content').filter({ hasText: 'program counter' }).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}

testInBrowser(
  'a version of a program over the same packets, a word that the control plane writes, and its event undone',
  () =>
    withStudio(FILES, {}, async ({ page }) => {
      await typeProgram(page, COUNTER.replace('<mar, 7,', '<mar, 4,'));
      await page.getByRole('tab', { name: 'Compare' }).click();
      await page.getByRole('button', { name: 'Compare', exact: true }).click();
      await page.getByText('40 of 200 packets from packet 1 on differ; the first is packet 5.').waitFor();
      await page.locator('.outcomes .differs').getByText('dropped').waitFor();
      await page.locator('.compared-steps .differs').getByText('DROP;').waitFor();
      await page.getByRole('button', { name: '▶', exact: true }).first().click();
      await page.locator('.compare-steps').getByText('packet 8').click();
      await momentIs(page, 7);

      await page.getByRole('tab', { name: 'Memory' }).click();
      await page.getByLabel('Value to write').fill('1000');
      await page.getByRole('button', { name: 'Write', exact: true }).click();
      await page.locator('.word-line').getByText('1,000 = 0x000003e8').waitFor();
      await pane(page, 'Time').getByText('2 events').waitFor();
      await page.getByRole('button', { name: /1 event before packet 8/ }).focus();
      await page.keyboard.press('Delete');
      await page.locator('.word-line').getByText('1 = 0x00000001').waitFor();
    }),
);

testsInTurn(
  FILES,
  {},
  {
    'by keyboard alone: along the line, a word and its writers, an entry and its line, a search': async ({ page }) => {
      await hasRun(page);
      await page.keyboard.press('6');
      await page.locator('#pane-time:focus').waitFor();
      await line(page).focus();
      await page.keyboard.press('End');
      await momentIs(page, PACKETS);
      await page.keyboard.press('PageUp');
      await momentIs(page, PACKETS - PACKETS / 10);

      await page.keyboard.press('5');
      await page.locator('#pane-memory:focus').waitFor();
      await page.getByRole('slider', { name: 'Buckets of counter.counts' }).focus();
      for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
      await page.locator('.heat-grid[aria-valuetext="bucket 3: 18 (0x00000012), 18 writes"]').waitFor();
      await page.locator('.write-buttons').getByText('20 writes').waitFor();
      await page.keyboard.press('b');
      await momentIs(page, 173);
      await page.keyboard.press('b');
      await momentIs(page, 163);
      await page.keyboard.press('n');
      await momentIs(page, 173);

      await page.keyboard.press('2');
      await page.locator('#pane-switch:focus').waitFor();
      await page.locator('.rpb-cell[aria-pressed="true"]').focus();
      await page.keyboard.press('Home');
      for (let i = 0; i < 30; i++) {
        if (await pane(page, 'Switch').getByRole('button', { name: 'Line 11 of counter' }).isVisible()) break;
        await page.keyboard.press('ArrowRight');
      }
      await page.getByRole('button', { name: 'Line 11 of counter' }).focus();
      await page.keyboard.press('Enter');
      await page.locator('.cm-content:focus').waitFor();
      await page.locator('.cm-activeLine').getByText('MEMADD(counts)').waitFor();
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Alt+Enter');
      await page.locator('.entries tr.of-line').getByText('drop').waitFor();

      await page.keyboard.press('Escape');
      await page.keyboard.press('7');
      await page.getByRole('textbox', { name: 'Condition' }).fill('writes counter.counts[3] = 5');
      await page.keyboard.press('Shift+Enter');
      await page.getByText('It holds for packet 44.').waitFor();
      await momentIs(page, 43);
      await page.getByRole('textbox', { name: 'Condition' }).fill('verdict = lost');
      await page.keyboard.press('Enter');
      await page.getByText("found 'lost', where one of").waitFor();
    },
    'why a program does not fit, and a proposal that a button carries out; virtual time': async ({ page }) => {
      // Out of a text, where keys are typed.
      await page.evaluate('document.activeElement.blur()');
      await page.keyboard.press('2');
      await page.locator('#pane-switch:focus').waitFor();
      await page.keyboard.press('e');
      await pane(page, 'Switch').getByRole('img', { name: 'RPBs and entries of counter' }).waitFor();
      await typeProgram(
        page,
        COUNTER.replace('    FORWARD(1);', `${'    ADD(har, sar);\n'.repeat(30)}    FORWARD(1);`),
      );
      const proposal = pane(page, 'Switch').getByRole('button', {
        name: /^Apply: with FORWARD of line 42 moved before line/,
      });
      await proposal.waitFor();
      await pane(page, 'Switch').getByText('program counter does not fit').waitFor();
      await proposal.click();
      await pane(page, 'Switch').getByRole('img', { name: 'RPBs and entries of counter' }).waitFor();

      await page.getByRole('button', { name: 'Virtual time' }).click();
      await page.getByLabel('Packets a second').fill('many');
      await page.getByRole('button', { name: 'Run in virtual time' }).click();
      await page.getByRole('alert').getByText('Rates and sizes are numbers above 0').waitFor();
      await page.getByLabel('Packets a second').fill('1e6');
      await page.getByRole('button', { name: 'Run in virtual time' }).click();
      await page.getByText(/^200 packets in .* · 180 out · lost: 20 dropped in (?:in|e)gress$/).waitFor();
      await page.getByRole('button', { name: 'Virtual time', exact: true }).click();
      await line(page).waitFor();
    },
    'on a phone each pane is as wide as the page, and a link holds a small scenario': async ({ page }) => {
      await showAs(page, { width: 'phone' });
      for (const name of ['Switch', 'Memory', 'Time', 'Search', 'Compare', 'Share']) {
        await page.getByRole('tab', { name, exact: true }).click();
        await pane(page, name).waitFor();
        assert.is(await page.evaluate('document.documentElement.scrollWidth'), WIDTHS.phone, name);
        const wide = await page.evaluate(
          '[...document.querySelectorAll("section.pane:not([hidden])")].filter((e) => e.scrollWidth > e.clientWidth).length',
        );
        assert.is(wide, 0, `${name} is cut`);
      }
      await page.getByLabel('Title').fill('<b>bold</b>');
      await page.getByRole('button', { name: 'Make a link' }).click();
      const link = await page.getByLabel(/^Link \(/).inputValue();
      assert.ok(link.length < 10_000, String(link.length));
      await page.goto('about:blank');
      await page.goto(link);
      await hasRun(page);
      await page.getByRole('tab', { name: 'Share', exact: true }).click();
      assert.is(await page.getByLabel('Title').inputValue(), '<b>bold</b>');

      await page.goto('about:blank');
      await page.goto(`${link.slice(0, link.indexOf('#'))}#scenario=AAAA`);
      await page.getByRole('alert').getByText('this is no scenario of the studio').waitFor();
      await hasRun(page);
    },
  },
);

test.after(() => rmSync(folder, { recursive: true }));

test.run();
