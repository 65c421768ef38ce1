/** HTTP servers beside the one of BF Runtime: how they begin and end. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that listens. */
export interface HttpServer {
  /** The one that it got, if port 0 was asked for. */
  readonly port: number;
  /** Ends its connections too. */
  close(): Promise<void>;
}

/** @param port 0 for any @throws errors of the system where the port cannot be had */
export async function listen(answer: RequestListener, host: string, port: number): Promise<HttpServer> {
  const server = createServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * The path of a request as it was sent, from its first slash, and its query without the question mark. Not by `new URL`,
 * which throws for targets that any client may send, such as `//` or `http://name:99999/`.
 */
export function requestParts(target: string): readonly [path: string, query: string] {
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}
