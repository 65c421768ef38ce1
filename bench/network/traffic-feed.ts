/** Fills the feed of a node with its traffic while the network runs. */

import { defaultDataPlane } from '../../compiler/data-plane/extend.js';
import { must } from '../../compiler/data-plane/must.js';
import { type DataPlaneDescription, DomainError } from '../../compiler/for-switches.js';
import { PS_PER_NS } from '../../sim/blocks/virtual-time.js';
import { MAX_PACKET_BYTES, PacketFeed } from '../../sim/network/index.js';
import { CaptureIntake } from '../../traces/captures/capture-intake.js';
import type { CaptureReader } from '../../traces/captures/capture-reader.js';
import { openCapture } from '../../traces/captures/open-capture.js';
import { mixedStream, type PacketStream, type TimedPacket } from '../../traces/generate/packet-stream.js';
import { trafficStream } from '../../traces/generate/traffic-sources.js';
import { appendPacketBytes, clearPacketBatch, createPacketBatch } from '../../traces/packets/packet-batch.js';
import { ArrivalTimes } from '../measure/timing/arrival-times.js';
import type { TrafficSpec } from './traffic-spec.js';

const NS_PER_US = 1000;
const BATCH = { packets: 1024, bytes: 2 ** 20 } as const;

/** Thrown for a capture with packets that a network cannot carry. */
export class TrafficFeedError extends DomainError {
  override readonly name = 'TrafficFeedError';
  readonly code = 'too-large-packet';
  readonly ends = 'bad-input';
}

function requireLength(path: string, bytes: number): void {
  if (bytes <= MAX_PACKET_BYTES) return;
  const [length, most] = [bytes, MAX_PACKET_BYTES].map((count) => count.toLocaleString('en-US'));
  throw new TrafficFeedError(`${path}: a packet has ${length} bytes, and a network carries at most ${most}`);
}

/** A source of packets with times. */
export interface FilledFeed {
  readonly feed: PacketFeed;
  /** Adds packets, or ends the feed. */
  fill(): Promise<void>;
  /** On the packets so far; complete when the feed has ended. */
  readonly warnings: readonly string[];
  readonly early: number;
  readonly untimed: number;
  close(): Promise<void>;
}

/** Packets of a capture at their time stamps, the first at 0. @param port of all packets; undefined: as captured */
export async function captureFeed(
  path: string,
  { ports }: Pick<DataPlaneDescription, 'ports'> = defaultDataPlane().description,
  port?: number,
): Promise<FilledFeed> {
  const intake = new CaptureIntake({ ports: 2 ** ports.width });
  const reader: CaptureReader = await openCapture(path, intake);
  const times = new ArrivalTimes(undefined);
  const feed = new PacketFeed();
  const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
  return {
    feed,
    async fill() {
      clearPacketBatch(batch);
      const count = await reader.readInto(batch, { truncated: 'warn' });
      if (count === 0 && reader.ended) return feed.end();
      for (let i = 0; i < batch.count; i++) {
        requireLength(path, must(batch.capturedLength[i], 'length of a packet'));
        if (port !== undefined) batch.ingressPort[i] = port;
        feed.put(batch, i, times.next(batch, i));
      }
    },
    get warnings() {
      return reader.warnings;
    },
    get early() {
      return times.early;
    },
    get untimed() {
      return times.untimed;
    },
    close: () => reader.close(),
  };
}

/** A source with its start and its count. */
function* shifted(stream: PacketStream, startNs: number, count: number): Generator<TimedPacket, undefined> {
  for (let sent = 0; sent < count; sent++) {
    const packet = stream.next().value;
    if (packet === undefined) return undefined;
    yield { ...packet, nanoseconds: packet.nanoseconds + startNs };
  }
  return undefined;
}

/** Generated packets, to the ports that their sources name. @param seed differs for each node */
export function generatedFeed(specs: readonly TrafficSpec[], seed: string): FilledFeed {
  const streams = specs.flatMap((spec, n) =>
    spec.kind === 'generated'
      ? [shifted(trafficStream(spec.source, `${seed}/${n}`), Math.round(spec.startUs * NS_PER_US), spec.count)]
      : [],
  );
  const stream = mixedStream(streams);
  const feed = new PacketFeed();
  const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
  return {
    feed,
    async fill() {
      clearPacketBatch(batch);
      for (let n = 0; n < BATCH.packets; n++) {
        const packet = stream.next().value;
        if (packet === undefined) return feed.end();
        clearPacketBatch(batch);
        appendPacketBytes(batch, packet.bytes, packet.ingressPort);
        feed.put(batch, 0, packet.nanoseconds * PS_PER_NS);
      }
    },
    warnings: [],
    early: 0,
    untimed: 0,
    close: async () => undefined,
  };
}

/** The feed of traffic; undefined without any. */
export async function feedOf(
  specs: readonly TrafficSpec[],
  seed: string,
  description: DataPlaneDescription,
): Promise<FilledFeed | undefined> {
  const [first] = specs;
  if (first === undefined) return undefined;
  return first.kind === 'capture' ? captureFeed(first.path, description) : generatedFeed(specs, seed);
}
