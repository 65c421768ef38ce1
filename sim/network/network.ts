/** A network that one thread runs. */
import { type Census, censusOf } from './census.js';
import { HostNode } from './host-node.js';
import { NodeGroup } from './node-group.js';
import type { SwitchNode } from './switch-node.js';
import { type LinkSpec, noBorder, type WiredChannel, wire } from './wiring.js';

export interface NetworkOptions {
  /** Each at its number. */
  readonly nodes: readonly (SwitchNode | HostNode)[];
  readonly links: readonly LinkSpec[];
  /** The last time at which something happens. */
  readonly endPs: number;
  /** Of losses: 32 bits. */
  readonly seed: number;
}

export class Network {
  readonly group: NodeGroup;
  readonly channels: readonly WiredChannel[];

  constructor(private readonly options: NetworkOptions) {
    const { nodes, endPs } = options;
    const { channels, lookaheadPs } = wire({
      ...options,
      ...noBorder,
      nodes: new Map(nodes.entries()),
      isHost: (number) => nodes[number] instanceof HostNode,
    });
    this.channels = channels;
    this.group = new NodeGroup(nodes, lookaheadPs, endPs, undefined);
  }

  /** Runs to the end; feeds must have ended. */
  runToEnd(): void {
    const pause = this.group.run(Number.POSITIVE_INFINITY);
    if (pause !== 'ended') throw new Error(`a network whose feeds have ended waits for ${pause}`);
  }

  get census(): Census {
    return censusOf(this.options.nodes, this.channels);
  }
}
