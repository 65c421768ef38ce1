/** A worker thread: a switch with all tables, that processes the packets of its share of the programs. */
import { workerData } from 'node:worker_threads';
import { chainOf, DataPlane } from '../../../compiler/for-switches.js';
import { generatorOf, type TrafficGenerator } from '../../../traces/generate/traffic-generator.js';
import {
  clearPacketBatch,
  createPacketBatch,
  type PacketBatch,
  packetBatchOver,
} from '../../../traces/packets/packet-batch.js';
import { emptyCounters } from '../../blocks/counters.js';
import { digestPackets } from '../../blocks/digest.js';
import { newEmulator } from '../chain/new-emulator.js';
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

/** Program ids are halves of words. */
const PROGRAM_IDS = 2 ** 16;

const setup = workerData as WorkerSetup;
const { memory, engine, seed } = setup;
const emulator = newEmulator(chainOf(new DataPlane(setup.description), setup.switches), { memory, engine, seed });
const driver = new ShareDriver(emulator, setup.share, setup.shares);
let generator: TrafficGenerator | undefined;
/** By target, of the packets that this worker generates for itself. */
let isOwn: Uint8Array = new Uint8Array(0);
/** By program id: 1 for those of other workers. A table, as a division for each packet would take longer. */
const isOthers = Uint8Array.from({ length: PROGRAM_IDS }, (_, id) =>
  id === 0 || id % setup.shares === setup.share ? 0 : 1,
);
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
    setArrivals(batch, arrival + done);
    emulator.stamp(batch, 0, batch.count);
    emulator.processNoted(batch, 0, batch.count);
    digestPackets(batch, 0, batch.count, 0, 1);
    if (hasStrays(batch)) return undefined;
    writeVerdicts(batch, done, verdicts, packets);
    packets += batch.count;
    done += gone;
  }
  return packets;
}

/** @param first arrival number of the packet with distance 0 */
function setArrivals({ arrival, count }: PacketBatch, first: number): void {
  const { distances } = own;
  for (let i = 0; i < count; i++) arrival[i] = first + (distances[i] as number);
}

/** Whether a packet was of a program of another worker. */
function hasStrays({ programId, count }: PacketBatch): boolean {
  let strays = 0;
  for (let i = 0; i < count; i++) strays |= isOthers[programId[i] as number] as number;
  return strays !== 0;
}

/** @param base added to the distances @param from number of verdicts that have been written */
function writeVerdicts(batch: PacketBatch, base: number, verdicts: Uint32Array, from: number): void {
  const { egressPort, capturedLength, digest, count } = batch;
  const { distances } = own;
  for (let i = 0, at = from * VERDICT.words; i < count; i++, at += VERDICT.words) {
    verdicts[at + VERDICT.distance] = base + (distances[i] as number);
    verdicts[at + VERDICT.egressPort] = egressPort[i] as number;
    verdicts[at + VERDICT.capturedLength] = capturedLength[i] as number;
    verdicts[at + VERDICT.digest] = digest[2 * i] as number;
    verdicts[at + VERDICT.digest + 1] = digest[2 * i + 1] as number;
  }
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
