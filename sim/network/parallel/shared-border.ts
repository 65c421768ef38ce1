/** What a group of nodes shares with the groups of other threads: rings of packets, promises, and signals. */
import type { GroupBorder } from '../node-group.js';
import type { PacketFifo, PacketSink } from '../packet-fifo.js';
import type { Direction, WiringOptions } from '../wiring.js';
import { RingReader, RingWriter } from './shared-ring.js';

/** One direction of a link between nodes of two threads. */
export interface SharedDirection extends Direction {
  readonly ring: SharedArrayBuffer;
  readonly delayPs: number;
  /** Numbers of the threads. */
  readonly sender: number;
  readonly receiver: number;
  /** Least time that a packet takes through the node that sends it here, after it has come to that node. */
  readonly transitPs: number;
}

interface Output {
  readonly writer: RingWriter;
  readonly delayPs: number;
  readonly transitPs: number;
  readonly receiver: number;
}

const NEVER = Number.POSITIVE_INFINITY;
/** A thread that waits looks again after this time, in milliseconds, as an interrupt gives no signal. */
const PATIENCE_MS = 100;
/** Times that a thread looks for news before it sleeps: others are mostly about to have some. */
const SPINS = 200;

export class SharedBorder implements GroupBorder, Pick<WiringOptions, 'sinkOf' | 'comesFrom'> {
  private readonly inputs: RingReader[] = [];
  private readonly outputs: Output[] = [];
  /** Value of this thread's signal before what was seen last. */
  private seen = 0;
  /** Times that this thread waited for others. */
  waits = 0;

  /** @param signals a word for each thread, which changes when there are news for it @param thread own number */
  constructor(
    private readonly directions: readonly SharedDirection[],
    private readonly signals: Int32Array,
    private readonly thread: number,
  ) {}

  sinkOf = (direction: Direction): PacketSink => {
    const { ring, delayPs, transitPs, receiver } = this.shared(direction);
    const writer = new RingWriter(ring, () => this.makeRoom(receiver));
    this.outputs.push({ writer, delayPs, transitPs, receiver });
    return writer;
  };

  comesFrom = (direction: Direction, input: PacketFifo): void => {
    this.inputs.push(new RingReader(this.shared(direction).ring, input));
  };

  private shared({ link, from }: Direction): SharedDirection {
    const found = this.directions.find((direction) => direction.link === link && direction.from === from);
    if (found === undefined) throw new Error(`no memory is shared for link ${link}, direction ${from}`);
    return found;
  }

  pull(): number {
    this.seen = Atomics.load(this.signals, this.thread);
    let first = NEVER;
    for (let n = 0; n < this.inputs.length; n++) first = Math.min(first, (this.inputs[n] as RingReader).pull());
    return first;
  }

  promise(nextPs: number, comesPs: number): void {
    for (let n = 0; n < this.outputs.length; n++) {
      const { writer, delayPs, transitPs, receiver } = this.outputs[n] as Output;
      if (writer.promise(Math.min(nextPs, comesPs + transitPs) + delayPs)) this.signal(receiver);
    }
  }

  /** Waits until there are news since the last {@link pull}. */
  wait(): void {
    this.waits++;
    for (let n = 0; n < SPINS; n++) if (Atomics.load(this.signals, this.thread) !== this.seen) return;
    Atomics.wait(this.signals, this.thread, this.seen, PATIENCE_MS);
  }

  /**
   * The thread that reads a ring without room may wait for one that this thread reads: what has come is taken over
   * meanwhile.
   */
  private makeRoom(receiver: number): void {
    this.signal(receiver);
    this.pull();
    Atomics.wait(this.signals, this.thread, this.seen, 1);
  }

  private signal(thread: number): void {
    Atomics.add(this.signals, thread, 1);
    Atomics.notify(this.signals, thread);
  }
}
