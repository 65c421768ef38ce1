/** What hosts send and switches receive, from texts of a network file. */
import { isAbsolute, join } from 'node:path';
import { TrafficError } from '../../traces/generate/traffic-error.js';
import { type SourceOptions, TRAFFIC_SOURCES, trafficStream } from '../../traces/generate/traffic-sources.js';
import { isProblem, sourceFromText, type TextProblem } from '../workloads/source-text.js';

/** Traffic as plain data: generated, or that of a capture. */
export type TrafficSpec =
  | { readonly kind: 'generated'; readonly source: SourceOptions; readonly startUs: number; readonly count: number }
  | { readonly kind: 'capture'; readonly path: string };

/** Parameters of any source, beside those of its kind. */
const OWN = { startus: 0, count: Number.POSITIVE_INFINITY } as const;
const CAPTURE = /\.(pcap|pcapng|cap)(\.gz)?$/;

/** Short names that some papers and scripts use. */
const SHORT: Readonly<Record<string, string>> = { hit: 'hitrate' };

/** @param folder to which paths are relative */
export function trafficFromText(text: string, folder: string): TrafficSpec | TextProblem {
  if (CAPTURE.test(text)) return { kind: 'capture', path: isAbsolute(text) ? text : join(folder, text) };
  const read = sourceFromText(text);
  if (isProblem(read)) return { problem: `${read.problem}; or a capture: FILE.pcap or FILE.pcapng` };
  const { startus = OWN.startus, count = OWN.count, ...given } = read.values;
  if (!(startus >= 0)) return { problem: `startus takes microseconds from 0, not ${startus}` };
  if (!(count >= 0)) return { problem: `count takes a number of packets, not ${count}` };
  const { parameters } = TRAFFIC_SOURCES[read.kind];
  const values = Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const long = SHORT[name];
      return [long !== undefined && Object.hasOwn(parameters, long) ? long : name, value];
    }),
  );
  const source = { kind: read.kind, values };
  try {
    trafficStream(source, 'check');
  } catch (error) {
    if (!(error instanceof TrafficError)) throw error;
    return { problem: error.message };
  }
  return { kind: 'generated', source, startUs: startus, count };
}
