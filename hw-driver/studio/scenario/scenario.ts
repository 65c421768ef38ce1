/**
 * A scenario: all that a studio shows, as data. Programs and events are texts and numbers, which are compiled
 * and run again where it is opened; nothing in it is code of the page.
 */
import type { DataPlane } from '../../../compiler/index.js';
import type { PacketStore } from '../../../traces/packets/packet-store.js';

/** The version of the format: one of another version is refused. */
export const SCENARIO_SCHEMA = 'p4runpro/studio-scenario@1';

/** A text under edit. */
export interface ScenarioFile {
  readonly name: string;
  readonly text: string;
}

/** What was done to the switch before packet `packet`, numbered from 0; a program is named as in its text. */
export type ScenarioEvent = { readonly packet: number } & (
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

/** A bucket of a memory by its names. */
export interface ScenarioWord {
  readonly program: string;
  readonly memory: string;
  readonly bucket: number;
}

/** What was looked at. */
export interface ScenarioView {
  /** The packet before which the switch is shown; the number of packets for the end. */
  readonly moment: number;
  /** Names of the page, which passes over those that it does not know. */
  readonly pane?: string;
  readonly file?: string;
  /** The packet that was opened. */
  readonly packet?: number;
  readonly word?: ScenarioWord;
}

export interface Scenario {
  readonly title: string;
  readonly dataPlane: DataPlane;
  /** Of random numbers. */
  readonly seed: number;
  readonly files: readonly ScenarioFile[];
  /** In the order in which they happened. */
  readonly events: readonly ScenarioEvent[];
  readonly packets: PacketStore;
  /** Packets that have run, of those that are there. */
  readonly ran: number;
  readonly view: ScenarioView;
}
