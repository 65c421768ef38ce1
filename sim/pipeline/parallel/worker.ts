/** A worker thread: a switch with all tables, that processes the packets of its share of the programs. */
import { workerData } from 'node:worker_threads';
import { DataPlane } from '../../../compiler/index.js';
import { generatorOf, type TrafficGenerator } from '../../../traces/generate/traffic-generator.js';
import {
  clearPacketBatch,
  createPacketBatch,
  type PacketBatch,
  packetBatchOver,
} from '../../../traces/packets/packet-batch.js';
import { emptyCounters } from '../../blocks/counters.js';
import { digestPackets } from '../../blocks/digest.js';
import { Switch } from '../switch.js';
import { unpackOperations } from './packed-operations.js';
import {
  type OwnPackets,
  type SharedBatch,
  VERDICT,
  type WorkerResult,
  type WorkerSetup,
  type WorkerTask,
} from './protocol.js';
import { ShareDriver } from './share-driver.js';

const setup = workerData as WorkerSetup;
const { memory, engine, seed } = setup;
const emulator = new Switch(new DataPlane(setup.description), { memory, engine, seed });
const driver = new ShareDriver(emulator, setup.share, setup.shares);
let generator: TrafficGenerator | undefined;
/** By target, of the packets that this worker generates for itself. */
let isOwn: Uint8Array = new Uint8Array(0);
/** Batches of this size stay in the cache; their bytes are not needed outside of this worker. */
const OWN_PACKETS = 2048;
const own = { batch: createPacketBatch(OWN_PACKETS, 2 ** 20), distances: new Uint32Array(OWN_PACKETS) };

const open = ({ memory }: SharedBatch): PacketBatch => packetBatchOver(memory, setup.share);

/** The task function that the pool calls. */
export default function run(task: WorkerTask): WorkerResult {
  switch (task.kind) {
    case 'forget':
      Object.assign(emulator.counters, emptyCounters());
      break;
    case 'apply':
      for (const operation of unpackOperations(task.operations)) emulator.apply(operation);
      break;
    case 'ready':
      emulator.prepare();
      break;
    case 'prepare':
      generator = generatorOf(task.traffic);
      break;
    case 'generate':
      generate(task.batch, task.first, task.arrival);
      break;
    case 'classify':
      emulator.classify(open(task.batch), task.batch.from, task.batch.to);
      break;
    case 'process': {
      const copies = task.batches.map((shared) => {
        const batch = open(shared);
        driver.process(batch, shared.from, shared.to);
        digestPackets(batch, shared.from, shared.to, setup.share, setup.shares);
        return batch.copies;
      });
      return { counters: { ...emulator.counters }, copies };
    }
    case 'prepareOwn':
      generator = generatorOf(task.traffic);
      isOwn = task.isOwn;
      break;
    case 'runOwn': {
      const ownPackets = runOwn(prepared(generator), new Uint32Array(task.verdicts), task);
      return { counters: { ...emulator.counters }, ownPackets };
    }
  }
  return { counters: { ...emulator.counters } };
}

function runOwn(
  from: TrafficGenerator,
  verdicts: Uint32Array,
  { first, arrival, count }: OwnPackets,
): number | undefined {
  const { batch, distances } = own;
  let packets = 0;
  for (let done = 0; done < count; ) {
    clearPacketBatch(batch);
    const gone = from.generateSome(batch, first + done, count - done, isOwn, distances);
    if (gone === 0) throw new Error('a generated packet is larger than the memory of a batch');
    for (let i = 0; i < batch.count; i++) batch.arrival[i] = arrival + done + (distances[i] as number);
    emulator.stamp(batch, 0, batch.count);
    emulator.processNoted(batch, 0, batch.count);
    digestPackets(batch, 0, batch.count, 0, 1);
    for (let i = 0; i < batch.count; i++) {
      const program = batch.programId[i] as number;
      if (program !== 0 && program % setup.shares !== setup.share) return undefined;
      const at = packets++ * VERDICT.words;
      verdicts[at + VERDICT.distance] = done + (distances[i] as number);
      verdicts[at + VERDICT.egressPort] = batch.egressPort[i] as number;
      verdicts[at + VERDICT.capturedLength] = batch.capturedLength[i] as number;
      verdicts[at + VERDICT.digest] = batch.digest[2 * i] as number;
      verdicts[at + VERDICT.digest + 1] = batch.digest[2 * i + 1] as number;
    }
    done += gone;
  }
  return packets;
}

function prepared(made: TrafficGenerator | undefined): TrafficGenerator {
  if (made === undefined) throw new Error('a task to generate packets came before the one that prepares the generator');
  return made;
}

function generate(shared: SharedBatch, first: number, arrival: number): void {
  const batch = open(shared);
  if (prepared(generator).generateInto(batch, first, shared.to) < shared.to)
    throw new Error('a batch has no room for the packets that are to be generated into it');
  emulator.noteArrivals(batch, 0, shared.to, arrival);
  emulator.classify(batch, 0, shared.to);
}
