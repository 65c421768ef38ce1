/** Ports of an emulated switch by HTTP and JSON. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { type HttpServer, listen } from '../http-server.js';
import { FrameError, MAX_FRAME_BYTES, type PortFrame, type SwitchPorts } from './switch-ports.js';

const MAX_FRAMES = 1000;
const MAX_BODY_BYTES = 4 * MAX_FRAME_BYTES * 16;

/**
 * `POST /packets` takes a frame, `{"port": 1, "hex": "…"}`, or a list of them, and answers with the frames that left,
 * in order, and with those that a port refused; `GET /ports` answers with the counters. Web pages of other origins are
 * refused: see {@link refusal}.
 */
export function serveHttp(ports: SwitchPorts, host: string, port: number): Promise<HttpServer> {
  const onRequest: RequestListener = (request, response) => {
    answer(ports, request, host).then(
      (answered) => respond(response, answered),
      () => respond(response, { status: 400, body: { error: 'the request was cut off' } }),
    );
  };
  return listen(onRequest, host, port);
}

interface Answer {
  readonly status: number;
  /** The method that is expected instead. */
  readonly allow?: string;
  readonly body: object;
}

function respond(response: ServerResponse, { status, body, allow }: Answer): void {
  const headers = { 'content-type': CONTENT_TYPE, ...(allow === undefined ? {} : { allow }) };
  response.writeHead(status, headers).end(`${JSON.stringify(body)}\n`);
}

/**
 * Why a request is refused. A browser sends requests of any page, also to this machine, but with the page's origin,
 * and sends JSON to other origins only if they allow it; and the name of a page's own origin may resolve to this
 * machine.
 * @param served the address or name on which the server listens
 */
function refusal({ method, headers }: IncomingMessage, served: string): Answer | undefined {
  const { host, origin } = headers;
  const refuse = (status: number, error: string): Answer => ({ status, body: { error } });
  if (host !== undefined && !isOwnName(host, served)) {
    return refuse(
      403,
      `'${host}' is not a name of this switch: use its address, localhost, or the name given by --host`,
    );
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    return refuse(403, `pages of ${origin} may not use this switch`);
  }
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (method === 'POST' && type !== CONTENT_TYPE) {
    return refuse(
      415,
      type === undefined
        ? `content-type ${CONTENT_TYPE} is expected, and none is given`
        : `content-type ${CONTENT_TYPE} is expected, not ${type}`,
    );
  }
  return undefined;
}

const CONTENT_TYPE = 'application/json';

/** @param host the header, with or without a port */
function isOwnName(host: string, served: string): boolean {
  const name = host.replace(/:\d*$/, '').toLowerCase();
  return name === 'localhost' || name === served.toLowerCase() || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}

async function answer(ports: SwitchPorts, request: IncomingMessage, served: string): Promise<Answer> {
  const refused = refusal(request, served);
  if (refused !== undefined) return refused;
  const { method, url } = request;
  const expected = url === '/ports' ? 'GET' : url === '/packets' ? 'POST' : undefined;
  if (expected === undefined) {
    return { status: 404, body: { error: 'unknown request: POST /packets or GET /ports is expected' } };
  }
  if (method !== expected) {
    return { status: 405, allow: expected, body: { error: `${url} takes ${expected}, not ${method}` } };
  }
  if (url === '/ports') {
    return { status: 200, body: { ports: ports.ports.inUse().map((port) => portBody(ports, port)) } };
  }
  const text = await bodyOf(request);
  if (text === undefined)
    return { status: 413, body: { error: `the body is too long: at most ${MAX_BODY_BYTES} bytes are accepted` } };
  try {
    const frames = framesIn(text);
    for (const frame of frames) ports.check(frame);
    const outcomes = frames.map((frame) => ({ port: frame.port, ...ports.send(frame) }));
    const packets = outcomes.flatMap(({ left }) =>
      left.map(({ port, bytes, switch: other }) => ({
        ...(other === undefined ? {} : { switch: other }),
        port,
        hex: hexOf(bytes),
      })),
    );
    const lost = outcomes.flatMap(({ port, lost: reason }) => (reason === undefined ? [] : [{ port, reason }]));
    return { status: 200, body: { packets, ...(lost.length > 0 ? { lost } : {}) } };
  } catch (error) {
    if (error instanceof FrameError) return { status: 400, body: { error: error.message } };
    throw error;
  }
}

function portBody({ ports }: SwitchPorts, port: number): object {
  const counters = ports.countersOf(port);
  return {
    port,
    up: ports.isUp(port),
    received: counters.get('$FramesReceivedAll'),
    sent: counters.get('$FramesTransmittedAll'),
    receivedOctets: counters.get('$OctetsReceived'),
    sentOctets: counters.get('$OctetsTransmittedTotal'),
  };
}

/** The body as text; undefined if it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The frames of a body. @throws {FrameError} */
function framesIn(text: string): PortFrame[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new FrameError('the body is not JSON');
  }
  const list: readonly unknown[] = Array.isArray(json) ? json : [json];
  if (list.length > MAX_FRAMES)
    throw new FrameError(`${list.length} frames in one request: at most ${MAX_FRAMES} are accepted`);
  return list.map((item): PortFrame => {
    const { port, hex } = Object(item) as { port?: unknown; hex?: unknown };
    if (typeof port !== 'number' || typeof hex !== 'string' || !/^([0-9a-f]{2})+$/i.test(hex)) {
      throw new FrameError('a frame is expected as {"port": number, "hex": "0011…"}');
    }
    return { port, bytes: Buffer.from(hex, 'hex') };
  });
}
