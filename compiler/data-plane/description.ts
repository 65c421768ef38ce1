/**
 * The description of a data plane: plain data, which JSON can express. It is the only place of numbers and
 * names of the chip; compiler, emulator, driver and resource model all read it (through {@link DataPlane}).
 */

/** The two halves of a pipe; a packet passes ingress, traffic manager, egress. */
export type Gress = 'ingress' | 'egress';

/** The chips that data planes are for. */
export const CHIP_NAMES = ['tofino1', 'tofino2'] as const;
export type ChipName = (typeof CHIP_NAMES)[number];

/** The three 32-bit registers that a program has. */
export const REGISTERS = ['har', 'sar', 'mar'] as const;
export type Register = (typeof REGISTERS)[number];

export interface HeaderFieldDescription {
  readonly name: string;
  /** Bits; fields of a header follow one another, most significant bit first. */
  readonly width: number;
}

/** Bits of a field that have a name of their own. */
export interface HeaderPartDescription {
  /** The field of the same header that it is a part of. */
  readonly field: string;
  /** Bits from the most significant bit of that field. */
  readonly bitOffset: number;
  readonly width: number;
}

export interface HeaderDescription {
  readonly fields: readonly HeaderFieldDescription[];
  /** Parts of fields by name, which programs can use like fields; they are no further fields of the layout. */
  readonly parts?: Readonly<Record<string, HeaderPartDescription>>;
  /** For a header of variable length: the field that has its length in 4-byte words, as IPv4's IHL. */
  readonly lengthWords?: string;
  /** Conditions on a valid header; if one fails, parsing ends before it. */
  readonly valid?: readonly { readonly field: string; readonly minimum: number; readonly maximum: number }[];
}

/** The headers that the parser skips behind those of a state. */
export const skippedHeaders = ({ skip }: ParserStateDescription): readonly SkippedHeaderDescription[] =>
  skip === undefined ? [] : skip.headers;

/** The name of a word of a wide field, by its place: dst[0] has the most significant bits. */
export const wordName = (field: string, word: number): string => `${field}[${word}]`;

/** The parts of a header's fields, each with its name. */
export const partsOf = ({ parts }: HeaderDescription): readonly (readonly [string, HeaderPartDescription])[] =>
  parts === undefined ? [] : Object.entries(parts);

/**
 * A header that the parser skips, as IPv6's extension headers (RFC 8200). Its first byte says what follows, as the field
 * in front of it does.
 */
export interface SkippedHeaderDescription {
  /** By which value of the field in front of it it is known. */
  readonly value: number;
  /** Its least number of bytes. */
  readonly bytes: number;
  /** How many bytes more each unit of its second byte stands for; 0 for a header of fixed length. */
  readonly unitBytes: number;
  /** Parsing continues behind it only if these bits of it, from its first, have this value. */
  readonly only?: { readonly bitOffset: number; readonly width: number; readonly value: number };
}

