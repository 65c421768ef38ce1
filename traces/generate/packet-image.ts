/** A template turned into bytes once, so that a packet costs one copy and a few patches. */
import { bitCount, EPHEMERAL_PORT_BITS } from './flow-bits.js';
import { foldSum, wordsSum } from './internet-checksum.js';
import type { PacketTemplate } from './packet-template.js';
import { payloadByte } from './payload.js';
import { TrafficError } from './traffic-error.js';
import { ETHER_TYPE_IPV4, ETHER_TYPE_TUNNEL, PROTOCOL_TCP, PROTOCOL_UDP } from './validate-template.js';

const MINIMUM_FRAME_BYTES = 60;
const ETHERNET_BYTES = 14;
const VLAN_BYTES = 4;
const TUNNEL_BYTES = 2;
const IPV4_BYTES = 20;
const UDP_BYTES = 8;
const TCP_BYTES = 20;
const ETHER_TYPE_VLAN = 0x8100;
const DONT_FRAGMENT = 0x4000;
const DEFAULT_TTL = 64;

/** What is copied of every image: the whole of most frames. */
export const FIRST_DOUBLE_WORDS = 16;

/** Offsets of the patched headers, in bytes from the frame's start; 0 for a header that is absent. */
interface HeaderOffsets {
  readonly ipv4: number;
  readonly transport: number;
  readonly headerBytes: number;
}

/** A prepared template. All fields that differ between packets are 0 in `firstDoubleWords`. */
export interface PacketImage extends HeaderOffsets {
  readonly ingressPort: number;
  /** The headers, and payload behind them: {@link FIRST_DOUBLE_WORDS} at least. */
  readonly firstDoubleWords: BigInt64Array;
  readonly minimumBytes: number;
  readonly maximumBytes: number;
  readonly flows: number;
  /** Bits a flow may set, capped at the 32 of a flow number. */
  readonly permutedBits: number;
  readonly sourceBase: number;
  readonly sourceMask: number;
  readonly destinationBase: number;
  readonly destinationMask: number;
  /** `undefined` for a port chosen per flow. */
  readonly sourcePort: number | undefined;
  readonly destinationPort: number | undefined;
  readonly isUdp: boolean;
  /** Folded sum of the IPv4 header. */
  readonly ipv4Sum: number;
  /** Folded sum of the transport header, all that follows it except payload, and the pseudo header's protocol. */
  readonly transportSum: number;
}

function layOut(template: PacketTemplate): HeaderOffsets {
  let at = ETHERNET_BYTES;
  if (template.vlan !== undefined) at += VLAN_BYTES;
  if (template.tunnel !== undefined) at += TUNNEL_BYTES;
  let ipv4 = 0;
  if (template.ipv4 !== undefined) {
    ipv4 = at;
    at += IPV4_BYTES + 4 * (template.ipv4.options?.length ?? 0);
  }
  let transport = 0;
  if (template.udp !== undefined || template.tcp !== undefined) {
    transport = at;
    at += template.udp !== undefined ? UDP_BYTES : TCP_BYTES;
  }
  return { ipv4, transport, headerBytes: at + 4 * (template.applicationWords?.length ?? 0) };
}

/** Writes everything that is the same in all packets; `view` covers the headers. */
function writeHeaders(template: PacketTemplate, offsets: HeaderOffsets, view: DataView): void {
  const { ethernet, vlan, tunnel, ipv4, tcp, applicationWords = [] } = template;
  view.setUint16(0, Math.floor(ethernet.destination / 2 ** 32));
  view.setUint32(2, ethernet.destination % 2 ** 32);
  view.setUint16(6, Math.floor(ethernet.source / 2 ** 32));
  view.setUint32(8, ethernet.source % 2 ** 32);
  let at = 12;
  if (vlan !== undefined) {
    view.setUint16(at, ETHER_TYPE_VLAN);
    view.setUint16(at + 2, ((vlan.priority ?? 0) << 13) | vlan.id);
    at += VLAN_BYTES;
  }
  const innermost = tunnel !== undefined ? ETHER_TYPE_TUNNEL : ETHER_TYPE_IPV4;
  view.setUint16(at, ethernet.etherType ?? innermost);
  if (tunnel !== undefined) view.setUint16(at + 2, tunnel.destinationId);
  if (ipv4 !== undefined) {
    const options = ipv4.options ?? [];
    at = offsets.ipv4;
    view.setUint8(at, 0x40 | (IPV4_BYTES / 4 + options.length));
    view.setUint8(at + 1, ((ipv4.dscp ?? 0) << 2) | (ipv4.ecn ?? 0));
    view.setUint16(at + 6, DONT_FRAGMENT);
    view.setUint8(at + 8, ipv4.ttl ?? DEFAULT_TTL);
    view.setUint8(at + 9, ipv4.protocol);
    options.forEach((word, i) => {
      view.setUint32(at + IPV4_BYTES + 4 * i, word);
    });
  }
  if (tcp !== undefined) {
    at = offsets.transport;
    view.setUint32(at + 4, tcp.sequence ?? 0);
    view.setUint32(at + 8, tcp.acknowledgement ?? 0);
    view.setUint8(at + 12, (TCP_BYTES / 4) << 4);
    view.setUint8(at + 13, tcp.flags);
    view.setUint16(at + 14, tcp.window ?? 0xffff);
  }
  applicationWords.forEach((word, i) => {
    view.setUint32(offsets.headerBytes - 4 * (applicationWords.length - i), word);
  });
}

