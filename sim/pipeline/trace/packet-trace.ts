/** Everything that happened to one packet: a document whose JSON schema is docs/packet-trace.schema.json. */
import type { KeyField, Register } from '../../../compiler/index.js';

export const PACKET_TRACE_SCHEMA = 'p4runpro-sim/packet-trace@1';

/** The headers, steps and verdict of one packet. */
export interface PacketTrace {
  readonly schema: typeof PACKET_TRACE_SCHEMA;
  /** Its place in the stream, from 1. */
  readonly packet: number;
  readonly arrival: {
    /** Since the epoch, and nanoseconds within the second. */
    readonly seconds: number;
    readonly nanoseconds: number;
    readonly port: number;
    readonly capturedBytes: number;
    readonly originalBytes: number;
  };
  /** The way through the parser: headers in the order of their bytes. */
  readonly headers: readonly TracedHeader[];
  /** The filter that gave the packet its program; null if none did. */
  readonly filter: FilterHit | null;
  /** What RPBs did, in order; an RPB that has no entry for the packet does nothing. */
  readonly steps: readonly TracedStep[];
  readonly verdict: {
    readonly kind: 'forwarded' | 'reported' | 'copied' | 'dropped';
    /** Null for a packet that was dropped or copied. */
    readonly port: number | null;
    /** Why it was dropped; null for a packet that left. */
    readonly reason: 'DROP' | 'nobody forwards' | 'ends inside a header' | 'no group' | null;
    readonly recirculations: number;
    /** Header fields that differ from those on arrival, checksums included. */
    readonly changes: readonly FieldChange[];
  };
  /** What became of each copy; absent for a packet that was not copied. */
  readonly copies?: readonly TracedCopy[];
}

export interface TracedCopy {
  /** Its number, from 0, which its steps have too. */
  readonly copy: number;
  readonly replicationId: number;
  readonly kind: 'forwarded' | 'reported' | 'dropped';
  /** Null for a copy that was dropped. */
  readonly port: number | null;
  /** Header fields that differ from those of the packet on arrival, checksums included. */
  readonly changes: readonly FieldChange[];
}

export interface TracedHeader {
  readonly header: string;
  /** Offset of its first byte in the packet. */
  readonly offset: number;
  /** Values by the full name of the field, hexadecimal. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface FilterHit {
  readonly table: string;
  readonly path: string;
  readonly priority: number;
  readonly key: readonly KeyField[];
  readonly programId: number;
  /** Null if its name is not known. */
  readonly program: string | null;
}

export interface TracedStep {
  /** From 0. */
  readonly pass: number;
  readonly gress: 'ingress' | 'egress';
  /** The copy of the packet that met it; absent for the packet itself. */
  readonly copy?: number;
  /** From 1. */
  readonly rpb: number;
  readonly programId: number;
  /** The branch id of the packet before this step. */
  readonly branch: number;
  readonly entry: { readonly table: string; readonly priority: number; readonly key: readonly KeyField[] };
  readonly action: string;
  /** The statements that the entry comes from; empty where the program's text is not known. */
  readonly source: readonly SourceLine[];
  readonly parameters: Readonly<Record<string, number>>;
  readonly before: Readonly<Record<Register, number>>;
  readonly after: Readonly<Record<Register, number>>;
  /** Null for an action that accesses none. */
  readonly memory: TracedWord | null;
}

export interface TracedWord {
  /** Its place in the register array of the RPB. */
  readonly bucket: number;
  /** Of a pair: the low word. */
  readonly before: number;
  readonly after: number;
  /** Of a pair: the high word. */
  readonly high?: { readonly before: number; readonly after: number };
  /** Whether it lies in the program's memory; null where the program's memory was not declared to the switch. */
  readonly isOwn: boolean | null;
}

export interface SourceLine {
  /** From 1. */
  readonly line: number;
  /** Without the white space around it. */
  readonly text: string;
}

export interface FieldChange {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}
