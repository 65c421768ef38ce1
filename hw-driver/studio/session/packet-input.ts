/** Packets of captures, of the generator, and made by hand, as a store of packets. */
import { analyse, type DataPlane } from '../../../compiler/index.js';
import { MadePacketError, madePacket } from '../../../sim/made-packet/index.js';
import { trafficForProgram } from '../../../sim/made-packet/matching-traffic.js';
import { openBlobSource } from '../../../traces/captures/blob-source.js';
import { CaptureIntake } from '../../../traces/captures/capture-intake.js';
import { readCapture } from '../../../traces/captures/capture-reader.js';
import { mixedStream, NANOSECONDS } from '../../../traces/generate/packet-stream.js';
import type { TrafficTarget } from '../../../traces/generate/packet-template.js';
import { createTrafficGenerator } from '../../../traces/generate/traffic-generator.js';
import { type SourceOptions, trafficStream } from '../../../traces/generate/traffic-sources.js';
import {
  appendPacket,
  clearPacketBatch,
  createPacketBatch,
  hasRoomFor,
  type PacketBatch,
} from '../../../traces/packets/packet-batch.js';
import type { PacketStore } from '../../../traces/packets/packet-store.js';
import { bytesOfHexadecimal } from '../../../traces/platform/hexadecimal.js';
import { SessionError } from './failure.js';
import type { GeneratedTraffic, PacketOrigin } from './protocol.js';
import { breathe, type Working } from './working.js';

/** What a session holds: a page has a few gigabytes in all, and a record of a run takes about as much as its packets. */
const LIMITS = { packets: 8_000_000, bytes: 2 ** 30 } as const;
const BATCH = { packets: 8192, bytes: 2 ** 21 } as const;
const MILLION = 1e6;
const MEBIBYTE = 2 ** 20;

/** Packets that are read, and what is to be said of them. */
export interface ReadPackets {
  readonly notes: readonly string[];
}

/**
 * Adds packets of an origin to a store.
 * @param held packets that the session has beside those of the store
 * @throws {SessionError} `too-much`, `cancelled`, {@link CaptureError} {@link TrafficError} {@link MadePacketError}; the
 * store has then some of the packets
 */
export async function readPackets(
  origin: PacketOrigin,
  store: PacketStore,
  held: HeldPackets,
  dataPlane: DataPlane,
  working: Working,
): Promise<ReadPackets> {
  switch (origin.kind) {
    case 'capture':
      return readBlob(origin, store, held, dataPlane, working);
    case 'generated':
      return generate(origin.traffic, store, held, dataPlane, working);
    case 'made':
      for (const text of origin.packets) addMade(text, origin.ingressPort, store, dataPlane);
      requireRoom(store, held, 'the list');
      return { notes: [] };
  }
}

const limitText =
  `a page holds ${LIMITS.packets / MILLION} million packets ` +
  `of ${(LIMITS.bytes / MEBIBYTE).toLocaleString('en-US')} MiB in all`;

/** What a session holds already. */
export type HeldPackets = Pick<PacketStore, 'count' | 'byteLength'>;

/** @throws {SessionError} `too-much` */
function requireRoom(store: PacketStore, held: HeldPackets, what: string): void {
  const [count, bytes] = [held.count + store.count, held.byteLength + store.byteLength];
  if (count <= LIMITS.packets && bytes <= LIMITS.bytes) return;
  throw new SessionError('too-much', `${what} has too many packets: ${limitText}; a part of it fits`);
}

async function readBlob(
  { name, blob, ingressPort = 0 }: PacketOrigin & { readonly kind: 'capture' },
  store: PacketStore,
  held: HeldPackets,
  dataPlane: DataPlane,
  working: Working,
): Promise<ReadPackets> {
  // What is packed may be far larger; that is found while it is read.
  if (blob.size > LIMITS.bytes) {
    const size = Math.round(blob.size / MEBIBYTE).toLocaleString('en-US');
    throw new SessionError('too-much', `${name} has ${size} MiB: ${limitText}; a part of it fits`);
  }
  const intake = new CaptureIntake({ skipOtherLinks: true, ports: 2 ** dataPlane.description.ports.width });
  const reader = await readCapture(name, await openBlobSource(name, blob), intake);
  const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
  try {
    for (;;) {
      clearPacketBatch(batch);
      const read = await reader.readInto(batch, { ingressPort, truncated: 'warn' });
      if (read === 0) break;
      store.add(batch);
      requireRoom(store, held, name);
      await breathe(working, { done: reader.bytesRead, total: reader.totalBytes, unit: 'bytes' });
    }
    const { done, missing } = intake.notes();
    return { notes: [...reader.warnings, ...missing, ...done] };
  } finally {
    await reader.close();
  }
}

