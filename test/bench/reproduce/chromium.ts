/** A page in a real browser. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExternalProgram } from '../../external.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const browser = NAMES.find((name) => spawnSync(name, ['--version']).status === 0);
export const CHROMIUM: ExternalProgram = { name: 'Chromium', isInstalled: browser !== undefined };

const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * What an expression gives in a page, as JSON; `errors` counts those of the page's own scripts.
 * @param width of a frame that holds the page: a window cannot be as narrow as a phone
 */
export function evaluate<T>(html: string, width: number, expression: string, isDark = false): T {
  const folder = mkdtempSync(join(tmpdir(), 'page-'));
  try {
    const counting = '<script>window.errors = 0; addEventListener("error", () => errors++);</script>';
    writeFileSync(join(folder, 'page.html'), html.replace('<head>', `<head>${counting}`));
    const asking = `onload = () => { const page = frames[0]; const of = (window, document) => (${expression});
document.body.textContent = 'ANSWER' + JSON.stringify(of(page, page.document)) + 'END'; }`;
    const frame = `<iframe src="page.html" width="${width}" height="800"></iframe>`;
    writeFileSync(join(folder, 'frame.html'), `<!doctype html><body>${frame}<script>${asking}</script></body>`);
    const dark = isDark ? ['--blink-settings=preferredColorScheme=0'] : [];
    const flags = [...QUIET, ...dark, '--allow-file-access-from-files', `--user-data-dir=${join(folder, 'profile')}`];
    const { stdout } = spawnSync(browser ?? '', [...flags, '--dump-dom', `file://${join(folder, 'frame.html')}`], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    const answer = /ANSWER([\s\S]*)END/.exec(stdout)?.[1];
    if (answer === undefined) throw new Error('the browser gave no answer');
    return JSON.parse(answer.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')) as T;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
