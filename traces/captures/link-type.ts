/**
 * Link types of captures, by their numbers at https://www.tcpdump.org/linktypes.html: those that can be read, as Ethernet
 * or with an Ethernet header put in front, and names of others for messages.
 */

/** The link type of Ethernet frames, LINKTYPE_ETHERNET. */
export const LINK_TYPE_ETHERNET = 1;

export const ETHERNET_HEADER_BYTES = 14;
const ADDRESS_BYTES = 6;
const ETHER_TYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const;
/** Below this value, the field is a length (IEEE 802.3). */
const LEAST_ETHER_TYPE = 0x0600;
const MAX_LENGTH = 1500;
/** Ether type of protocols without an ether type: reserved (RFC 1701), so that no parser follows it. */
export const UNKNOWN_ETHER_TYPE = 0xffff;

/** Two Ethernet addresses, six bytes each. */
export interface LinkAddresses {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
}

/** Addresses of packets without any: locally administered, 02:00:00:00:00:01 and 02:00:00:00:00:02. */
export const DEFAULT_LINK_ADDRESSES: LinkAddresses = {
  source: Uint8Array.of(2, 0, 0, 0, 0, 1),
  destination: Uint8Array.of(2, 0, 0, 0, 0, 2),
};

/** A packet of another link where it lies. */
export interface LinkedPacket {
  readonly view: DataView;
  /** Index of its first byte in `view`. */
  readonly start: number;
  readonly capturedLength: number;
}

/** Conversion of a packet of another link to a frame: an Ethernet header replaces its link header. */
export interface OtherLink {
  /** Bytes of the link's own header. */
  readonly headerBytes: number;
  /**
   * The ether type, or length, of the packet at `at`, of which `captured` bytes are there, headers included.
   * {@link UNKNOWN_ETHER_TYPE} where the packet does not say, or says a protocol that Ethernet has no number for.
   */
  readonly etherType: (view: DataView, at: number, captured: number, payloadBytes: number) => number;
  /** Where the header has the sender's address, from its start; −1 if it has no Ethernet address. Assumes it is whole. */
  readonly senderAt: (view: DataView, at: number) => number;
}

const none = (): number => -1;

/** The packet starts with its IP header, which says its version. */
const RAW_IP: OtherLink = {
  headerBytes: 0,
  etherType: (view, at, captured) => {
    const version = captured < 1 ? 0 : view.getUint8(at) >>> 4;
    if (version === 4) return ETHER_TYPE.ipv4;
    return version === 6 ? ETHER_TYPE.ipv6 : UNKNOWN_ETHER_TYPE;
  },
  senderAt: none,
};
const RAW_IPV4: OtherLink = { headerBytes: 0, etherType: () => ETHER_TYPE.ipv4, senderAt: none };
const RAW_IPV6: OtherLink = { headerBytes: 0, etherType: () => ETHER_TYPE.ipv6, senderAt: none };

/** Places of a cooked header's fields, in bytes from its start; all are big-endian. */
interface CookedLayout {
  readonly headerBytes: number;
  readonly protocol: number;
  /** The kind of the interface, a number of Linux's `ARPHRD_` constants. */
  readonly device: number;
  readonly addressLength: (view: DataView, at: number) => number;
  readonly address: number;
}

/** Devices whose protocol field is not an ether type: frame relay, IEEE 802.11 three times, netlink. */
const DEVICES_WITHOUT_ETHER_TYPE: ReadonlySet<number> = new Set([770, 801, 802, 803, 824]);
/** Protocols that Ethernet says by a length: Novell's raw IEEE 802.3, IEEE 802.2. */
const PROTOCOLS_WITH_LENGTH: ReadonlySet<number> = new Set([1, 4]);

