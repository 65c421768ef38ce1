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

/** A page as it is looked at. */
export interface View {
  readonly html: string;
  /** Of a frame that holds the page: a window cannot be as narrow as a phone. */
  readonly width: number;
  readonly isDark: boolean;
  /** An expression of the page's `window` and `document`, whose value is JSON. */
  readonly look: string;
}

/**
 * What the expressions of views give, all in one browser, which takes seconds to start; `window.errors` counts the errors
 * of a page's own scripts.
 */
export function evaluate(views: readonly View[]): unknown[] {
  const folder = mkdtempSync(join(tmpdir(), 'page-'));
  try {
    const counting = '<script>window.errors = 0; addEventListener("error", () => errors++);</script>';
    for (const [i, { html }] of views.entries()) {
      writeFileSync(join(folder, `${i}.html`), html.replace('<head>', `<head>${counting}`));
    }
    const looks = views.map(({ look }, i) => `((window, document) => (${look}))(frames[${i}], frames[${i}].document)`);
    const asking = `onload = () => { const found = [${looks.join(',\n')}];
document.body.textContent = 'ANSWER' + JSON.stringify(found) + 'END'; }`;
    // A frame is dark where the element that holds it is.
    const frames = views.map(
      ({ width, isDark }, i) =>
        `<iframe src="${i}.html" width="${width}" height="800" style="color-scheme: ${isDark ? 'dark' : 'light'}"></iframe>`,
    );
    writeFileSync(
      join(folder, 'frames.html'),
      `<!doctype html><body>${frames.join('')}<script>${asking}</script></body>`,
    );
    const flags = [...QUIET, '--allow-file-access-from-files', `--user-data-dir=${join(folder, 'profile')}`];
    const { stdout } = spawnSync(browser ?? '', [...flags, '--dump-dom', `file://${join(folder, 'frames.html')}`], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    const answer = /ANSWER([\s\S]*)END/.exec(stdout)?.[1];
    if (answer === undefined) throw new Error('the browser gave no answer');
    return JSON.parse(answer.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')) as unknown[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