const shortestFrame = (template: PacketTemplate): number =>
  Math.max(template.frameBytes.minimum, MINIMUM_FRAME_BYTES, layOut(template).headerBytes);

/** Bytes that no frame of a template exceeds. */
export const longestFrame = (template: PacketTemplate): number =>
  Math.max(template.frameBytes.maximum, shortestFrame(template));

/** How many double words of an image are copied from it. */
export const firstLength = (template: PacketTemplate): number =>
  Math.max(FIRST_DOUBLE_WORDS, Math.ceil(layOut(template).headerBytes / 8));

function firstOf(template: PacketTemplate, offsets: HeaderOffsets): BigInt64Array {
  const doubleWords = new BigInt64Array(firstLength(template));
  const bytes = new Uint8Array(doubleWords.buffer);
  for (let i = offsets.headerBytes; i < bytes.length; i++) bytes[i] = payloadByte(i - offsets.headerBytes);
  writeHeaders(template, offsets, new DataView(doubleWords.buffer));
  return doubleWords;
}

/**
 * Prepares a valid template. `field` names it in errors.
 * @throws TrafficError 'too-many-flows' if its addresses and ports cannot tell its flows apart.
 */
export function createPacketImage(template: PacketTemplate, field: string): PacketImage {
  const { ipv4, udp, tcp, flows } = template;
  const offsets = layOut(template);
  const firstDoubleWords = firstOf(template, offsets);
  const bytes = new Uint8Array(firstDoubleWords.buffer);
  const ports = udp ?? tcp;
  const sourceMask = ipv4?.source.hostMask ?? 0;
  const destinationMask = ipv4?.destination.hostMask ?? 0;
  const chosenPorts =
    ports === undefined ? 0 : Number(ports.sourcePort === undefined) + Number(ports.destinationPort === undefined);
  const freeBits = bitCount(sourceMask) + bitCount(destinationMask) + chosenPorts * EPHEMERAL_PORT_BITS;
  const permutedBits = Math.min(freeBits, 32);
  if (flows > 2 ** permutedBits) {
    const detail = `${flows} flows need more than the ${freeBits} free bits of addresses and ports`;
    throw new TrafficError('too-many-flows', `${field}.flows`, detail);
  }
  const ipv4End = offsets.ipv4 + IPV4_BYTES + 4 * (ipv4?.options?.length ?? 0);
  const protocol = udp !== undefined ? PROTOCOL_UDP : PROTOCOL_TCP;
  // Named one by one: a spread would make a dictionary of the result, and there are thousands.
  return {
    ipv4: offsets.ipv4,
    transport: offsets.transport,
    headerBytes: offsets.headerBytes,
    ingressPort: template.ingressPort,
    firstDoubleWords,
    minimumBytes: shortestFrame(template),
    maximumBytes: longestFrame(template),
    flows,
    permutedBits,
    sourceBase: ((ipv4?.source.base ?? 0) & ~sourceMask) >>> 0,
    sourceMask,
    destinationBase: ((ipv4?.destination.base ?? 0) & ~destinationMask) >>> 0,
    destinationMask,
    sourcePort: ports?.sourcePort,
    destinationPort: ports?.destinationPort,
    isUdp: udp !== undefined,
    ipv4Sum: ipv4 === undefined ? 0 : wordsSum(bytes, offsets.ipv4, ipv4End),
    transportSum: ports === undefined ? 0 : foldSum(wordsSum(bytes, offsets.transport, offsets.headerBytes) + protocol),
  };
}
