/** The port of a switch in a chain that leads to the next one, in place of the recirculation port. */
import type { PacketsInFlight } from '../../blocks/packets-in-flight.js';

/** A switch that takes packets with their state from the one before. */
export interface NextSwitch {
  /**
   * @param slot of the packet in `from`, which is given back
   * @param startPs when its first bit leaves the port before
   * @param onLinePs until its last bit has left
   */
  takeOver(from: PacketsInFlight, slot: number, startPs: number, onLinePs: number): void;
}

/** What is behind the port: a switch, or nothing behind the last one of a chain. */
export type OnwardPort = NextSwitch | 'nothing';
