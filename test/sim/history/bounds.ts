/**
 * Measures what a history costs: a million packets of a load balancer on the interpreted engine, with and without it, in
 * turn, by CPU time, so that other work on the machine matters little. No test: `node dist/test/sim/history/bounds.js`
 * prints the numbers and ends with status 1 beyond a bound.
 */

import { deployLoadBalancers, type LoadBalancers } from '../../../bench/measure/micro/load-balancers.js';
import { must } from '../../../compiler/data-plane/must.js';
import { HistoryRecorder, HistorySearch, parseCondition } from '../../../sim/history/index.js';
import { digestPackets, OutputDigest, Switch } from '../../../sim/index.js';
import { declarations } from '../../../sim/snapshot/snapshot.js';
import { clearPacketBatch, createPacketBatch, type PacketBatch } from '../../../traces/packets/packet-batch.js';
import { PacketStore } from '../../../traces/packets/packet-store.js';

const PACKETS = 1_000_000;
const TURNS = 5;
const STORIES = 500;
const MOST = { ratio: 2, megabytes: 200, storyMs: 100 } as const;

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const timed = <T>(work: () => T): { readonly ms: number; readonly result: T } => {
  const start = cpuMs();
  const result = work();
  return { ms: cpuMs() - start, result };
};

const median = (values: readonly number[]): number =>
  must([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)], 'median');

function* batches({ generator }: LoadBalancers): Generator<PacketBatch> {
  const batch = createPacketBatch(2048, 2 ** 20);
  for (let packet = 0; packet < PACKETS; packet += batch.count) {
    clearPacketBatch(batch);
    generator.generateInto(batch, packet, Math.min(2048, PACKETS - packet));
    yield batch;
  }
}

const operationsOf = ({ emulator }: LoadBalancers) => [
  ...declarations(emulator.owners.list()),
  ...emulator.operations(),
];

/** The run of `bench run --engine interpreted`: packets are generated, processed and digested. */
function plain(balancers: LoadBalancers): string {
  const emulator = new Switch(balancers.dataPlane, { engine: 'interpreted' });
  for (const operation of operationsOf(balancers)) emulator.apply(operation);
  const digest = new OutputDigest();
  for (const batch of batches(balancers)) {
    emulator.process(batch);
    digestPackets(batch, 0, batch.count, 0, 1);
    digest.update(batch);
  }
  return digest.finish();
}

function recorded(balancers: LoadBalancers): HistoryRecorder {
  const packets = new PacketStore();
  const { dataPlane } = balancers;
  const recorder = HistoryRecorder.start({ dataPlane, packets, installed: operationsOf(balancers) });
  for (const batch of batches(balancers)) {
    packets.add(batch);
    recorder.advance(batch.count);
  }
  return recorder;
}

const balancers = await deployLoadBalancers(1);
const ratios: number[] = [];
let recorder: HistoryRecorder | undefined;
for (let turn = 0; turn < TURNS; turn++) {
  const without = timed(() => plain(balancers)).ms;
  const withHistory = timed(() => recorded(balancers));
  recorder = withHistory.result;
  ratios.push(withHistory.ms / without);
  console.log(`turn ${turn + 1}: ${without.toFixed(0)} ms without, ${withHistory.ms.toFixed(0)} ms with history`);
}
const { history } = must(recorder, 'recorder');
const ratio = median(ratios);
const megabytes = history.byteLength / 1e6;
// A stride without common factors, so that packets of all blocks are asked for, in no order.
const stories = Array.from({ length: STORIES }, (_, i) => timed(() => history.story((i * 611_953) % PACKETS)).ms);
const search = timed(() => {
  const until = new HistorySearch(history, parseCondition('port = 2'), 0, 'forwards');
  while (until.state.kind === 'searching') until.advance(65_536);
});
console.log(`ratio of CPU times, median of ${TURNS}: ${ratio.toFixed(2)} (at most ${MOST.ratio})`);
console.log(`memory: ${megabytes.toFixed(0)} MB (at most ${MOST.megabytes})`);
console.log(
  `a packet: ${median(stories).toFixed(1)} ms, at most ${Math.max(...stories).toFixed(1)} (bound ${MOST.storyMs})`,
);
console.log(`a search through all packets by their columns: ${search.ms.toFixed(0)} ms`);
if (ratio > MOST.ratio || megabytes > MOST.megabytes || Math.max(...stories) > MOST.storyMs) process.exitCode = 1;
