/** A thread that runs a part of a network. */
import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { commandEnd } from '../../compiler/data-plane/domain-error.js';
import { must } from '../../compiler/data-plane/must.js';
import { SharedBorder } from '../../sim/network/index.js';
import { BuiltNodes } from './built-nodes.js';
import type { GroupReport } from './node-reports.js';
import type { NetworkWorkerMessage, NetworkWorkerSetup } from './worker-setup.js';

const STEPS = 64;
const PROGRESS_MS = 100;

const send = (message: NetworkWorkerMessage): void =>
  must(parentPort, 'thread that started this one').postMessage(message);

async function run({ plan, numbers, thread, directions, signals }: NetworkWorkerSetup): Promise<GroupReport> {
  const words = new Int32Array(signals);
  const border = new SharedBorder(directions, words, thread);
  const built = await BuiltNodes.of(plan, numbers, border);
  try {
    const group = built.group(border);
    await built.fillFeeds();
    let shown = performance.now();
    for (;;) {
      const pause = group.run(STEPS);
      if (pause === 'ended' || Atomics.load(words, words.length - 1) !== 0)
        return built.report(group.events, border.waits);
      if (pause === 'feeds') await built.fillFeeds();
      if (pause === 'border') border.wait();
      if (performance.now() - shown < PROGRESS_MS) continue;
      shown = performance.now();
      send({ kind: 'progress', nowPs: group.nowPs, events: group.events });
    }
  } finally {
    await built.close();
  }
}

const setup: NetworkWorkerSetup = workerData;
run(setup).then(
  (report) => send({ kind: 'finished', report }),
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    send({ kind: 'failure', message, isDomain: commandEnd(error) !== undefined });
  },
);
