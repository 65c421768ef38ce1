/** A worker thread: a switch with all tables, that processes the packets of its share of the programs. */
import { workerData } from 'node:worker_threads';
import { DataPlane } from '../../compiler/index.js';
import { createTrafficGenerator, type TrafficGenerator } from '../../traces/index.js';
import { type PacketBatch, packetBatchOver } from '../../traces/packet-batch.js';
import { digestPackets } from '../digest.js';
import { Switch } from '../switch.js';
import type { SharedBatch, WorkerResult, WorkerSetup, WorkerTask } from './protocol.js';

const setup = workerData as WorkerSetup;
const emulator = new Switch(new DataPlane(setup.description), setup.memory, setup.engine);
let generator: TrafficGenerator | undefined;

const open = ({ memory }: SharedBatch): PacketBatch => packetBatchOver(memory, setup.share);

/** The task function that the pool calls. */
export default function run(task: WorkerTask): WorkerResult {
  switch (task.kind) {
    case 'apply':
      for (const operation of task.operations) emulator.apply(operation);
      emulator.prepare();
      break;
    case 'prepare':
      generator = createTrafficGenerator(task.traffic);
      break;
    case 'generate':
      generate(task.batch, task.first);
      break;
    case 'classify':
      emulator.classify(open(task.batch), task.batch.from, task.batch.to);
      break;
    case 'process':
      for (const shared of task.batches) {
        const batch = open(shared);
        emulator.processShare(batch, shared.from, shared.to, setup.share, setup.shares);
        digestPackets(batch, shared.from, shared.to, setup.share, setup.shares);
      }
  }
  return { ...emulator.counters };
}

function generate(shared: SharedBatch, first: number): void {
  if (generator === undefined) throw new Error('asked to generate before what to generate was said');
  const batch = open(shared);
  if (generator.generateInto(batch, first, shared.to) < shared.to) throw new Error('a batch is too small');
  emulator.classify(batch, 0, shared.to);
}
