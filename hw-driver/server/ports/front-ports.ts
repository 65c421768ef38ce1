/**
 * The port manager of an emulated switch. Until a controller adds the first port, all ports of the
 * data plane are up, so that a switch can be used without a controller; from then on, only added and enabled ports are.
 * The recirculation port and the CPU's are part of the switch and always up.
 */
import type { DataPlane } from '../../../compiler/index.js';
import { TargetError } from '../../../sim/index.js';
import { PortCounters } from './port-counters.js';

/** Settings of a port, by the field names of $PORT. */
export type PortSettings = ReadonlyMap<string, string | number | boolean>;

/** Lanes of a connector of the front panel, each a port; the emulated panel numbers all ports consecutively. */
const LANES = 4;

export class FrontPorts {
  /** Number of ports. */
  readonly count: number;
  private readonly internal: ReadonlySet<number>;
  private readonly added = new Map<number, PortSettings>();
  private readonly counters = new Map<number, PortCounters>();
  /** Whether a controller has added a port. */
  private managed = false;

  constructor({ description: { ports } }: DataPlane) {
    this.count = 2 ** ports.width;
    this.internal = new Set([ports.recirculation, ports.cpu]);
  }

  /** The settings of a port; undefined if it was not added. */
  settings(port: number): PortSettings | undefined {
    return this.added.get(port);
  }

  /** Adds a port with counters of 0. @returns a function that undoes it @throws {TargetError} already-exists */
  add(port: number, settings: PortSettings): () => void {
    if (this.added.has(port)) throw new TargetError('already-exists', `port ${port} was added already`);
    const { managed } = this;
    const counters = this.counters.get(port);
    this.added.set(port, settings);
    this.counters.delete(port);
    this.managed = true;
    return () => {
      this.added.delete(port);
      this.putBack(port, counters);
      this.managed = managed;
    };
  }

  /** @returns a function that undoes it @throws {TargetError} not-found */
  change(port: number, changes: PortSettings): () => void {
    const before = this.requireAdded(port);
    this.added.set(port, new Map([...before, ...changes]));
    return () => void this.added.set(port, before);
  }

  /** @returns a function that undoes it @throws {TargetError} not-found */
  remove(port: number): () => void {
    const before = this.requireAdded(port);
    const counters = this.counters.get(port);
    this.added.delete(port);
    this.counters.delete(port);
    return () => {
      this.added.set(port, before);
      this.putBack(port, counters);
    };
  }

  private requireAdded(port: number): PortSettings {
    const settings = this.added.get(port);
    if (settings === undefined) throw new TargetError('not-found', `port ${port} was not added`);
    return settings;
  }

  private putBack(port: number, counters: PortCounters | undefined): void {
    if (counters === undefined) this.counters.delete(port);
    else this.counters.set(port, counters);
  }

  /** All added ports, in order. */
  all(): number[] {
    return [...this.added.keys()].sort((a, b) => a - b);
  }

  /** All added ports or, before one was added, those with frames; in order. */
  inUse(): number[] {
    return this.managed ? this.all() : [...this.counters.keys()].sort((a, b) => a - b);
  }

  /** Resets all ports to the state without a controller. */
  reset(): void {
    this.added.clear();
    this.counters.clear();
    this.managed = false;
  }

  isInternal(port: number): boolean {
    return this.internal.has(port);
  }

  /** Whether the port exists now. */
  has(port: number): boolean {
    return port < this.count && (!this.managed || this.added.has(port) || this.isInternal(port));
  }

  isUp(port: number): boolean {
    if (!this.has(port)) return false;
    return !this.managed || this.isInternal(port) || this.added.get(port)?.get('$PORT_ENABLE') === true;
  }

  countersOf(port: number): PortCounters {
    const counters = this.counters.get(port) ?? new PortCounters();
    this.counters.set(port, counters);
    return counters;
  }

  /** The position of a port: connector from 1 and lane from 0. */
  placeOf(port: number): { readonly connector: number; readonly lane: number } {
    return { connector: 1 + Math.floor(port / LANES), lane: port % LANES };
  }

  nameOf(port: number): string {
    const { connector, lane } = this.placeOf(port);
    return `${connector}/${lane}`;
  }

  /** The port at a position; undefined if the panel does not have it. */
  portAt(connector: number, lane: number): number | undefined {
    const port = (connector - 1) * LANES + lane;
    return connector >= 1 && lane < LANES && port < this.count ? port : undefined;
  }

  /** Receives a frame at a port from outside, and counts it. @returns why the port refuses it */
  receive(port: number, frame: Uint8Array): string | undefined {
    if (!this.has(port)) return `there is no port ${port}`;
    if (!this.isUp(port)) return `port ${port} is disabled`;
    if (this.loopback(port) === 'near') return `port ${port} is looped back and receives only what the switch sends`;
    if (this.direction(port) === 'PM_PORT_DIR_TX_ONLY') return `port ${port} only sends`;
    return this.take(port, frame);
  }

  /** Counts a frame that enters by a port, from outside or looped back. @returns why the port refuses it */
  take(port: number, frame: Uint8Array): string | undefined {
    const counters = this.countersOf(port);
    if (frame.length > this.mtu(port, '$RX_MTU')) {
      counters.receivedOversized(frame);
      return `port ${port} takes no frame of ${frame.length} octets`;
    }
    counters.received(frame);
    return undefined;
  }

  /** Sends a frame of the switch by a port, and counts it. @returns why the port does not send it */
  send(port: number, frame: Uint8Array): string | undefined {
    if (!this.has(port)) return `there is no port ${port}`;
    if (!this.isUp(port)) return `port ${port} is disabled`;
    if (this.loopback(port) === 'far') return `port ${port} is looped back and sends only what it receives`;
    if (this.direction(port) === 'PM_PORT_DIR_RX_ONLY') return `port ${port} only receives`;
    return this.give(port, frame);
  }

  /** Counts a frame that leaves by a port, from the switch or looped back. @returns why the port does not send it */
  give(port: number, frame: Uint8Array): string | undefined {
    const counters = this.countersOf(port);
    if (frame.length > this.mtu(port, '$TX_MTU')) {
      counters.sentOversized();
      return `port ${port} sends no frame of ${frame.length} octets`;
    }
    counters.sent(frame);
    return undefined;
  }

  /** Near: frames that the switch sends re-enter by the port. Far: frames from outside are sent back. */
  loopback(port: number): 'near' | 'far' | 'none' {
    const mode = String(this.added.get(port)?.get('$LOOPBACK_MODE') ?? '');
    if (mode.endsWith('_NEAR')) return 'near';
    return mode.endsWith('_FAR') ? 'far' : 'none';
  }

  private direction(port: number): string {
    return String(this.added.get(port)?.get('$PORT_DIR') ?? 'PM_PORT_DIR_DEFAULT');
  }

  /** Maximum frame length in octets; unlimited for a port that was not added. */
  private mtu(port: number, name: '$RX_MTU' | '$TX_MTU'): number {
    const octets = this.added.get(port)?.get(name);
    return typeof octets === 'number' ? octets : Number.POSITIVE_INFINITY;
  }
}
