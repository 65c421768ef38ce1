/** How many packets have hit each entry before a moment: all packets before it run again, some at a time. */
import { must } from '../../compiler/data-plane/must.js';
import { clearPacketBatch, createPacketBatch, type PacketBatch } from '../../traces/packets/packet-batch.js';
import { QueuedDriver } from '../pipeline/drivers/queued-driver.js';
import { Switch } from '../pipeline/switch.js';
import type { EntryHits } from '../target/target.js';
import type { History } from './history.js';

const BATCH = { packets: 256, bytes: 2 ** 20 } as const;

/** Hits of entries before a moment; the caller says how many packets run again at a time. */
export class EntryHitCount {
  private readonly emulator: Switch;
  private readonly driver: QueuedDriver;
  private readonly batch: PacketBatch;
  private events = 0;
  private done = 0;

  /** @param moment before packet n, from 0 to the number of packets that have run */
  constructor(
    private readonly history: History,
    private readonly moment: number,
  ) {
    const { dataPlane, seed, queue, installed } = history.run.setting;
    this.emulator = new Switch(dataPlane, { countsHits: true, seed });
    this.driver = new QueuedDriver(this.emulator, queue);
    this.batch = createPacketBatch(BATCH.packets, BATCH.bytes);
    for (const operation of installed) this.emulator.apply(operation);
    this.makeDue();
  }

  /** Packets that have run again, of those before the moment. */
  get state(): { readonly examined: number; readonly packets: number } {
    return { examined: this.done, packets: this.moment };
  }

  /** Runs some more packets, up to this number. */
  advance(most: number): void {
    const { history, batch, driver } = this;
    const end = Math.min(this.moment, this.done + most);
    while (this.done < end) {
      const next = history.run.events[this.events];
      const to = next === undefined ? end : Math.min(end, next.packet);
      clearPacketBatch(batch);
      const copied = history.packets.copyTo(batch, this.done, to);
      if (copied === 0) throw new Error(`packet ${this.done} is longer than a batch`);
      driver.process(batch);
      driver.unforwarded.clear();
      this.done += copied;
      this.makeDue();
    }
  }

  /** Entries and their packets, in the order of insertion; of the packets that have run again. */
  hits(): EntryHits[] {
    const hits = must(this.emulator.hits, 'counters of entries');
    return this.emulator.entries().map((entry) => ({ entry, packets: hits.of(entry) }));
  }

  private makeDue(): void {
    const { emulator, history } = this;
    for (;;) {
      const event = history.run.events[this.events];
      if (event === undefined || event.packet > this.done) return;
      for (const { rpb, base, values } of event.change.memory) {
        emulator.memory.range(rpb, base, values.length / emulator.memory.wordsIn(rpb - 1)).set(values);
      }
      for (const operation of event.change.operations) emulator.apply(operation);
      emulator.forgetRetiredBranchIds();
      this.events++;
    }
  }
}