function cooked(layout: CookedLayout): OtherLink {
  return {
    headerBytes: layout.headerBytes,
    etherType: (view, at, captured, payloadBytes) => {
      if (captured < layout.headerBytes) return UNKNOWN_ETHER_TYPE;
      if (DEVICES_WITHOUT_ETHER_TYPE.has(view.getUint16(at + layout.device))) return UNKNOWN_ETHER_TYPE;
      const protocol = view.getUint16(at + layout.protocol);
      if (protocol >= LEAST_ETHER_TYPE) return protocol;
      return PROTOCOLS_WITH_LENGTH.has(protocol) && payloadBytes <= MAX_LENGTH ? payloadBytes : UNKNOWN_ETHER_TYPE;
    },
    senderAt: (view, at) => (layout.addressLength(view, at) === ADDRESS_BYTES ? layout.address : -1),
  };
}

/** https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html */
const COOKED = cooked({
  headerBytes: 16,
  protocol: 14,
  device: 2,
  addressLength: (view, at) => view.getUint16(at + 4),
  address: 6,
});
/** https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html */
const COOKED_2 = cooked({
  headerBytes: 20,
  protocol: 0,
  device: 8,
  addressLength: (view, at) => view.getUint8(at + 11),
  address: 12,
});

/**
 * 12 and 14 are raw IP where captures keep the system's own numbers: most systems' DLT_RAW, and OpenBSD's. Elsewhere 12
 * is OpenBSD's loopback and 14 PPP of BSD/OS, whose first byte is no IP version: their packets get no protocol.
 */
const OTHER_LINKS: ReadonlyMap<number, OtherLink> = new Map([
  [12, RAW_IP],
  [14, RAW_IP],
  [101, RAW_IP],
  [113, COOKED],
  [228, RAW_IPV4],
  [229, RAW_IPV6],
  [276, COOKED_2],
]);

/** Names of common link types. */
const LINK_TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'BSD loopback'],
  [1, 'Ethernet'],
  [6, 'Token Ring'],
  [9, 'PPP'],
  [10, 'FDDI'],
  [12, 'raw IP'],
  [14, 'raw IP'],
  [101, 'raw IP'],
  [105, 'IEEE 802.11'],
  [108, 'OpenBSD loopback'],
  [113, 'Linux cooked capture'],
  [127, 'IEEE 802.11 with radiotap'],
  [192, 'per-packet information'],
  [195, 'IEEE 802.15.4'],
  [201, 'Bluetooth HCI'],
  [220, 'Linux USB'],
  [228, 'raw IPv4'],
  [229, 'raw IPv6'],
  [249, 'USBPcap'],
  [276, 'Linux cooked capture v2'],
]);

/** Name of a link type, for messages. */
export const linkTypeName = (linkType: number): string => LINK_TYPE_NAMES.get(linkType) ?? 'an unknown type';

export type LinkKind = 'ethernet' | 'unsupported' | OtherLink;

/** How packets of the link type are read. */
export function linkKind(linkType: number): LinkKind {
  if (linkType === LINK_TYPE_ETHERNET) return 'ethernet';
  return OTHER_LINKS.get(linkType) ?? 'unsupported';
}

/**
 * Writes the Ethernet header of a packet to `target[offset ..]`. The sender's address of the link's own header, where it
 * has one, is the source unless `asked` says the addresses.
 */
export function writeEthernetHeader(
  link: OtherLink,
  { view, start, capturedLength }: LinkedPacket,
  etherType: number,
  asked: LinkAddresses | undefined,
  target: Uint8Array,
  offset: number,
): void {
  const { source, destination } = asked ?? DEFAULT_LINK_ADDRESSES;
  const senderAt = asked === undefined && capturedLength >= link.headerBytes ? link.senderAt(view, start) : -1;
  for (let i = 0; i < ADDRESS_BYTES; i++) {
    target[offset + i] = destination[i] as number;
    target[offset + ADDRESS_BYTES + i] = senderAt < 0 ? (source[i] as number) : view.getUint8(start + senderAt + i);
  }
  target[offset + 12] = etherType >>> 8;
  target[offset + 13] = etherType & 0xff;
}
