#!/usr/bin/env node
/**
 * Takes the pictures of the README: `node hw-driver/studio/take-pictures.mjs FOLDER`, docs in this repository. Drives the built
 * page in Chromium (CHROMIUM, or `chromium`), so it needs the development dependencies.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { serveStudio } from '../../dist/hw-driver/studio/server/studio-server.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('take-pictures.mjs takes the folder of the pictures');

const VIEW = { width: 1400, height: 900 };
const PICTURES = { light: 'studio.png', dark: 'studio-dark.png' };

const program = (name) => ({
  name: `${name}.p4runpro`,
  text: readFileSync(join(root, 'bench', 'programs', `${name}.p4runpro`), 'utf8'),
});
const programs = ['cms', 'sf', 'cache', 'hh'].map(program);

/** Does what a person does until the picture: traffic, a change in the middle of it, a packet, a step, a word. */
async function act(page) {
  await page.getByRole('button', { name: 'Revoke hh', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Generate…' }).click();
  await page.getByRole('textbox', { name: 'Packets', exact: true }).fill('20,000');
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await page.locator('#filter-outcome').getByText('20,000 packets').waitFor();
  await goTo(page, '8,000');
  await page.getByRole('button', { name: 'Revoke hh', exact: true }).click();
  await page.getByRole('button', { name: 'Revoke hh', exact: true }).waitFor({ state: 'hidden' });
  await goTo(page, '12,344');
  await page.getByLabel('Filter on fields').fill('<hdr.ipv4.src, 10.0.0.0, 0xffffff00>');
  await page.locator('#filter-outcome').getByText('of 20,000').waitFor();
  await page.getByRole('row').filter({ hasText: 'cms' }).nth(1).click();
  await page.locator('#pane-packet').focus();
  const word = page.locator('.facts').getByRole('button', { name: 'row1[' });
  for (let step = 0; step < 40 && !(await word.isVisible()); step++) await page.keyboard.press('ArrowRight');
  await word.click();
  await page.getByText('Who wrote it').waitFor();
  await page.mouse.move(0, 0);
  await page.locator('#pane-packet').focus();
  await page.waitForTimeout(1500);
}

async function goTo(page, packet) {
  const number = page.getByRole('textbox', { name: 'Packet', exact: true });
  await number.fill(packet);
  await number.press('Enter');
  await page.getByText(`Changes are made before packet ${packet}.`).waitFor();
}

const executablePath = spawnSync('which', [process.env.CHROMIUM ?? 'chromium'], { encoding: 'utf8' }).stdout.trim();
const server = await serveStudio({ dataPlane: 'default', programs }, 0);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  for (const [colorScheme, name] of Object.entries(PICTURES)) {
    const context = await browser.newContext({ viewport: VIEW, colorScheme });
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${server.port}/`);
    await act(page);
    await page.screenshot({ path: join(folder, name) });
    await context.close();
  }
} finally {
  await browser.close();
  await server.close();
}
