/** A switch whose egress reads a given state of the queue; without a timing model, nothing ever waits. */
import type { DataPlane } from '../compiler/index.js';
import type { EngineName, RpbEngine } from './rpb-engine.js';
import { Switch } from './switch.js';
import type { QueueReading } from './tracing-switch.js';

export class QueuedSwitch extends Switch {
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
}
