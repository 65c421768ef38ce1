/** `--source KIND:name=value,…` of `bench trace generate`; its help text is made from the table of sources. */
import { UsageError } from '../../../hw-driver/index.js';
import type { CaptureWriter } from '../../../traces/captures/capture-writer.js';
import { mixedStream } from '../../../traces/generate/packet-stream.js';
import { type SourceOptions, TRAFFIC_SOURCES, trafficStream } from '../../../traces/generate/traffic-sources.js';
import { appendPacket, clearPacketBatch, createPacketBatch } from '../../../traces/packets/packet-batch.js';
import { isProblem, sourceFromText } from '../../workloads/source-text.js';

/** @throws {UsageError} for a text that is not of that form */
export function parseSource(text: string): SourceOptions {
  const read = sourceFromText(text);
  if (isProblem(read)) throw new UsageError(`--source: ${read.problem}`);
  return read;
}

const withSeparators = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 3 });

/** Every kind with its parameters, for the help text. */
export function sourcesHelp(): string {
  const lines = Object.entries(TRAFFIC_SOURCES).flatMap(([kind, { describe, parameters }]) => [
    `  ${kind}: ${describe}`,
    ...Object.entries(parameters).map(([name, { unit, minimum, maximum, standard, describe: what }]) => {
      const range = `${withSeparators(minimum)} to ${withSeparators(maximum)}${unit === '' ? '' : ` ${unit}`}`;
      return `    ${name}=${standard}  ${range}; ${what}`;
    }),
  ]);
  return ['Traffic sources with their parameters (name=default  range and unit; meaning):', ...lines].join('\n');
}

const BATCH_PACKETS = 4096;
const MAX_FRAME_BYTES = 64 * 1024;
const NANOSECONDS = 1e9;

export interface SourceWriting {
  readonly sources: readonly SourceOptions[];
  readonly seconds: number;
  readonly seed: string;
  readonly writer: CaptureWriter;
  readonly signal: AbortSignal;
  /** @param packets number of packets written */
  readonly onProgress: (packets: number) => void;
}

/** Writes a mix of all sources for a duration; returns the number of packets, or undefined if interrupted. */
export async function writeSources({
  sources,
  seconds,
  seed,
  writer,
  signal,
  onProgress,
}: SourceWriting): Promise<number | undefined> {
  const mix = mixedStream(sources.map((source, i) => trafficStream(source, `${seed}/${i}`)));
  const batch = createPacketBatch(1, MAX_FRAME_BYTES);
  let packets = 0;
  for (const { nanoseconds, ingressPort, bytes } of mix) {
    if (nanoseconds >= seconds * NANOSECONDS) break;
    clearPacketBatch(batch);
    const wholeSeconds = Math.floor(nanoseconds / NANOSECONDS);
    const rest = nanoseconds % NANOSECONDS;
    batch.bytes.set(bytes, appendPacket(batch, bytes.length, bytes.length, ingressPort, wholeSeconds, rest));
    writer.write(batch, 0);
    if (++packets % BATCH_PACKETS !== 0) continue;
    onProgress(packets);
    // Lets an interrupt arrive.
    await new Promise(setImmediate);
    if (signal.aborted) return undefined;
  }
  return packets;
}
