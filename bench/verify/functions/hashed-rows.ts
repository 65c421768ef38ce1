/** Sketches: rows of buckets, each with a separate hash function. */
import {
  DEFAULT_PORT,
  type Decision,
  type ExpectedMemory,
  HashedRow,
  type NetworkFunction,
  type SwitchResources,
} from './network-function.js';
import type { PacketView } from './packet.js';

export class HashedRows {
  readonly rows: readonly HashedRow[];

  /** @param memories memory of each row @param reading how a bucket is compared with the memory of the switch */
  constructor(
    memories: readonly string[],
    resources: SwitchResources,
    private readonly reading: ExpectedMemory['reading'],
  ) {
    this.rows = memories.map((memory) => new HashedRow(memory, resources));
  }

  memories(): ExpectedMemory[] {
    return this.rows.map(({ memory, buckets }) => ({ memory, values: buckets, reading: this.reading }));
  }
}

/** A function that records packets in a sketch and does not forward them. */
export class FlowRecorder implements NetworkFunction {
  constructor(
    private readonly sketch: HashedRows,
    private readonly record: (packet: PacketView) => void,
  ) {}

  handle(packet: PacketView): Decision {
    this.record(packet);
    return DEFAULT_PORT;
  }

  memories(): ExpectedMemory[] {
    return this.sketch.memories();
  }
}
