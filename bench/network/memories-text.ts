/** Contents of the memories of all switches of a network, as JSON. */
import { must } from '../../compiler/data-plane/must.js';
import { formatMemoryContents } from '../workloads/memory-contents.js';
import type { NetworkResult } from './run-network.js';

/** By switch, as `bench run --memory-out` writes those of one: program, memory, bucket or range, word; words of 0 are left out. */
export function memoriesText({ plan, switches }: NetworkResult): string {
  const document = Object.fromEntries(
    switches.map(({ node, memories }) => {
      const contents = new Map<string, Map<string, Uint32Array>>();
      for (const { program, memory, words } of memories) {
        const own = contents.get(program) ?? new Map<string, Uint32Array>();
        own.set(memory, words);
        contents.set(program, own);
      }
      const parsed: unknown = JSON.parse(formatMemoryContents(contents));
      return [must(plan.nodes[node], `node ${node}`).name, parsed];
    }),
  );
  return `${JSON.stringify(document, null, 2)}\n`;
}
