/** A switch whose egress reads a given state of the queue; without a timing model, nothing ever waits. */
import type { DataPlane } from '../../compiler/index.js';
import { DROPPED, type PacketBatch } from '../../traces/packets/packet-batch.js';
import type { Phv } from '../blocks/phv.js';
import type { EngineName, RpbEngine } from '../engines/rpb-engine.js';
import { Switch } from './switch.js';
import type { QueueReading } from './tracing-switch.js';

export class QueuedSwitch extends Switch {
  /** Places in their batch of the packets that nobody forwarded, of those that were dropped since it was cleared. */
  readonly unforwarded = new Set<number>();

  /** @param queue what the egress reads, on every pass */
  constructor(dataPlane: DataPlane, engine: EngineName, queue: QueueReading) {
    super(dataPlane, undefined, engine);
    const inner = this.engine;
    const queued: RpbEngine = {
      name: inner.name,
      prepare: () => inner.prepare(),
      ingress: (phv) => inner.ingress(phv),
      egress: (phv) => {
        phv.dequeueDelta = queue.nanoseconds;
        phv.queueDepth = queue.cells;
        inner.egress(phv);
      },
    };
    this.engine = queued;
  }

  protected override settle(phv: Phv, batch: PacketBatch, i: number): void {
    super.settle(phv, batch, i);
    if (!phv.dropped && batch.egressPort[i] === DROPPED) this.unforwarded.add(i);
  }
}
