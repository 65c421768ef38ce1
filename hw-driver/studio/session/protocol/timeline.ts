/** Events in the stream of packets. */
import type { ScenarioEvent } from '../../scenario/scenario.js';

/** What is done to the switch before a packet, as a scenario keeps it. A text may have several programs; one of them is meant. */
export type NewEvent = ScenarioEvent;

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
