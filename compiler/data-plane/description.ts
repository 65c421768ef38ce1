/**
 * The description of a data plane: plain data that can be written as JSON. It is the only place where numbers and
 * names of the chip stand; compiler, emulator, driver and resource model all read it (through {@link DataPlane}).
 */

/** The two halves of a pipe; a packet passes ingress, traffic manager, egress. */
export type Gress = 'ingress' | 'egress';

/** The three 32-bit registers that a program has. */
export const REGISTERS = ['har', 'sar', 'mar'] as const;
export type Register = (typeof REGISTERS)[number];

export interface HeaderFieldDescription {
  readonly name: string;
  /** Bits; fields of a header follow one another, most significant bit first. */
  readonly width: number;
}

export interface HeaderDescription {
  readonly fields: readonly HeaderFieldDescription[];
  /** Where the header's length is not the sum of its fields: this many 4-byte words, as IPv4's IHL. */
  readonly lengthWords?: string;
  /** Conditions without which the bytes are not this header; parsing then ends before it. */
  readonly valid?: readonly { readonly field: string; readonly minimum: number; readonly maximum: number }[];
}

/** One state of the parser: take headers, then go on by the value of a field. */
export interface ParserStateDescription {
  /** Headers taken together: all of them, or parsing ends before the first. */
  readonly extract: readonly string[];
  /** Go on only if this field has this value (a fragment's offset must be 0 for ports to follow). */
  readonly only?: { readonly field: string; readonly value: number };
  readonly select?: {
    readonly field: string;
    readonly next: readonly { readonly value: number; readonly state: string }[];
  };
}

export interface IntrinsicDescription {
  readonly name: string;
  readonly width: number;
  readonly gress: Gress;
}

/** Another spelling of a field; `protocol` is what the spelling says about hdr.ipv4.protocol. */
export interface AliasDescription {
  readonly field: string;
  readonly protocol?: number;
}

/** One ternary table of the initialisation block, for the packets that have its header. */
export interface FilterTableDescription {
  readonly name: string;
  /** The parsing path it serves, for messages: L2, L3, L4, tunnel. */
  readonly path: string;
  /** The header that a packet must have to be looked up here. */
  readonly requires: string;
  readonly keys: readonly string[];
  readonly entries: number;
  /** Why packets never reach this table on this data plane; absent where they do. */
  readonly unreachable?: string;
}

export interface CrcDescription {
  readonly name: string;
  readonly polynomial: number;
  readonly reflected: boolean;
  readonly initial: number;
  readonly xorOut: number;
}

export interface RpbDescription {
  readonly gress: Gress;
  /** Match-action stage of that gress, from 0. */
  readonly stage: number;
  /** Ternary entries of tb_operation. */
  readonly entries: number;
  /** 32-bit words of the register array. */
  readonly buckets: number;
  readonly hash: CrcDescription;
  /** Action names as the driver sends them, without the control's prefix. */
  readonly actions: readonly string[];
}

export interface DataPlaneDescription {
  readonly schema: 'p4runpro-sim/data-plane@1';
  readonly name: string;
  readonly summary: string;
  readonly ports: {
    /** Bits of a port number. */
    readonly width: number;
    readonly recirculation: number;
    readonly cpu: number;
    /**
     * Through whose queue and egress packets go that nobody forwards, where {@link DataPlaneDescription.init} sends them
     * there; left out: the recirculation port, which is always up.
     */
    readonly discard?: number;
    readonly bitsPerSecond: number;
    readonly recirculationBitsPerSecond: number;
  };
  readonly trafficManager: {
    /** Packets in all queues share this. */
    readonly bufferBytes: number;
    /** A packet takes whole cells. */
    readonly cellBytes: number;
    readonly source: string;
  };
  readonly headers: Readonly<Record<string, HeaderDescription>>;
  readonly parser: { readonly start: string; readonly states: Readonly<Record<string, ParserStateDescription>> };
  readonly intrinsics: readonly IntrinsicDescription[];
  readonly aliases: Readonly<Record<string, AliasDescription>>;
  readonly init: {
    readonly stage: number;
    readonly forwardEntries: number;
    /** In order of look-up: a packet takes the first table that matches. */
    readonly filters: readonly FilterTableDescription[];
    /** The prototype runs its init block again on every pass. */
    readonly onEveryPass: boolean;
    /**
     * Where packets end that nobody forwards: `egress`, through the egress of the discard port, so that all steps of
     * their program run; `ingress`, behind the ingress, as in the prototype. Left out: `ingress`.
     */
    readonly unforwarded?: Gress;
  };
  readonly state: {
    readonly programIdBits: number;
    readonly branchIdBits: number;
    readonly recirculationIdBits: number;
    readonly addressBits: number;
    /** Whether a table entry may leave bits of the branch id open. */
    readonly branchMatch: 'exact' | 'ternary';
    /** Whether the recirculation id lies behind the ports in the carried state, and not beside the SALU flag. */
    readonly recirculationIdLast: boolean;
  };
  /** By RPB number, from 1; ingress RPBs come first. */
  readonly rpbs: Readonly<Record<string, RpbDescription>>;
  readonly recirculation: { readonly stage: number; readonly entries: number };
  /** Whether the deparser puts IPv4, TCP and UDP checksums right where headers changed. */
  readonly updatesChecksums: boolean;
  /**
   * Whether parser and deparser do what those of the generated P4 source do on a Tofino: a packet that ends inside a
   * header is dropped, and the IPv4 checksum is adjusted by what changed, so that one that came wrong stays wrong.
   * Otherwise such a packet runs as the shorter path, and an IPv4 header that changed gets a new checksum.
   */
  readonly followsChip: boolean;
  readonly timing: {
    readonly clockHz: number;
    /** Cycles of a match-action stage that waits for the match of the stage before it. */
    readonly stageCycles: number;
    readonly tcamCycles: number;
    readonly statefulAluCycles: number;
    /** Once per gress. */
    readonly cornerTurnCycles: number;
    /** Where the constants come from. */
    readonly source: string;
    /** Around the match-action stages, equal for all packets; parser and deparser once per gress, MAC once per port. */
    readonly fixedNanoseconds: {
      readonly mac: number;
      readonly parser: number;
      readonly deparser: number;
      readonly trafficManager: number;
    };
    readonly fixedSource: string;
  };
}
