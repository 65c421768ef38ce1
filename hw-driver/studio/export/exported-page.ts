/**
 * One HTML file that is the page and a scenario: it opens from a disk without a network. Code of the page is in it as the
 * build made it; the scenario is text of base64url characters in an element that no browser runs, and nothing else of the
 * scenario is in the file.
 */

/** The files of a built page as texts. */
export interface PageTexts {
  /** `index.html`, whose links to the others are replaced. */
  readonly index: string;
  readonly script: string;
  readonly worker: string;
  readonly style: string;
  /** Of the libraries in them. */
  readonly licences: string;
}

/** Names of the files of a built page. */
export const PAGE_TEXT_FILES: Readonly<Record<keyof PageTexts, string>> = {
  index: 'index.html',
  script: 'studio.js',
  worker: 'worker.js',
  style: 'studio.css',
  licences: 'licences.txt',
};

/** Elements of an exported page that its script reads, by id. */
export const EMBEDDED = {
  scenario: 'embedded-scenario',
  style: 'embedded-style',
  worker: 'embedded-worker',
  script: 'embedded-script',
  licences: 'embedded-licences',
} as const;

/**
 * The file loads nothing: no address is allowed but its own parts. Workers are made of the text in the file; they compile
 * code of the switch, as those of the served page do.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
  'worker-src blob: data:',
  "style-src 'unsafe-inline'",
  'img-src data: blob:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Text of a script in HTML: what would end its element, or begin a comment, is written with an escape. */
const inScript = (code: string): string => code.replaceAll(/<(?=\/script|!--|script)/gi, '\\x3C');

/** Text of a style in HTML. */
const inStyle = (css: string): string => css.replaceAll(/<(?=\/style)/gi, '\\3C ');

/** Title of a page: the text of an element. */
const inText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const STYLE_LINK = /<link rel="stylesheet"[^>]*>/;
const SCRIPT_LINK = /<script[^>]*\bsrc="[^"]*"[^>]*><\/script>/;
const TITLE = /<title>[^<]*<\/title>/;

/** Replaces the one place that a pattern finds. */
function replaced(html: string, pattern: RegExp, by: string, what: string): string {
  if (!pattern.test(html)) throw new Error(`the page has no ${what}`);
  return html.replace(pattern, () => by);
}

/** @param scenario as `textOfScenario` makes it @param title of the scenario, for the tab of a browser */
export function exportedPage(
  { index, script, worker, style, licences }: PageTexts,
  scenario: string,
  title: string,
): string {
  if (/[^A-Za-z0-9_-]/.test(scenario)) throw new Error('a scenario in a page is base64url');
  const name = title === '' ? 'P4runpro studio' : `${title} – P4runpro studio`;
  const head = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">\n<title>${inText(name)}</title>`;
  const body =
    `<script type="text/plain" id="${EMBEDDED.scenario}">${scenario}</script>\n` +
    `<script type="text/plain" id="${EMBEDDED.worker}">${inScript(worker)}</script>\n` +
    `<script type="text/plain" id="${EMBEDDED.licences}">${inScript(licences)}</script>\n` +
    `<script type="module" id="${EMBEDDED.script}">${inScript(script)}</script>\n`;
  const withoutScript = replaced(index, SCRIPT_LINK, '', 'script');
  const withHead = replaced(withoutScript, TITLE, head, 'title');
  const withStyle = replaced(withHead, STYLE_LINK, `<style id="${EMBEDDED.style}">${inStyle(style)}</style>`, 'style');
  return replaced(withStyle, /<\/body>/, `${body}</body>`, 'end');
}

/** The text of the scenario in an exported page; undefined if it is none. */
export function scenarioTextIn(html: string): string | undefined {
  const pattern = new RegExp(`<script type="text/plain" id="${EMBEDDED.scenario}">([A-Za-z0-9_-]*)</script>`);
  return pattern.exec(html)?.[1];
}
