/** Events in the stream of packets. */

/** What is done to the switch before packet `packet`. A text may have several programs; `program` is one of them. */
export type NewEvent = { readonly packet: number } & (
  | {
      readonly kind: 'deploy' | 'replace' | 'cases';
      readonly program: string;
      readonly text: string;
      /** Most recirculations of the program; those of `p4runpro deploy` if left out. */
      readonly recirculations?: number;
      /** Of filters that match the same packets the lowest wins; by default programs rank in the order of deployment. */
      readonly filterPriority?: number;
    }
  | { readonly kind: 'revoke'; readonly program: string }
  /** Words of a memory, from a bucket on; of pairs low word first. */
  | {
      readonly kind: 'write';
      readonly program: string;
      readonly memory: string;
      readonly bucket: number;
      readonly values: readonly number[];
    }
);

export interface StudioEvent {
  /** Stays the same as long as the event is there. */
  readonly id: number;
  readonly event: NewEvent;
  readonly state:
    | { readonly kind: 'made' }
    /** The run has not come to it. */
    | { readonly kind: 'waiting' }
    /** Since what comes before it changed, the switch refuses it; packets run on without it. */
    | { readonly kind: 'refused'; readonly reason: string };
}

export interface Timeline {
  /** In the order in which they are made. */
  readonly events: readonly StudioEvent[];
  /** Packets that have run, of those that are there. */
  readonly ran: number;
  readonly packets: number;
  /** Bytes of memory that the record takes. */
  readonly bytes: number;
}

/** Packets in bins; the last bin may have fewer. */
export interface TimeBins {
  readonly from: number;
  readonly to: number;
  readonly packetsPerBin: number;
  /** By bin and verdict, see PACKET_VERDICTS of sim/history: `bin * verdicts + verdict`. */
  readonly verdicts: Uint32Array;
  /** By bin. */
  readonly recirculations: Uint32Array;
  /** By bin: arrival of its first packet, in seconds since the first packet of all. */
  readonly seconds: Float64Array;
}