/** One state of the parser: extract headers, then select the next state by the value of a field. */
export interface ParserStateDescription {
  /** Headers that are extracted together: if one is incomplete, parsing ends before the first. */
  readonly extract: readonly string[];
  /** Parsing continues only if this field has this value (ports follow only a fragment offset of 0). */
  readonly only?: { readonly field: string; readonly value: number };
  /**
   * Headers that may stand in front of those of the next state, in any order: the value that selects the next state is
   * that behind the last of them. Behind more than `most` of them parsing ends.
   */
  readonly skip?: { readonly most: number; readonly headers: readonly SkippedHeaderDescription[] };
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

/** Another name of a field; `protocol` is the value of hdr.ipv4.protocol that the name implies. */
export interface AliasDescription {
  readonly field: string;
  readonly protocol?: number;
}

/** One ternary table of the init block, for packets that have its header. */
export interface FilterTableDescription {
  readonly name: string;
  /** The parsing path it serves, for messages: L2, L3, L4, tunnel. */
  readonly path: string;
  /** The header that a packet must have to be looked up here. */
  readonly requires: string;
  readonly keys: readonly string[];
  readonly entries: number;
  /** The reason why packets never reach this table on this data plane; absent where they do. */
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
  /** Buckets of the register array. */
  readonly buckets: number;
  /** Words of 32 bits in a bucket: 2 for an array of pairs; 1 if absent. */
  readonly words?: 1 | 2;
  readonly hash: CrcDescription;
  /** Action names as the driver sends them, without the control's prefix. */
  readonly actions: readonly string[];
}

/** A data plane as plain data, which can be written as JSON. */
export interface DataPlaneDescription {
  readonly schema: 'p4runpro-sim/data-plane@1';
  readonly name: string;
  readonly summary: string;
  /** The chip whose resources it is compared with, and for whose architecture its P4 source is; by default Tofino 1. */
  readonly chip?: ChipName;
  readonly ports: {
    /** Bits of a port number. */
    readonly width: number;
    readonly recirculation: number;
    readonly cpu: number;
    /**
     * The discard port, through whose queue and egress unforwarded packets go, where {@link DataPlaneDescription.init}
     * sends them there; by default the recirculation port, which is always up.
     */
    readonly discard?: number;
    readonly bitsPerSecond: number;
    readonly recirculationBitsPerSecond: number;
  };
  readonly trafficManager: {
    /** Buffer that the packets in all queues share. */
    readonly bufferBytes: number;
    /** Size of a buffer cell; a packet takes whole cells. */
    readonly cellBytes: number;
    readonly source: string;
  };
  /** The replication engine, which copies packets to the ports of groups; absent where there is none. */
  readonly replication?: {
    /** Groups are numbered from 1 to this; 0 is none. */
    readonly groups: number;
    /** Nodes of all groups: each has a replication id and ports. */
    readonly nodes: number;
    /** Maximum number of copies of one packet: ports of all nodes of a group. */
    readonly copies: number;
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
    /** Whether the init block runs on every pass, as in the prototype, or on the first only. */
    readonly onEveryPass: boolean;
    /**
     * Where unforwarded packets end: `egress`, after the egress of the discard port, so that all steps of
     * their program run; `ingress`, after the ingress, as in the prototype. By default `ingress`.
     */
    readonly unforwarded?: Gress;
  };
  readonly state: {
    readonly programIdBits: number;
    readonly branchIdBits: number;
    readonly recirculationIdBits: number;
    readonly addressBits: number;
    /** Whether entries match the branch id with a mask or in full. */
    readonly branchMatch: 'exact' | 'ternary';
    /** Whether the recirculation id follows the ports in the carried state, rather than the SALU flag. */
    readonly recirculationIdLast: boolean;
  };
  /** By RPB number, from 1; ingress RPBs come first. */
  readonly rpbs: Readonly<Record<string, RpbDescription>>;
  readonly recirculation: { readonly stage: number; readonly entries: number };
  /** Whether the deparser updates IPv4, TCP and UDP checksums where headers changed. */
  readonly updatesChecksums: boolean;
  /**
   * Whether parser and deparser behave as those of the generated P4 source on a Tofino: a packet that ends inside a
   * header is dropped, and the IPv4 checksum is updated incrementally, so that a wrong one stays wrong.
   * Otherwise such a packet takes the shorter parsing path, and a changed IPv4 header gets a new checksum.
   */
  readonly followsChip: boolean;
  readonly timing: {
    readonly clockHz: number;
    /** Cycles of a match-action stage that depends on the match of the stage before it. */
    readonly stageCycles: number;
    readonly tcamCycles: number;
    readonly statefulAluCycles: number;
    /** Once per gress. */
    readonly cornerTurnCycles: number;
    /** The source of the constants. */
    readonly source: string;
    /**
     * Latencies outside the match-action stages, equal for all packets; parser and deparser once per gress, MAC once
     * per port.
     */
    readonly fixedNanoseconds: {
      readonly mac: number;
      readonly parser: number;
      readonly deparser: number;
      readonly trafficManager: number;
    };
    readonly fixedSource: string;
  };
}
