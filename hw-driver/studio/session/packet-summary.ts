/** Packets in a few words, for lists. */
import { ipv6Text, ofWords } from '../../../compiler/data-plane/ipv6-text.js';
import { must } from '../../../compiler/data-plane/must.js';
import type { DataPlane, HeaderField } from '../../../compiler/index.js';
import { HeaderReader } from '../../../sim/pipeline/trace/header-reader.js';

const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6' };
const MAC_DIGITS = 12;

const octets = (address: number): string =>
  [address >>> 24, (address >>> 16) & 0xff, (address >>> 8) & 0xff, address & 0xff].join('.');

const macText = (address: number): string =>
  address
    .toString(16)
    .padStart(MAC_DIGITS, '0')
    .replaceAll(/(..)(?=.)/g, '$1:');

/** Two ends of one layer of headers. */
interface Ends {
  readonly source: HeaderField;
  readonly destination: HeaderField;
}

/** Writes packets of a data plane: those of its headers that the common names say. */
export class PacketSummaries {
  private readonly reader: HeaderReader;
  private readonly ethernet: Ends | undefined;
  private readonly ipv4: Ends | undefined;
  private readonly ipv6:
    | { readonly source: readonly HeaderField[]; readonly destination: readonly HeaderField[] }
    | undefined;
  private readonly ports: Ends | undefined;
  private readonly protocol: HeaderField | undefined;
  private readonly nextHeader: HeaderField | undefined;
  private readonly etherType: HeaderField | undefined;

  constructor(private readonly dataPlane: DataPlane) {
    this.reader = new HeaderReader(dataPlane);
    this.ethernet = this.ends('hdr.ethernet.src', 'hdr.ethernet.dst');
    this.ipv4 = this.ends('hdr.ipv4.src', 'hdr.ipv4.dst');
    this.ports = this.ends('hdr.l4_port.src_port', 'hdr.l4_port.dst_port');
    this.protocol = this.field('hdr.ipv4.protocol');
    this.nextHeader = this.field('hdr.ipv6.next_header');
    this.etherType = this.field('hdr.ethernet.ether_type');
    const ipv6 = this.ends('hdr.ipv6.src', 'hdr.ipv6.dst');
    this.ipv6 = ipv6 && { source: this.words(ipv6.source), destination: this.words(ipv6.destination) };
  }

  private field(name: string): HeaderField | undefined {
    const field = this.dataPlane.fields.get(name);
    return field?.kind === 'header' ? field : undefined;
  }

  private ends(from: string, to: string): Ends | undefined {
    const [source, destination] = [this.field(from), this.field(to)];
    return source && destination && { source, destination };
  }

  private words(field: HeaderField): HeaderField[] {
    return this.dataPlane.wordsOf(field).map(({ name }) => this.dataPlane.headerField(name));
  }

  /** As `10.0.0.1:53 > 10.0.0.2:4096 UDP`. */
  of(packet: Uint8Array): string {
    this.reader.read(packet);
    const source = this.address('source');
    const destination = this.address('destination');
    if (source === undefined || destination === undefined) return `${packet.length} bytes`;
    return `${source} > ${destination} ${this.kind()}`;
  }

  private value(field: HeaderField | undefined): number | undefined {
    return field && this.reader.value(field);
  }

  private address(end: keyof Ends): string | undefined {
    const port = this.value(this.ports?.[end]);
    const ipv4 = this.value(this.ipv4?.[end]);
    if (ipv4 !== undefined) return port === undefined ? octets(ipv4) : `${octets(ipv4)}:${port}`;
    const words = this.ipv6?.[end].map((field) => this.value(field));
    if (words?.[0] !== undefined) {
      const text = ipv6Text(ofWords(words.map((word) => must(word, 'word of an address'))));
      return port === undefined ? text : `[${text}]:${port}`;
    }
    const mac = this.value(this.ethernet?.[end]);
    return mac === undefined ? undefined : macText(mac);
  }

  private kind(): string {
    const protocol = this.value(this.protocol) ?? this.value(this.nextHeader);
    if (protocol !== undefined) return PROTOCOL_NAMES[protocol] ?? `protocol ${protocol}`;
    const etherType = this.value(this.etherType);
    return etherType === undefined ? '' : `0x${etherType.toString(16).padStart(4, '0')}`;
  }
}