async function generate(
  { packets, seed, content }: GeneratedTraffic,
  store: PacketStore,
  held: HeldPackets,
  dataPlane: DataPlane,
  working: Working,
): Promise<ReadPackets> {
  if (!Number.isInteger(packets) || packets < 1 || packets > LIMITS.packets) {
    throw new SessionError('too-much', `${packets} packets are to be generated: ${limitText}`);
  }
  const fill =
    content.kind === 'matching'
      ? matching(content.programs, content.packetsPerSecond, seed, dataPlane)
      : ofSources(content.sources, seed);
  const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
  const before = store.count;
  for (let made = 0; made < packets; ) {
    clearPacketBatch(batch);
    const count = fill(batch, made, packets - made);
    if (count === 0) break;
    made += count;
    store.add(batch);
    requireRoom(store, held, 'this traffic');
    await breathe(working, { done: store.count - before, total: packets, unit: 'packets' });
  }
  return { notes: [] };
}

/** Fills an empty batch with packets from number `first` on. @returns how many */
type Fill = (batch: PacketBatch, first: number, most: number) => number;

function matching(
  programs: readonly { readonly program: string; readonly text: string }[],
  packetsPerSecond: number,
  seed: string,
  dataPlane: DataPlane,
): Fill {
  if (programs.length === 0) throw new SessionError('bad-packets', 'traffic that programs match needs a program');
  const targets = programs.map(({ program: name, text }, i): TrafficTarget => {
    const program = analyse(text, dataPlane).programs.find((each) => each.name === name);
    if (program === undefined) throw new SessionError('bad-program', `the text has no program ${name} without errors`);
    return trafficForProgram(program, dataPlane, i);
  });
  // The names of seeds are those of `bench run`, so that equal targets have equal packets there.
  const generator = createTrafficGenerator({ targets, seed: `${seed}/traffic`, packetsPerSecond });
  return (batch, first, most) => generator.generateInto(batch, first, most);
}

function ofSources(sources: readonly SourceOptions[], seed: string): Fill {
  const mix = mixedStream(sources.map((source, i) => trafficStream(source, `${seed}/${i}`)));
  let next = mix.next().value;
  return (batch, _first, most) => {
    let count = 0;
    while (next !== undefined && count < most && hasRoomFor(batch, next.bytes.length)) {
      const { bytes, nanoseconds, ingressPort } = next;
      const seconds = Math.floor(nanoseconds / NANOSECONDS);
      const rest = nanoseconds % NANOSECONDS;
      batch.bytes.set(bytes, appendPacket(batch, bytes.length, bytes.length, ingressPort, seconds, rest));
      count++;
      next = mix.next().value;
    }
    return count;
  };
}

const MAX_MADE_BYTES = 2 ** 16;

function addMade(text: string, ingressPort: number | undefined, store: PacketStore, dataPlane: DataPlane): void {
  const hex = /^\s*hex\s+([\da-f\s:]+)$/i.exec(text)?.[1]?.replaceAll(/[\s:]/g, '');
  const made =
    hex === undefined
      ? madePacket(text, dataPlane)
      : { bytes: bytesOf(hex), ingressPort: 0, timestamp: 0, wireLength: hex.length / 2 };
  if (made.bytes.length > MAX_MADE_BYTES) throw new MadePacketError(`a packet has at most ${MAX_MADE_BYTES} bytes`);
  const batch = createPacketBatch(1, made.bytes.length);
  const seconds = Math.floor(made.timestamp / NANOSECONDS);
  const port = ingressPort === undefined ? made.ingressPort : ingressPort;
  const rest = made.timestamp - seconds * NANOSECONDS;
  batch.bytes.set(made.bytes, appendPacket(batch, made.bytes.length, made.wireLength, port, seconds, rest));
  store.add(batch);
}

function bytesOf(hex: string): Uint8Array {
  if (hex.length % 2 !== 0)
    throw new MadePacketError(`a packet of ${hex.length} hexadecimal digits ends inside a byte`);
  return bytesOfHexadecimal(hex);
}
