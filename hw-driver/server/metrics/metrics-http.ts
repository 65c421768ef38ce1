/** The metrics of a served switch by HTTP, for Prometheus to scrape. */
import type { RequestListener, ServerResponse } from 'node:http';
import { type HttpServer, listen, requestParts } from '../http-server.js';
import type { Metric } from './exposition.js';
import { EXPOSITION_TYPE, expositionText } from './exposition.js';

export interface MetricsSource {
  /** Whether hits by entry can be asked for. */
  readonly countsHits: boolean;
  all(withHits: boolean): readonly Metric[];
}

const PATH = '/metrics';

/**
 * `GET /metrics`, and `GET /metrics?entries=1` with the hits of each entry.
 *
 * @throws where the port cannot be had
 */
export function serveMetrics(source: MetricsSource, host: string, port: number): Promise<HttpServer> {
  const answer: RequestListener = ({ method, url = '/' }, response) => {
    const [path, query] = requestParts(url);
    const withHits = new URLSearchParams(query).get('entries') === '1';
    if (path !== PATH) return refuse(response, 404, `the metrics are at ${PATH}`);
    if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405, `metrics are read by GET, not ${method}`);
    if (withHits && !source.countsHits) {
      return refuse(response, 404, 'the switch does not count hits: start it with --count-hits');
    }
    response.writeHead(200, { 'content-type': EXPOSITION_TYPE }).end(expositionText(source.all(withHits)));
  };
  return listen(answer, host, port);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
}
