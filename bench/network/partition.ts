/** Which thread runs which node. Results do not depend on it; threads that send each other little are fast. */
import { must } from '../../compiler/data-plane/must.js';
import type { NetworkPlan } from './network-plan.js';

/**
 * Switches are shared out evenly, each with the hosts at its ports; where threads outnumber switches, hosts go to the
 * others in turn.
 * @returns the thread of each node; all threads have a node
 */
export function partition({ nodes, links }: NetworkPlan, workers: number): number[] {
  const threads = Math.min(workers, nodes.length);
  const switches = nodes.flatMap(({ kind }, node) => (kind === 'switch' ? [node] : []));
  const threadOf = new Map<number, number>();
  const perThread = Math.max(1, switches.length / threads);
  switches.forEach((node, n) => {
    threadOf.set(node, Math.floor(n / perThread));
  });
  const used = Math.min(threads, switches.length);
  let next = 0;
  nodes.forEach(({ kind }, node) => {
    if (kind !== 'host') return;
    if (used < threads) {
      threadOf.set(node, used + (next++ % (threads - used)));
      return;
    }
    const link = links.find(({ ends }) => ends.some((end) => end.node === node));
    const other = link?.ends.find((end) => threadOf.has(end.node));
    threadOf.set(node, other === undefined ? 0 : must(threadOf.get(other.node), 'thread of a switch'));
  });
  return nodes.map((_, node) => must(threadOf.get(node), `thread of node ${node}`));
}
