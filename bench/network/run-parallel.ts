/** Runs a network on several threads, which wait for each other no longer than the delays of links require. */
import { Worker } from 'node:worker_threads';
import { must } from '../../compiler/data-plane/must.js';
import { DataPlane, DomainError } from '../../compiler/index.js';
import { leastTransitPs } from '../../sim/index.js';
import { newRing, type SharedDirection } from '../../sim/network/index.js';
import type { NetworkPlan } from './network-plan.js';
import type { GroupReport } from './node-reports.js';
import type { RunOptions } from './run-options.js';
import type { NetworkWorkerMessage, NetworkWorkerSetup } from './worker-setup.js';

/** Thrown for what a thread could not do with the user's input. */
export class NetworkRunError extends DomainError {
  override readonly name = 'NetworkRunError';
  readonly code = 'network-run';
  readonly ends = 'bad-input';
}

/** @param threadOf of each node */
export async function runParallel(
  plan: NetworkPlan,
  threadOf: readonly number[],
  { signal, onProgress }: RunOptions,
): Promise<GroupReport[]> {
  const threads = Math.max(...threadOf) + 1;
  const directions = sharedDirections(plan, threadOf);
  const signals = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * (threads + 1));
  const words = new Int32Array(signals);
  const endAll = (): void => {
    Atomics.store(words, threads, 1);
    for (let thread = 0; thread < threads; thread++) {
      Atomics.add(words, thread, 1);
      Atomics.notify(words, thread);
    }
  };
  signal.addEventListener('abort', endAll);
  const progress = new Array<{ nowPs: number; events: number }>(threads).fill({ nowPs: 0, events: 0 });
  const show = (thread: number, nowPs: number, events: number): void => {
    progress[thread] = { nowPs, events };
    const first = Math.min(...progress.map((each) => each.nowPs));
    onProgress(
      first / plan.endPs,
      progress.reduce((sum, each) => sum + each.events, 0),
    );
  };
  try {
    const running = Array.from({ length: threads }, (_, thread) => {
      const numbers = threadOf.flatMap((of, node) => (of === thread ? [node] : []));
      const setup: NetworkWorkerSetup = { plan, numbers, thread, directions, signals };
      return reportOf(setup, (nowPs, events) => show(thread, nowPs, events)).catch((error: unknown) => {
        // The others would wait for it.
        endAll();
        throw error;
      });
    });
    const ended = await Promise.allSettled(running);
    return ended.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
  } finally {
    signal.removeEventListener('abort', endAll);
  }
}

function reportOf(
  setup: NetworkWorkerSetup,
  onProgress: (nowPs: number, events: number) => void,
): Promise<GroupReport> {
  const worker = new Worker(new URL('./network-worker.js', import.meta.url), { workerData: setup });
  return new Promise<GroupReport>((resolve, reject) => {
    worker.on('message', (message: NetworkWorkerMessage) => {
      if (message.kind === 'progress') onProgress(message.nowPs, message.events);
      else if (message.kind === 'finished') resolve(message.report);
      else reject(message.isDomain ? new NetworkRunError(message.message) : new Error(message.message));
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`a thread of the network ended early, with status ${code}`)));
  });
}

/** The directions of links between nodes of two threads. */
function sharedDirections({ nodes, links }: NetworkPlan, threadOf: readonly number[]): SharedDirection[] {
  const thread = (node: number): number => must(threadOf[node], `thread of node ${node}`);
  const transits = nodes.map((node) => (node.kind === 'switch' ? leastTransitPs(new DataPlane(node.description)) : 0));
  return links.flatMap(({ ends, delayPs }, link) => {
    if (thread(ends[0].node) === thread(ends[1].node)) return [];
    return ([0, 1] as const).map((from): SharedDirection => {
      const [source, target] = from === 0 ? ends : ([ends[1], ends[0]] as const);
      return {
        ...{ link, from, delayPs, ring: newRing() },
        sender: thread(source.node),
        receiver: thread(target.node),
        transitPs: must(transits[source.node], `transit of node ${source.node}`),
      };
    });
  });
}
