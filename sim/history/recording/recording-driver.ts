/** Takes packets to their ends, one after another, and keeps their outcomes. */
import { COPIED, DROPPED, type PacketBatch } from '../../../traces/packets/packet-batch.js';
import { digestPackets } from '../../blocks/digest.js';
import type { Phv } from '../../blocks/phv.js';
import type { QueueReading } from '../../pipeline/drivers/queued-driver.js';
import { goesToGroup, PacketCopier } from '../../pipeline/packet-copier.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { Switch } from '../../pipeline/switch.js';
import { PACKET_VERDICTS, type PacketVerdict } from '../packet-outcome.js';
import type { PacketColumns } from './packet-columns.js';

const CODE = Object.fromEntries(PACKET_VERDICTS.map((verdict, i) => [verdict, i])) as Record<PacketVerdict, number>;

/** Takes batches through a switch and appends the outcomes of their packets. */
export class RecordingDriver {
  private readonly pipeline: Pipeline;
  private readonly phv: Phv;
  private readonly copier: PacketCopier;
  private readonly cpuPort: number;
  /** Codes, of the packets of a batch. */
  private verdicts = new Uint8Array(0);

  /** @param queue what programs read of the queue, on every pass */
  constructor(
    private readonly emulator: Switch,
    private readonly queue: QueueReading,
  ) {
    this.pipeline = emulator.pipeline;
    this.phv = this.pipeline.newPhv();
    this.copier = new PacketCopier(this.pipeline, (copy) => void this.egress(copy));
    this.cpuPort = emulator.dataPlane.description.ports.cpu;
  }

  /** Takes all packets of a batch through the switch, which gives them the next numbers, and appends their outcomes. */
  process(batch: PacketBatch, columns: PacketColumns): void {
    const { pipeline, phv, emulator } = this;
    const { count } = batch;
    if (this.verdicts.length < count) this.verdicts = new Uint8Array(count);
    const { verdicts } = this;
    emulator.noteArrivals(batch, 0, count, emulator.arrivals);
    emulator.arrivals += count;
    for (let i = 0; i < count; i++) {
      pipeline.load(phv, batch, i);
      const isTruncated = phv.dropped;
      pipeline.init(phv);
      batch.programId[i] = phv.programId;
      const verdict = this.run(phv, batch, i);
      verdicts[i] = isTruncated ? CODE.truncated : verdict;
    }
    digestPackets(batch, 0, count, 0, 1);
    note(batch, verdicts, columns);
  }

  /** @returns the code of the verdict */
  private run(phv: Phv, batch: PacketBatch, i: number): number {
    const { pipeline } = this;
    while (pipeline.ingress(phv)) {
      if (goesToGroup(phv)) {
        this.copier.copy(phv, batch, i);
        return batch.egressPort[i] === COPIED ? CODE.copied : CODE['no-group'];
      }
      if (!this.egress(phv)) break;
      pipeline.nextPass(phv);
    }
    pipeline.verdict(phv, batch, i);
    const port = batch.egressPort[i] as number;
    if (port === DROPPED) return pipeline.isUnforwarded(phv) ? CODE.unforwarded : CODE.dropped;
    return port === this.cpuPort ? CODE.reported : CODE.forwarded;
  }

  private egress(phv: Phv): boolean {
    phv.dequeueDelta = this.queue.nanoseconds;
    phv.queueDepth = this.queue.cells;
    return this.pipeline.egress(phv);
  }
}

/** Appends the outcomes of a batch. */
function note(batch: PacketBatch, verdicts: Uint8Array, columns: PacketColumns): void {
  const { count, egressPort, digest } = batch;
  for (let i = 0; i < count; i++) {
    if ((egressPort[i] as number) >= 0) continue;
    digest[2 * i] = 0;
    digest[2 * i + 1] = 0;
  }
  const first = columns.count;
  columns.verdict.append(first, verdicts, 0, count);
  columns.port.append(first, egressPort, 0, count);
  columns.programId.append(first, batch.programId, 0, count);
  columns.recirculations.append(first, batch.recirculations, 0, count);
  columns.digest.append(2 * first, digest, 0, 2 * count);
  if (batch.copies !== undefined) noteCopies(batch, columns);
  columns.count += count;
}

/** Adds ports and digests of copies that left to those of their packets. */
function noteCopies({ copies }: PacketBatch, columns: PacketColumns): void {
  if (copies === undefined) return;
  const { batch, origin } = copies;
  for (let j = 0; j < batch.count; j++) {
    const port = batch.egressPort[j] as number;
    if (port < 0) continue;
    const row = 2 * (columns.count + (origin[j] as number));
    const { digest } = columns;
    digest.set(row, mixed(digest.at(row), port ^ (batch.digest[2 * j] as number)));
    digest.set(row + 1, mixed(digest.at(row + 1), batch.digest[2 * j + 1] as number));
  }
}

/** An odd number, so that no two sums of an earlier value give the same product. */
const MULTIPLIER = 0x9e3779b1;

const mixed = (sum: number, more: number): number => Math.imul(sum ^ more, MULTIPLIER) + 1;
