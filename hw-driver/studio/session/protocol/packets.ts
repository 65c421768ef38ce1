/** Where packets come from. */
import type { BlobOfBytes } from '../../../../traces/captures/blob-source.js';
import type { SourceOptions } from '../../../../traces/generate/traffic-sources.js';

/** What a capture, a description of traffic or a person gives. */
export type PacketOrigin =
  | {
      readonly kind: 'capture';
      readonly name: string;
      /** A file or blob with a pcap or pcapng capture, plain or packed with gzip. */
      readonly blob: BlobOfBytes;
      /** Of packets whose capture names none; 0 if left out. */
      readonly ingressPort?: number;
    }
  | { readonly kind: 'generated'; readonly traffic: GeneratedTraffic }
  /** One packet in each text: `ipv4.src=10.0.0.1 tcp.dst_port=80`, or `hex 020000…` with its bytes. */
  | { readonly kind: 'made'; readonly packets: readonly string[]; readonly ingressPort?: number };

/** Packets of a seed: equal descriptions give equal packets. */
export interface GeneratedTraffic {
  readonly packets: number;
  readonly seed: string;
  readonly content: /** Packets that the filters of programs match, each program with the same share of them. */
    | {
        readonly kind: 'matching';
        readonly programs: readonly { readonly program: string; readonly text: string }[];
        /** Of time stamps. */
        readonly packetsPerSecond: number;
      }
    /** Kinds of traffic with their parameters, mixed by time: see `bench trace generate --help`. */
    | { readonly kind: 'sources'; readonly sources: readonly SourceOptions[] };
}

export interface AddedPackets {
  /** Added now. */
  readonly added: number;
  /** All that are there. */
  readonly packets: number;
  /** Sentences on what was changed or left out of a capture. */
  readonly notes: readonly string[];
}
