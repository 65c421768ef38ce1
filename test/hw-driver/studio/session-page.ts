/** A page of a browser with nothing but a session in its worker, under headers of choice. */
import { build } from 'esbuild';
import type { BrowserContext, Page } from 'playwright-core';
import { packageFile } from '../../../traces/system/package-root.js';

/** Pages of this host may share memory, as it is this machine; nothing listens there. */
export const SESSION_ADDRESS = 'http://localhost:9/';

export interface SessionPageSettings {
  /** Whether the page is isolated from other origins, and so has shared memory. */
  readonly isIsolated: boolean;
  readonly contentSecurityPolicy?: string;
  /** A file that the page can fetch as `file`. */
  readonly file?: Uint8Array;
}

async function bundled(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: packageFile('hw-driver', 'studio'), loader: 'ts' },
    bundle: true,
    platform: 'browser',
    format: 'iife',
    write: false,
    minify: true,
    // Of what a page does not use: threads of Node.
    logOverride: { 'empty-import-meta': 'silent' },
  });
  return outputFiles[0]?.text ?? '';
}

const CLIENT = `
import { SessionClient } from './session/client.js';
globalThis.client = new SessionClient(new Worker('worker.js', { name: 'session' }));
`;

let scripts: Promise<readonly [client: string, worker: string]> | undefined;

/** Opens the page; `client` is its session. */
export async function openSessionPage(context: BrowserContext, settings: SessionPageSettings): Promise<Page> {
  scripts ??= Promise.all([bundled(CLIENT), bundled("import './page/worker.js';")]);
  const [client, worker] = await scripts;
  const { isIsolated, contentSecurityPolicy, file } = settings;
  const headers = {
    ...(isIsolated
      ? { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }
      : {}),
    ...(contentSecurityPolicy === undefined ? {} : { 'content-security-policy': contentSecurityPolicy }),
  };
  const page = await context.newPage();
  const give = async (path: string, contentType: string, body: string | Buffer): Promise<void> => {
    await page.route(`${SESSION_ADDRESS}${path}`, (route) => route.fulfill({ contentType, headers, body }));
  };
  await give('', 'text/html', '<!doctype html><title>session</title><script src="client.js"></script>');
  await give('client.js', 'text/javascript', client);
  await give('worker.js', 'text/javascript', worker);
  if (file !== undefined) await give('file', 'application/octet-stream', Buffer.from(file));
  await page.goto(SESSION_ADDRESS);
  return page;
}
