/** Addresses that share the bits of `base` outside `hostMask`; each flow has its own bits under the mask. */
export interface AddressPattern {
  /** 32 bits, unsigned. Bits under the mask are replaced. */
  readonly base: number;
  /** 32 bits, unsigned; 0 for one address. */
  readonly hostMask: number;
}

/** Ports of a transport header. A port that is left out is chosen per flow, out of 49151–65535. */
export interface TransportPorts {
  readonly sourcePort?: number;
  readonly destinationPort?: number;
}

/** An IPv4 header; version, lengths and checksum follow from the rest. Never a fragment. */
export interface Ipv4Template {
  readonly source: AddressPattern;
  readonly destination: AddressPattern;
  /** 17 with `udp`, 6 with `tcp`. */
  readonly protocol: number;
  /** Default 64. */
  readonly ttl?: number;
  /** 2 bits, default 0. */
  readonly ecn?: number;
  /** 6 bits, default 0. */
  readonly dscp?: number;
  /** Up to ten 32-bit words of options. */
  readonly options?: readonly number[];
}

/** A TCP header without options. */
export interface TcpTemplate extends TransportPorts {
  /** 8 bits: CWR ECE URG ACK PSH RST SYN FIN. */
  readonly flags: number;
  /** 32 bits, default 0. */
  readonly sequence?: number;
  /** 32 bits, default 0. */
  readonly acknowledgement?: number;
  /** 16 bits, default 65535. */
  readonly window?: number;
}

/**
 * What packets of one kind look like. Headers follow each other in the order of the fields; the rest of the frame is
 * payload, a fixed pattern, and belongs to the innermost header's length.
 */
export interface PacketTemplate {
  /** How often the variant is chosen, relative to the others of its target; above 0. Default 1. */
  readonly weight?: number;
  /** The switch port it arrives at, 16 bits. */
  readonly ingressPort: number;
  readonly ethernet: {
    /** 48 bits. */
    readonly destination: number;
    /** 48 bits. */
    readonly source: number;
    /** What follows Ethernet and VLAN tag; needed only if that is neither tunnel nor IPv4. */
    readonly etherType?: number;
  };
  /** An IEEE 802.1Q tag. */
  readonly vlan?: {
    /** 12 bits. */
    readonly id: number;
    /** 3 bits, default 0. */
    readonly priority?: number;
  };
  /** Ether type 0x1111 and a 16-bit id. An IPv4 packet may follow. */
  readonly tunnel?: {
    /** 16 bits. */
    readonly destinationId: number;
  };
  readonly ipv4?: Ipv4Template;
  readonly udp?: TransportPorts;
  readonly tcp?: TcpTemplate;
  /**
   * 32-bit words, big-endian, right after the UDP header; or behind the ether type that says what they are, such as an
   * IPv6 packet with its lengths and checksums.
   */
  readonly applicationWords?: readonly number[];
  /** Distinct 5-tuples, each equally likely; at most 2 to the power of free address and port bits, or 2³². */
  readonly flows: number;
  /**
   * Frame length in bytes without frame check sequence, drawn uniformly, both ends included. Below 60 bytes, or below
   * the length of the headers, a frame is lengthened to that.
   */
  readonly frameBytes: { readonly minimum: number; readonly maximum: number };
}

/** One aim of traffic, say one program's. Each packet picks a target uniformly, then one of its variants by weight. */
export interface TrafficTarget {
  readonly variants: readonly PacketTemplate[];
}
