/**
 * The traffic manager: one queue for each egress port, in a buffer that all share. A packet takes whole cells from the
 * time it is queued until its port takes it; one that does not fit is lost at the tail.
 */
import { Line } from './line.js';
import type { PacketsInFlight } from './packets-in-flight.js';

export interface QueueLimits {
  readonly cellBytes: number;
  /** Cells of the buffer that all queues share, and the maximum that one queue takes of it. */
  readonly bufferCells: number;
  readonly queueCells: number;
}

/** What has happened at a port and in its queue. */
export interface PortCounters {
  /** Received: packets, bytes as captures count them. Recirculated packets are received by the recirculation port. */
  packetsIn: number;
  bytesIn: number;
  /** Lost before the pipe: the line or the pipe was busy for too long. */
  lostInput: number;
  queued: number;
  /** Lost at the tail of the queue: the queue, or the buffer that all share, was full. */
  lostQueue: number;
  lostBuffer: number;
  mostCells: number;
  /** Sent by the port, recirculated packets included. */
  packetsOut: number;
  bytesOut: number;
}

const emptyPortCounters = (): PortCounters => ({
  packetsIn: 0,
  bytesIn: 0,
  lostInput: 0,
  queued: 0,
  lostQueue: 0,
  lostBuffer: 0,
  mostCells: 0,
  packetsOut: 0,
  bytesOut: 0,
});

const NOTHING = -1;

/** An egress port with its queue; packets in it are linked by {@link PacketsInFlight.next}. */
export class PortQueue {
  first = NOTHING;
  private last = NOTHING;
  cells = 0;
  /** Maximum cells in the queue since the last call of {@link takeMostCells}. */
  private mostCells = 0;
  /** When the port can take the next packet out of the queue, and when its line is free. */
  free = 0;
  lineFree = 0;
  /** Whether an event will take the first packet out. */
  scheduled = false;
  readonly counters = emptyPortCounters();

  /** @param maxCells maximum of the queue */
  constructor(
    readonly port: number,
    readonly line: Line,
    readonly maxCells: number,
  ) {}

  get isEmpty(): boolean {
    return this.first === NOTHING;
  }

  append(slot: number, packets: PacketsInFlight, cells: number): void {
    packets.next[slot] = NOTHING;
    if (this.first === NOTHING) this.first = slot;
    else packets.next[this.last] = slot;
    this.last = slot;
    this.cells += cells;
    this.note(this.cells);
  }

  /** A packet goes through the queue, which is empty. */
  pass(cells: number): void {
    this.note(cells);
  }

  /** A packet has come. @param cells in the queue, with those of the packet */
  private note(cells: number): void {
    this.counters.queued++;
    if (cells <= this.mostCells) return;
    this.mostCells = cells;
    if (cells > this.counters.mostCells) this.counters.mostCells = cells;
  }

  /** Takes the first packet out; there must be one. */
  shift(packets: PacketsInFlight, cells: number): number {
    const slot = this.first;
    this.first = packets.next[slot] as number;
    this.cells -= cells;
    return slot;
  }

  /** Maximum cells that were queued at once since the last call. */
  takeMostCells(): number {
    const most = this.mostCells;
    this.mostCells = this.cells;
    return most;
  }
}

export type TailDrop = 'queue' | 'buffer';

export class TrafficManager {
  private readonly queues: (PortQueue | undefined)[];
  private inOrder: readonly PortQueue[] = [];
  cells = 0;
  mostCells = 0;
  private mostSince = 0;

  /** @param lineOf the line of a port @param cellsOf maximum of the queue of a port */
  constructor(
    ports: number,
    private readonly limits: QueueLimits,
    private readonly lineOf: (port: number) => Line,
    private readonly cellsOf: (port: number) => number = () => limits.queueCells,
  ) {
    this.queues = new Array<PortQueue | undefined>(ports).fill(undefined);
  }

  port(port: number): PortQueue {
    const known = this.queues[port];
    if (known !== undefined) return known;
    const made = new PortQueue(port, this.lineOf(port), this.cellsOf(port));
    this.queues[port] = made;
    this.inOrder = [...this.inOrder, made].sort((a, b) => a.port - b.port);
    return made;
  }

  /** Ports that a packet has come to, by number. */
  get ports(): readonly PortQueue[] {
    return this.inOrder;
  }

  /** Cells that a packet takes. @param bytes what the ingress deparser emits of it */
  cellsFor(bytes: number): number {
    return Math.ceil(bytes / this.limits.cellBytes);
  }

  /** Whether a packet of this number of cells has room if no other is there. */
  holds(cells: number): boolean {
    return cells <= this.limits.queueCells && cells <= this.limits.bufferCells;
  }

  /** A packet of cells that {@link holds} has room for goes through an empty queue, and the buffer is empty too. */
  pass(queue: PortQueue, cells: number): void {
    this.note(cells);
    queue.pass(cells);
  }

  /** Puts a packet into a queue, or says why there is no room. */
  enqueue(queue: PortQueue, slot: number, packets: PacketsInFlight): TailDrop | undefined {
    const cells = packets.cells[slot] as number;
    if (queue.cells + cells > queue.maxCells) {
      queue.counters.lostQueue++;
      return 'queue';
    }
    if (this.cells + cells > this.limits.bufferCells) {
      queue.counters.lostBuffer++;
      return 'buffer';
    }
    this.cells += cells;
    this.note(this.cells);
    queue.append(slot, packets, cells);
    return undefined;
  }

  private note(cells: number): void {
    if (cells <= this.mostSince) return;
    this.mostSince = cells;
    if (cells > this.mostCells) this.mostCells = cells;
  }

  /** Most cells that were taken at once since this was last called. */
  takeMostCells(): number {
    const most = this.mostSince;
    this.mostSince = this.cells;
    return most;
  }

  dequeue(queue: PortQueue, packets: PacketsInFlight): number {
    const cells = packets.cells[queue.first] as number;
    this.cells -= cells;
    return queue.shift(packets, cells);
  }
}

/** A line for each port: front ports of one speed, the recirculation port of its own. */
export function portLines(frontBitsPerSecond: number, recirculationPort: number, bitsPerSecond: number) {
  const front = new Line(frontBitsPerSecond);
  const recirculation = new Line(bitsPerSecond);
  return (port: number): Line => (port === recirculationPort ? recirculation : front);
}
