/** The page of the studio in a real browser: one Chromium for the test files of a process, driven as a person would. */
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { test } from 'uvu';
import type { HttpServer } from '../../../hw-driver/server/http-server.js';
import { type StudioFiles, serveStudio } from '../../../hw-driver/studio/server/studio-server.js';
import { closeAtEnd } from '../../end-of-process.js';
import { type ExternalProgram, testWith } from '../../external.js';

const NAMES = [
  ...(process.env['CHROMIUM'] === undefined ? [] : [process.env['CHROMIUM']]),
  'chromium',
  'google-chrome',
];

/** Where a program is, as a shell finds it. */
function pathOf(name: string): string | undefined {
  const folders = isAbsolute(name) ? [''] : (process.env['PATH'] ?? '').split(delimiter);
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

const executablePath = NAMES.map(pathOf).find((path) => path !== undefined);
export const CHROMIUM: ExternalProgram = { name: 'Chromium', isInstalled: executablePath !== undefined };

/** The widths of the specification, in pixels: side by side, and a phone. */
export const WIDTHS = { wide: 1400, phone: 390 } as const;

/** A step of a person takes a fraction of a second, also on a machine with much else to do. */
const PATIENCE_MS = 40_000;

const HEIGHTS: Readonly<Record<keyof typeof WIDTHS, number>> = { wide: 900, phone: 844 };

/** Pages of its own that Chromium loads for each window, which take as long as the page of the studio, and requests. */
const WITHOUT = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'AimEnabled',
  'MediaRouter',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
];

interface Opened {
  readonly browser: Browser;
  /** Pages with a network, and without: a window for all of each, since a window takes longer to open than a tab. */
  readonly online: BrowserContext;
  readonly offline: BrowserContext;
}

let opened: Promise<Opened> | undefined;

/** Loaded here, as that takes as long as a start of the browser. */
async function launched(): Promise<Opened> {
  const { chromium } = await import('playwright-core');
  const args = ['--no-sandbox', '--disable-gpu', `--disable-features=${WITHOUT.join()}`];
  const browser = await chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args });
  const [online, offline] = [await browser.newContext(), await browser.newContext()];
  await offline.setOffline(true);
  return { browser, online, offline };
}

/** The browser, which is opened for the first test that asks. */
async function theBrowser(): Promise<Opened> {
  if (opened === undefined) {
    opened = launched();
    closeAtEnd(async () => {
      const { browser } = await (opened as Promise<Opened>);
      opened = undefined;
      await browser.close();
    });
  }
  return opened;
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

/** Runs a body with a window, and closes the tabs that it opens. */
export async function withContext(body: (context: BrowserContext) => Promise<void>): Promise<void> {
  const { online } = await theBrowser();
  const before = online.pages();
  try {
    await body(online);
  } finally {
    for (const page of online.pages()) if (!before.includes(page)) await page.close();
  }
}

/** Runs a body with an empty tab that has no network. */
export async function withoutNetwork(body: (page: Page) => Promise<void>): Promise<void> {
  const page = await (await theBrowser()).offline.newPage();
  try {
    await body(page);
  } finally {
    await page.close();
  }
}

/** Makes a page as wide as a screen or a phone, in the colours that its system prefers. */
export async function showAs(page: Page, { width = 'wide', colours = 'light' }: PageSettings): Promise<void> {
  await page.setViewportSize({ width: WIDTHS[width], height: HEIGHTS[width] });
  await page.emulateMedia({ colorScheme: colours });
}

interface OpenStudio extends StudioPage {
  close(): Promise<void>;
}

async function openStudio(files: StudioFiles, settings: PageSettings): Promise<OpenStudio> {
  const { online } = await theBrowser();
  const server: HttpServer = await serveStudio(files, 0);
  const address = `http://127.0.0.1:${server.port}/`;
  const page = await online.newPage();
  const close = async (): Promise<void> => {
    await page.close();
    await server.close();
  };
  try {
    page.setDefaultTimeout(PATIENCE_MS);
    await showAs(page, settings);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(address);
    return { page, errors, address, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function useStudio(studio: StudioPage, body: (studio: StudioPage) => Promise<void>): Promise<void> {
  await body(studio);
  if (studio.errors.length > 0) throw new Error(`the page has errors: ${studio.errors.join('; ')}`);
}

/** Runs a body with the page in a tab of its own, and fails if the page has errors. */
export async function withStudio(
  files: StudioFiles,
  settings: PageSettings,
  body: (studio: StudioPage) => Promise<void>,
): Promise<void> {
  const studio = await openStudio(files, settings);
  try {
    await useStudio(studio, body);
  } finally {
    await studio.close();
  }
}

/** Tests on one page, each of which finds it as those before have left it, since a page takes longer to open than most tests. */
export function testsInTurn(
  files: StudioFiles,
  settings: PageSettings,
  tests: Readonly<Record<string, (studio: StudioPage) => Promise<void>>>,
): void {
  let studio: Promise<OpenStudio> | undefined;
  for (const [title, body] of Object.entries(tests)) {
    testInBrowser(title, async () => {
      studio ??= openStudio(files, settings);
      await useStudio(await studio, body);
    });
  }
  test.after(async () => {
    await (await studio)?.close();
  });
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

/** A test that is skipped without Chromium. */
export const testInBrowser = (title: string, body: () => Promise<void>): void => testWith(CHROMIUM, title, body);
