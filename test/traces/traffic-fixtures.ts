/** Templates that the tests of the generator share, and a walk over what comes of them. */
import {
  clearPacketBatch,
  createPacketBatch,
  createTrafficGenerator,
  type PacketBatch,
  type PacketTemplate,
  packetBytes,
  type TrafficTarget,
} from '../../traces/index.js';
import { type ParsedFrame, parseFrame } from './frame-parser.js';

export const ethernet = { destination: 0x0a0b0c0d0e0f, source: 0xf00102030405 };
export const source = { base: 0x0a0000ff, hostMask: 0x0000ffff };
export const destination = { base: 0xc0a80000, hostMask: 0x001700f1 };
export const ipv4Udp = { source, destination, protocol: 17 };

export const withoutUdp: PacketTemplate = {
  ingressPort: 1,
  ethernet,
  ipv4: ipv4Udp,
  flows: 50,
  frameBytes: { minimum: 64, maximum: 128 },
};
export const udp: PacketTemplate = { ...withoutUdp, udp: { destinationPort: 7777 } };
/** Free bits: 1 + 3 of the addresses below, and the ports that the row leaves out. */
export const fewAddresses = {
  source: { base: 1, hostMask: 0x80000000 },
  destination: { base: 2, hostMask: 0x00100101 },
  protocol: 17,
};
export const oneOf = (...variants: PacketTemplate[]): TrafficTarget => ({ variants });
/** Calls back with each of the first `count` packets, and its place. */
export function eachPacket(
  targets: readonly TrafficTarget[],
  count: number,
  visit: (frame: ParsedFrame, batch: PacketBatch, i: number) => void,
): void {
  const generator = createTrafficGenerator({ targets, seed: 'each', packetsPerSecond: 1000 });
  const batch = createPacketBatch(512, 1 << 20);
  for (let index = 0; index < count; ) {
    clearPacketBatch(batch);
    const appended = generator.generateInto(batch, index, Math.min(512, count - index));
    for (let i = 0; i < appended; i++) visit(parseFrame(packetBytes(batch, i)), batch, i);
    index += appended;
  }
}
