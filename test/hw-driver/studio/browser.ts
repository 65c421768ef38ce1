/** The page of the studio in a real browser: one Chromium for the tests of a file, driven as a person would. */
import { spawnSync } from 'node:child_process';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { test } from 'uvu';
import type { HttpServer } from '../../../hw-driver/server/http-server.js';
import { type StudioFiles, serveStudio } from '../../../hw-driver/studio/server/studio-server.js';
import { type ExternalProgram, testWith } from '../../external.js';

const NAMES = [
  ...(process.env['CHROMIUM'] === undefined ? [] : [process.env['CHROMIUM']]),
  'chromium',
  'google-chrome',
];
const executable = NAMES.find((name) => spawnSync(name, ['--version']).status === 0);
export const CHROMIUM: ExternalProgram = { name: 'Chromium', isInstalled: executable !== undefined };

/** The widths of the specification, in pixels: side by side, and a phone. */
export const WIDTHS = { wide: 1400, phone: 390 } as const;

/** A step of a person takes a fraction of a second, also on a machine with much else to do. */
const PATIENCE_MS = 40_000;

const HEIGHTS: Readonly<Record<keyof typeof WIDTHS, number>> = { wide: 900, phone: 844 };

let browser: Promise<Browser> | undefined;

async function pathOf(name: string): Promise<string> {
  return spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim() || name;
}

async function launched(): Promise<Browser> {
  return chromium.launch({ executablePath: await pathOf(executable ?? ''), args: ['--no-sandbox', '--disable-gpu'] });
}

export interface StudioPage {
  readonly page: Page;
  /** Errors of the page's own code and of its policy; a test ends with none. */
  readonly errors: readonly string[];
  readonly address: string;
}

export interface PageSettings {
  readonly width?: keyof typeof WIDTHS;
  readonly colours?: 'light' | 'dark';
}

/** Runs a body with a profile of its own in the browser of this file. */
export async function withContext(body: (context: BrowserContext) => Promise<void>): Promise<void> {
  browser ??= launched();
  const context = await (await browser).newContext();
  try {
    await body(context);
  } finally {
    await context.close();
  }
}

/** Runs a body with the page in a tab of its own, and fails if the page has errors. */
export async function withStudio(
  files: StudioFiles,
  { width = 'wide', colours = 'light' }: PageSettings,
  body: (studio: StudioPage) => Promise<void>,
): Promise<void> {
  browser ??= launched();
  const server: HttpServer = await serveStudio(files, 0);
  const address = `http://127.0.0.1:${server.port}/`;
  const context = await (await browser).newContext({
    viewport: { width: WIDTHS[width], height: HEIGHTS[width] },
    colorScheme: colours,
  });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(address);
    await body({ page, errors, address });
    if (errors.length > 0) throw new Error(`the page has errors: ${errors.join('; ')}`);
  } finally {
    await context.close();
    await server.close();
  }
}

const POLL_MS = 50;

/** Waits until an expression of the page has a value: the page's policy forbids Playwright to wait inside of it. */
export async function until(page: Page, expression: string, wanted: unknown): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await page.evaluate(expression);
    if (found === wanted) return;
    if (Date.now() > end) throw new Error(`${expression} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
    await page.waitForTimeout(POLL_MS);
  }
}

/** Several files may share a process: each closes the browser that it opened. */
async function closeBrowser(): Promise<void> {
  const opened = browser;
  browser = undefined;
  await (await opened)?.close();
}

/** A test that is skipped without Chromium. */
export function testInBrowser(title: string, body: () => Promise<void>): void {
  // What a process keeps between its files are modules, but not what they asked to be done after tests.
  test.after(closeBrowser);
  testWith(CHROMIUM, title, body);
}
