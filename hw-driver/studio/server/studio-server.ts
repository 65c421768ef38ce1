/** The loopback server of the studio: its page, and the files that the command line names. */
import { createReadStream, readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { must } from '../../../compiler/data-plane/must.js';
import { packageFile } from '../../../traces/system/package-root.js';
import { type HttpServer, listen, requestParts } from '../../server/http-server.js';
import { START_PATH, type StartDocument, type StartProgram, TRACE_PATH } from './start-document.js';

export const LOOPBACK = '127.0.0.1';

/** What the page is started with. */
export interface StudioFiles {
  /** The name of a data plane that ships, or what a file says of another one. */
  readonly dataPlane: string | object;
  readonly programs: readonly StartProgram[];
  /** A capture, which is read again for each page that asks for it. */
  readonly trace?: { readonly path: string; readonly name: string; readonly bytes: number };
}

const INDEX = 'index.html';
const WORKER = 'worker.js';

/** Files of the page, which the build writes, with their types. */
const PAGE_FILES: Readonly<Record<string, string>> = {
  [INDEX]: 'text/html; charset=utf-8',
  'studio.js': 'text/javascript; charset=utf-8',
  [WORKER]: 'text/javascript; charset=utf-8',
  'studio.css': 'text/css; charset=utf-8',
  'licences.txt': 'text/plain; charset=utf-8',
};

/**
 * The page may load what this server gives out and nothing else. Styles of elements are written by the editor; code is
 * generated in the worker alone, whose file has a policy of its own.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The engines generate code, and some of it is WebAssembly. */
const WORKER_POLICY = "default-src 'none'; script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval'; connect-src 'self'";

/** Shared memory needs the first two; the others keep the files from pages of other origins. */
const HEADERS: Readonly<Record<string, string>> = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': PAGE_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/**
 * Serves the page at `http://127.0.0.1:PORT/`, on loopback alone.
 * @param port 0 for any
 * @throws errors of the system where the port cannot be had
 */
export async function serveStudio(files: StudioFiles, port: number): Promise<HttpServer> {
  const onRequest: RequestListener = (request, response) => {
    const refused = refusal(request);
    if (refused === undefined) answer(files, request, response);
    else refuse(response, refused);
  };
  return listen(onRequest, LOOPBACK, port);
}

/** Names of this machine, without a port. */
const OWN_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** @param port the one on which a request came in */
function isOwnAddress(host: string, port: number | undefined): boolean {
  const colon = host.lastIndexOf(':');
  return OWN_NAMES.has(host.slice(0, colon).toLowerCase()) && host.slice(colon + 1) === String(port);
}

/**
 * Why a request is refused. The name of a page elsewhere may be made to resolve to this machine: its requests have that
 * name as their host. Requests of other origins have their origin, or say that they come from another site.
 */
function refusal({ method, headers, socket }: IncomingMessage): Refusal | undefined {
  const { host, origin } = headers;
  if (host === undefined || !isOwnAddress(host, socket.localPort)) {
    return { status: 403, reason: `'${host}' is not the address of this studio: use the one that it printed` };
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    return { status: 403, reason: `pages of ${origin} may not use this studio` };
  }
  const site = headers['sec-fetch-site'];
  const isNavigation = headers['sec-fetch-mode'] === 'navigate';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isNavigation) {
    return { status: 403, reason: 'pages of other sites may not use this studio' };
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return { status: 405, reason: `files of the studio are read by GET, not ${method}` };
  }
  return undefined;
}

function refuse(response: ServerResponse, { status, reason }: Refusal): void {
  const allow = status === 405 ? { allow: 'GET, HEAD' } : {};
  response.writeHead(status, { ...HEADERS, ...allow, 'content-type': 'text/plain; charset=utf-8' }).end(`${reason}\n`);
}

function answer(files: StudioFiles, { url, method }: IncomingMessage, response: ServerResponse): void {
  const [target] = requestParts(must(url, 'target of a request'));
  const path = target === '/' ? INDEX : target.slice(1);
  const type = PAGE_FILES[path];
  if (type !== undefined && Object.hasOwn(PAGE_FILES, path)) {
    const policy = path === WORKER ? { 'content-security-policy': WORKER_POLICY } : {};
    response.writeHead(200, { ...HEADERS, ...policy, 'content-type': type }).end(pageFile(path));
  } else if (path === START_PATH) {
    const body = JSON.stringify(startDocument(files));
    response.writeHead(200, { ...HEADERS, 'content-type': 'application/json' }).end(body);
  } else if (path === TRACE_PATH && files.trace !== undefined) {
    sendCapture(files.trace.path, method === 'HEAD', response);
  } else {
    refuse(response, { status: 404, reason: 'there is no such file: the page of the studio is at /' });
  }
}

/** A file of the page. @throws if the project was built without it */
export const pageFile = (name: string): Buffer => readFileSync(packageFile('dist', 'hw-driver', 'studio', name));

function startDocument({ dataPlane, programs, trace }: StudioFiles): StartDocument {
  const named = trace === undefined ? {} : { trace: { name: trace.name, bytes: trace.bytes } };
  return { schema: 'p4runpro/studio-start@1', dataPlane, programs, ...named };
}

function sendCapture(path: string, isHead: boolean, response: ServerResponse): void {
  const headers = { ...HEADERS, 'content-type': 'application/octet-stream' };
  if (isHead) {
    response.writeHead(200, headers).end();
    return;
  }
  const stream = createReadStream(path);
  stream.once('open', () => {
    response.writeHead(200, headers);
    stream.pipe(response);
  });
  stream.once('error', (error) => {
    // After the first bytes, a broken connection is all that says that the rest is missing.
    if (response.headersSent) response.destroy();
    else refuse(response, { status: 500, reason: `the capture cannot be read: ${error.message}` });
  });
  response.once('close', () => stream.destroy());
}
