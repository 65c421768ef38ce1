/** Packets in the order of their times, one by one: what traffic with a memory of its own, and mixes, are made of. */

export interface TimedPacket {
  /** Since the start of the traffic; whole. */
  readonly nanoseconds: number;
  readonly ingressPort: number;
  readonly bytes: Uint8Array;
}

/** Endless, or until there is nothing more to send; times never fall. */
export type PacketStream = Iterator<TimedPacket, undefined>;

export const NANOSECONDS = 1e9;

/** Time of packet `index` at a fixed rate. */
export const fixedTime = (index: number, packetsPerSecond: number): number =>
  Math.floor((index * NANOSECONDS) / packetsPerSecond);

/** The packets of several streams by time; of equal times, the earlier stream's first. */
export function* mixedStream(streams: readonly PacketStream[]): Generator<TimedPacket, undefined> {
  const heads = streams.map((stream) => ({ stream, packet: stream.next().value }));
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (head.packet === undefined) continue;
      if (first?.packet === undefined || head.packet.nanoseconds < first.packet.nanoseconds) first = head;
    }
    if (first?.packet === undefined) return undefined;
    yield first.packet;
    first.packet = first.stream.next().value;
  }
}
