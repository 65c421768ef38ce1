/** The page of the studio in a browser: its frame, and the editor. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultDataPlane } from '../../../compiler/index.js';
import type { StudioFiles } from '../../../hw-driver/studio/server/studio-server.js';
import { sampleSource } from '../../compiler/support.js';
import { testInBrowser, WIDTHS, withStudio } from './browser.js';

const FILES: StudioFiles = {
  dataPlane: defaultDataPlane().description,
  programs: [{ name: 'cms.p4runpro', text: sampleSource('cms') }],
};

testInBrowser('the file of the command line is in the editor; keys lead to panes, help and colours', () =>
  withStudio(FILES, {}, async ({ page }) => {
    await page.getByText('program cms', { exact: false }).first().waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    assert.not.ok(await page.getByRole('dialog').isVisible());
    await page.keyboard.press('1');
    assert.is(await page.evaluate('document.activeElement.id'), 'pane-programs');
    await page.keyboard.press('t');
    assert.is(await page.evaluate('document.documentElement.dataset.theme'), 'light');
    await page.keyboard.press('t');
    const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    assert.is(ground, 'rgb(16, 19, 23)', 'the dark ground');
  }),
);

testInBrowser('words that a person types are no shortcuts; Escape leads out; a file has its own history', () =>
  withStudio(FILES, {}, async ({ page }) => {
    const editorWith = (text: string) => page.locator('.cm-content').filter({ hasText: text });
    await editorWith('program cms').waitFor();
    await page.getByRole('button', { name: 'New' }).click();
    await page.getByRole('textbox', { name: 'Text of the program' }).click();
    await page.keyboard.type('program mt1(');
    assert.match(await page.locator('.cm-content').innerText(), /^program mt1\(\)/);
    assert.is(await page.evaluate('document.documentElement.dataset.theme'), 'system');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    assert.is(await page.evaluate('document.activeElement.id'), 'pane-programs');
    await page.getByLabel('File', { exact: true }).selectOption({ label: 'cms.p4runpro' });
    await editorWith('program cms').waitFor();
    await page.getByLabel('File', { exact: true }).selectOption({ index: 1 });
    await editorWith('program mt1').click();
    await page.keyboard.press('Control+z');
    await page.locator('.cm-content').filter({ hasText: /^$/ }).waitFor();
  }),
);

testInBrowser('on a phone nothing is wider than the page', () =>
  withStudio(FILES, { width: 'phone', colours: 'dark' }, async ({ page }) => {
    await page.getByRole('tab', { name: 'Programs' }).waitFor();
    assert.is(await page.evaluate('document.documentElement.scrollWidth'), WIDTHS.phone);
    assert.ok(await page.getByRole('main').isVisible());
  }),
);

test.run();
