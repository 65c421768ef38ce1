/**
 * Nodes that one thread runs. Between them nothing takes less time than the shortest delay of their links, so all that
 * happens in that time after the first thing that happens can happen node by node: no node sends another one anything
 * that would come earlier.
 */
import type { NetworkNode } from './node.js';

const NEVER = Number.POSITIVE_INFINITY;

/** Links from other groups, by which packets come; and links to them. See parallel/. */
export interface GroupBorder {
  /** Takes over what has come. @returns the time before which nothing more comes */
  pull(): number;
  /**
   * Tells other groups from when on packets can be sent to them.
   * @param nextPs when the next thing happens in this group, by all that has come @param comesPs see {@link pull}
   */
  promise(nextPs: number, comesPs: number): void;
}

/** Why a group stands still: its run is over, it has made its steps, or it waits for packets of feeds or other groups. */
export type GroupPause = 'ended' | 'steps' | 'feeds' | 'border';

export class NodeGroup {
  /** Everything before this has happened. */
  private donePs = 0;

  /**
   * @param lookaheadPs shortest delay of a link within the group; infinity without one
   * @param endPs the last time at which something happens
   */
  constructor(
    readonly nodes: readonly NetworkNode[],
    private readonly lookaheadPs: number,
    private readonly endPs: number,
    private readonly border: GroupBorder | undefined,
  ) {}

  /** Time up to which all has happened. */
  get nowPs(): number {
    return Math.min(this.donePs, this.endPs);
  }

  get events(): number {
    return this.nodes.reduce((sum, { events }) => sum + events, 0);
  }

  /** @param maxSteps steps after which it pauses: each runs all nodes for the shortest delay */
  run(maxSteps: number): GroupPause {
    const { nodes, border } = this;
    for (let step = 0; step < maxSteps; step++) {
      const comesPs = border === undefined ? NEVER : border.pull();
      const knownPs = this.knownPs();
      const firstPs = this.firstPs();
      const ends = Math.min(firstPs + this.lookaheadPs, comesPs, knownPs, this.endPs + 1);
      if (ends > firstPs) for (let n = 0; n < nodes.length; n++) this.runNode(nodes[n] as NetworkNode, ends);
      const ownPs = Math.min(ends > firstPs ? this.firstPs() : firstPs, knownPs);
      const nextPs = Math.min(ownPs, comesPs);
      this.donePs = Math.max(this.donePs, nextPs);
      border?.promise(ownPs, comesPs);
      if (nextPs > this.endPs) return 'ended';
      if (ends > firstPs) continue;
      return knownPs <= firstPs ? 'feeds' : 'border';
    }
    return 'steps';
  }

  private runNode(node: NetworkNode, timePs: number): void {
    if (node.nextPs < timePs) node.runBefore(timePs);
  }

  private firstPs(): number {
    const { nodes } = this;
    let first = NEVER;
    for (let n = 0; n < nodes.length; n++) first = Math.min(first, (nodes[n] as NetworkNode).nextPs);
    return first;
  }

  private knownPs(): number {
    const { nodes } = this;
    let known = NEVER;
    for (let n = 0; n < nodes.length; n++) known = Math.min(known, (nodes[n] as NetworkNode).knownPs);
    return known;
  }
}
