/**
 * Packets for conventional programs. Written from the header formats (IEEE 802.3 and 802.1Q, RFC 791, 793, 768, 8200)
 * without the emulator's parser and deparser, so that the two can be compared.
 */
import { behindExtensionHeaders } from './extension-headers.js';

const ETHER_TYPE = { ipv4: 0x0800, ipv6: 0x86dd, vlan: 0x8100, tunnel: 0x1111 };
const PROTOCOL = { tcp: 6, udp: 17 };
/** UDP destination ports after which the four words op, key1, key2, key3 follow. */
const APPLICATION_PORTS = [7777, 7778, 8888, 9999];
/** Bytes of the addresses, ports and protocol of a flow. */
export const FLOW_KEY_BYTES = 13;
/** Bits of the flags byte of a TCP header. */
export const TCP_FLAG = { fin: 0x01, syn: 0x02, rst: 0x04, ack: 0x10 };

const NONE = -1;
const IPV6_BYTES = 40;

export class PacketView {
  private bytes: Uint8Array = new Uint8Array(0);
  private end = 0;
  /** Offsets of headers; {@link NONE} for missing headers. */
  private ethernet = NONE;
  private tunnel = NONE;
  private ipv4 = NONE;
  private ipv6 = NONE;
  private ports = NONE;
  private tcp = NONE;
  private udp = NONE;
  private words = NONE;
  /** Ingress port. */
  ingressPort = 0;
  /** Number of the packet in order of arrival at the switch, from 0. */
  arrival = 0;
  /** When it came to its port: the low 32 bits of nanoseconds. */
  timestamp = 0;
  /** Queueing time between ingress and egress in ns. */
  queueNs = 0;
  private readonly key = new Uint8Array(FLOW_KEY_BYTES);
  private readonly keyView = new DataView(this.key.buffer);

  /** Parses `bytes[start .. end)`; a truncated header counts as payload. */
  load(bytes: Uint8Array, start: number, end: number, ingressPort: number): void {
    this.bytes = bytes;
    this.end = end;
    this.ingressPort = ingressPort;
    this.ethernet = NONE;
    this.tunnel = NONE;
    this.ipv4 = NONE;
    this.ipv6 = NONE;
    this.ports = NONE;
    this.tcp = NONE;
    this.udp = NONE;
    this.words = NONE;
    if (!this.holds(start, 14)) return;
    this.ethernet = start;
    let etherType = this.read(start + 12, 2);
    let at = start + 14;
    if (etherType === ETHER_TYPE.vlan && this.holds(at, 4)) {
      etherType = this.read(at + 2, 2);
      at += 4;
    }
    if (etherType === ETHER_TYPE.tunnel && this.holds(at, 2)) this.tunnel = at;
    else if (etherType === ETHER_TYPE.ipv4) this.findIpv4(at);
    else if (etherType === ETHER_TYPE.ipv6) this.findIpv6(at);
  }

  private findIpv4(at: number): void {
    if (!this.holds(at, 20)) return;
    const headerBytes = (this.read(at, 1) & 15) * 4;
    if (this.read(at, 1) >>> 4 !== 4 || headerBytes < 20 || !this.holds(at, headerBytes)) return;
    this.ipv4 = at;
    const transport = at + headerBytes;
    // Only the first fragment has ports.
    if ((this.read(at + 6, 2) & 0x1fff) !== 0) return;
    this.findTransport(this.protocol, transport);
  }

  private findIpv6(at: number): void {
    if (!this.holds(at, IPV6_BYTES) || this.read(at, 1) >>> 4 !== 6) return;
    this.ipv6 = at;
    const behind = behindExtensionHeaders(this.bytes, at + IPV6_BYTES, this.end, this.nextHeader);
    if (behind !== undefined) this.findTransport(behind.protocol, behind.at);
  }

  private findTransport(protocol: number, transport: number): void {
    if (protocol === PROTOCOL.tcp && this.holds(transport, 20)) {
      this.ports = transport;
      this.tcp = transport;
    }
    if (protocol === PROTOCOL.udp && this.holds(transport, 8)) {
      this.ports = transport;
      this.udp = transport;
      const application = transport + 8;
      if (APPLICATION_PORTS.includes(this.destinationPort) && this.holds(application, 16)) this.words = application;
    }
  }

  private holds(at: number, count: number): boolean {
    return at + count <= this.end;
  }

  private read(at: number, count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 256 + (this.bytes[at + i] as number);
    return value;
  }

  /** A field of `count` bytes, or 0 if the packet lacks its header. */
  private field(header: number, offset: number, count: number): number {
    return header === NONE ? 0 : this.read(header + offset, count);
  }

