/** A worker thread: a switch with all tables, that processes the packets of its share of the programs. */
import { workerData } from 'node:worker_threads';
import { DataPlane } from '../../compiler/index.js';
import { type PacketBatch, packetBatchOver } from '../../traces/packet-batch.js';
import { digestPackets } from '../digest.js';
import { Switch } from '../switch.js';
import type { SharedBatch, WorkerResult, WorkerSetup, WorkerTask } from './protocol.js';

const setup = workerData as WorkerSetup;
const emulator = new Switch(new DataPlane(setup.description), setup.memory, setup.engine);

function open({ memory, count }: SharedBatch): PacketBatch {
  const batch = packetBatchOver(memory);
  batch.count = count;
  return batch;
}

/** The task function that the pool calls. */
export default function run(task: WorkerTask): WorkerResult {
  switch (task.kind) {
    case 'apply':
      for (const operation of task.operations) emulator.apply(operation);
      break;
    case 'classify':
      emulator.classify(open(task.batch), task.from, task.to);
      break;
    case 'process': {
      const batch = open(task.batch);
      emulator.processShare(batch, task.from, task.to, setup.share, setup.shares);
      digestPackets(batch, task.from, task.to, setup.share, setup.shares);
    }
  }
  return { ...emulator.counters };
}
