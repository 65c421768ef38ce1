/**
 * The ports of an emulated switch, as its port manager keeps them. Until a controller adds the first one, all ports of the
 * data plane are up, so that a switch can be used without one; from then on, only those that were added and enabled are.
 * The recirculation port and the CPU's are part of the switch and always up.
 */
import type { DataPlane } from '../../../compiler/index.js';
import { TargetError } from '../../../sim/index.js';
import { PortCounters } from './port-counters.js';

/** Settings of a port, by the names of $PORT. */
export type PortSettings = ReadonlyMap<string, string | number | boolean>;

/** A connector of the front panel has this many lanes, each a port; the emulated panel counts through all ports. */
const LANES = 4;

export class FrontPorts {
  /** How many port numbers there are. */
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

  /** Undefined for a port that was not added. */
  settings(port: number): PortSettings | undefined {
    return this.added.get(port);
  }

  /** Its counters are 0. @returns what takes it back @throws {TargetError} already-exists */
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

  /** @returns what takes it back @throws {TargetError} not-found */
  change(port: number, changes: PortSettings): () => void {
    const before = this.requireAdded(port);
    this.added.set(port, new Map([...before, ...changes]));
    return () => void this.added.set(port, before);
  }

  /** @returns what takes it back @throws {TargetError} not-found */
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

  /** Those that were added, in order. */
  all(): number[] {
    return [...this.added.keys()].sort((a, b) => a - b);
  }

  /** Those that were added or, before one was, those that frames came or went by; in order. */
  inUse(): number[] {
    return this.managed ? this.all() : [...this.counters.keys()].sort((a, b) => a - b);
  }

  /** As if no controller had ever been there. */
  reset(): void {
    this.added.clear();
    this.counters.clear();
    this.managed = false;
  }

  isInternal(port: number): boolean {
    return this.internal.has(port);
  }

  /** Whether there is such a port now. */
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

  /** Connector from 1 and lane from 0. */
  placeOf(port: number): { readonly connector: number; readonly lane: number } {
    return { connector: 1 + Math.floor(port / LANES), lane: port % LANES };
  }

  nameOf(port: number): string {
    const { connector, lane } = this.placeOf(port);
    return `${connector}/${lane}`;
  }

  /** Undefined where the panel has no such place. */
  portAt(connector: number, lane: number): number | undefined {
    const port = (connector - 1) * LANES + lane;
    return connector >= 1 && lane < LANES && port < this.count ? port : undefined;
  }

  /** Counts a frame that comes to a port from outside. @returns why the port does not take it */
  receive(port: number, frame: Uint8Array): string | undefined {
    if (!this.has(port)) return `there is no port ${port}`;
    if (!this.isUp(port)) return `port ${port} is disabled`;
    if (this.loopback(port) === 'near') return `port ${port} is looped back and hears only itself`;
    if (this.direction(port) === 'PM_PORT_DIR_TX_ONLY') return `port ${port} only sends`;
    return this.take(port, frame);
  }

  /** Counts a frame that comes in by a port, from outside or looped back. @returns why the port does not take it */
  take(port: number, frame: Uint8Array): string | undefined {
    const counters = this.countersOf(port);
    if (frame.length > this.mtu(port, '$RX_MTU')) {
      counters.receivedOversized(frame);
      return `port ${port} takes no frame of ${frame.length} octets`;
    }
    counters.received(frame);
    return undefined;
  }

  /** Counts a frame that leaves by a port. @returns why the port does not send it */
  send(port: number, frame: Uint8Array): string | undefined {
    if (!this.has(port)) return `there is no port ${port}`;
    if (!this.isUp(port)) return `port ${port} is disabled`;
    if (this.loopback(port) === 'far') return `port ${port} is looped back and sends only what it receives`;
    if (this.direction(port) === 'PM_PORT_DIR_RX_ONLY') return `port ${port} only receives`;
    return this.give(port, frame);
  }

  /** Counts a frame that goes out by a port, from the switch or looped back. @returns why the port does not send it */
  give(port: number, frame: Uint8Array): string | undefined {
    const counters = this.countersOf(port);
    if (frame.length > this.mtu(port, '$TX_MTU')) {
      counters.sentOversized();
      return `port ${port} sends no frame of ${frame.length} octets`;
    }
    counters.sent(frame);
    return undefined;
  }

  /** Near: what the switch sends by the port comes back in by it. Far: what comes from outside goes back out. */
  loopback(port: number): 'near' | 'far' | 'none' {
    const mode = String(this.added.get(port)?.get('$LOOPBACK_MODE') ?? '');
    if (mode.endsWith('_NEAR')) return 'near';
    return mode.endsWith('_FAR') ? 'far' : 'none';
  }

  private direction(port: number): string {
    return String(this.added.get(port)?.get('$PORT_DIR') ?? 'PM_PORT_DIR_DEFAULT');
  }

  /** In octets; ports that nobody has added take what comes. */
  private mtu(port: number, name: '$RX_MTU' | '$TX_MTU'): number {
    const octets = this.added.get(port)?.get(name);
    return typeof octets === 'number' ? octets : Number.POSITIVE_INFINITY;
  }
}