  get hasEthernet(): boolean {
    return this.ethernet !== NONE;
  }
  get hasTunnel(): boolean {
    return this.tunnel !== NONE;
  }
  get hasIpv4(): boolean {
    return this.ipv4 !== NONE;
  }
  get hasIpv6(): boolean {
    return this.ipv6 !== NONE;
  }
  get isTcp(): boolean {
    return this.tcp !== NONE;
  }
  get isUdp(): boolean {
    return this.udp !== NONE;
  }
  /** A value of 48 bits. */
  get ethernetDestination(): number {
    return this.field(this.ethernet, 0, 6);
  }
  get tunnelDestination(): number {
    return this.field(this.tunnel, 0, 2);
  }
  get ecn(): number {
    return this.field(this.ipv4, 1, 1) & 3;
  }
  get totalLength(): number {
    return this.field(this.ipv4, 2, 2);
  }
  get ttl(): number {
    return this.field(this.ipv4, 8, 1);
  }
  get protocol(): number {
    return this.field(this.ipv4, 9, 1);
  }
  /** That of the IPv6 header, which may be an extension header. */
  get nextHeader(): number {
    return this.field(this.ipv6, 6, 1);
  }
  /** The upper 64 bits of the IPv6 source. */
  get sourceNetwork6(): bigint {
    return (BigInt(this.field(this.ipv6, 8, 4)) << 32n) | BigInt(this.field(this.ipv6, 12, 4));
  }
  get source(): number {
    return this.field(this.ipv4, 12, 4);
  }
  get destination(): number {
    return this.field(this.ipv4, 16, 4);
  }
  get sourcePort(): number {
    return this.field(this.ports, 0, 2);
  }
  get destinationPort(): number {
    return this.field(this.ports, 2, 2);
  }
  /** The flags byte: a combination of {@link TCP_FLAG} and other bits. */
  get tcpFlags(): number {
    return this.field(this.tcp, 13, 1);
  }
  get sequence(): number {
    return this.field(this.tcp, 4, 4);
  }
  get acknowledgement(): number {
    return this.field(this.tcp, 8, 4);
  }
  /** Words of the TCP header with its options; 0 without one. */
  get tcpHeaderWords(): number {
    return this.field(this.tcp, 12, 1) >>> 4;
  }
  get op(): number {
    return this.field(this.words, 0, 4);
  }
  get key1(): number {
    return this.field(this.words, 4, 4);
  }
  get key2(): number {
    return this.field(this.words, 8, 4);
  }
  get key3(): number {
    return this.field(this.words, 12, 4);
  }

  /** Addresses, ports and protocol in sequence; the array is reused for every packet. */
  flowKey(): Uint8Array {
    const { key } = this;
    const copy = (header: number, offset: number, count: number, to: number): void => {
      for (let i = 0; i < count; i++) key[to + i] = header === NONE ? 0 : (this.bytes[header + offset + i] as number);
    };
    copy(this.ipv4, 12, 8, 0);
    copy(this.ports, 0, 4, 8);
    copy(this.ipv4, 9, 1, 12);
    return key;
  }

  /** As {@link flowKey}, of IPv6: each address is the XOR of its four words. */
  flowKey6(): Uint8Array {
    const { key, keyView, ipv6, ports } = this;
    const folded = (at: number): number => [0, 4, 8, 12].reduce((word, i) => word ^ this.field(ipv6, at + i, 4), 0);
    keyView.setUint32(0, folded(8));
    keyView.setUint32(4, folded(24));
    keyView.setUint32(8, this.field(ports, 0, 4));
    keyView.setUint8(12, this.nextHeader);
    return key;
  }

  set key3(value: number) {
    if (this.words !== NONE) this.write(this.words + 12, 4, value, this.udp);
  }

  set destination(value: number) {
    if (this.ipv4 === NONE) return;
    this.write(this.ipv4 + 16, 4, value, this.ports);
    this.renewIpv4Checksum();
  }

  set ecn(value: number) {
    if (this.ipv4 === NONE || this.ecn === value) return;
    this.bytes[this.ipv4 + 1] = ((this.bytes[this.ipv4 + 1] as number) & ~3) | value;
    this.renewIpv4Checksum();
  }

  /** Exchanges source and destination of Ethernet and IPv4. Ports stay, as in the paper. */
  turnRound(): void {
    if (this.ethernet !== NONE) this.exchange(this.ethernet, this.ethernet + 6, 6);
    if (this.ipv4 === NONE) return;
    const { source, destination } = this;
    this.exchange(this.ipv4 + 12, this.ipv4 + 16, 4);
    if (source !== destination) this.renewIpv4Checksum();
  }

  private exchange(a: number, b: number, count: number): void {
    for (let i = 0; i < count; i++) {
      const byte = this.bytes[a + i] as number;
      this.bytes[a + i] = this.bytes[b + i] as number;
      this.bytes[b + i] = byte;
    }
  }

  /** Writes a field that the checksum of the transport header at `transport` covers. */
  private write(at: number, count: number, value: number, transport: number): void {
    for (let i = 0; i < count; i += 2) {
      const word = Math.floor(value / 2 ** (8 * (count - 2 - i))) & 0xffff;
      const before = this.read(at + i, 2);
      this.bytes[at + i] = word >>> 8;
      this.bytes[at + i + 1] = word;
      if (word !== before && transport !== NONE) this.adjustTransportChecksum(before, word);
    }
  }

  /** RFC 1624, equation 3; a UDP checksum of 0 means that there is none. */
  private adjustTransportChecksum(before: number, after: number): void {
    const at = this.tcp !== NONE ? this.tcp + 16 : this.udp + 6;
    const checksum = this.read(at, 2);
    if (this.udp !== NONE && checksum === 0) return;
    const adjusted = ~folded((~checksum & 0xffff) + (~before & 0xffff) + after) & 0xffff;
    const written = adjusted === 0 && this.udp !== NONE ? 0xffff : adjusted;
    this.bytes[at] = written >>> 8;
    this.bytes[at + 1] = written;
  }

  private renewIpv4Checksum(): void {
    const at = this.ipv4;
    const end = at + (this.read(at, 1) & 15) * 4;
    this.bytes[at + 10] = 0;
    this.bytes[at + 11] = 0;
    let sum = 0;
    for (let word = at; word < end; word += 2) sum += this.read(word, 2);
    const checksum = ~folded(sum) & 0xffff;
    this.bytes[at + 10] = checksum >>> 8;
    this.bytes[at + 11] = checksum;
  }
}

/** A sum of 16-bit words with the carries added back in. */
function folded(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest & 0xffff) + (rest >>> 16);
  return rest;
}
