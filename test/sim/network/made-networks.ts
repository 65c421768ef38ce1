/** Networks put together by hand: switches with default forwarding, hosts that send at given times, links. */
import { defaultForwardEntry, type TableEntry } from '../../../compiler/index.js';
import {
  type EngineName,
  Switch,
  type TimeObserver,
  timedSwitchOptions,
  type UpdatePlayer,
} from '../../../sim/index.js';
import {
  HostNode,
  type HostOutlet,
  type HostProcess,
  type HostTap,
  isAnswer,
  type LinkSpec,
  numberOf,
  type PacketFeed,
  SwitchNode,
  senderOf,
  sentPsOf,
} from '../../../sim/network/index.js';
import type { PacketBatch } from '../../../traces/index.js';
import { dataPlane } from '../test-switch.js';

export const plane = dataPlane('default');
export const NS = 1000;
export const GIGABIT = 1e9;

export interface Sending {
  readonly atPs: number;
  readonly bytes: Uint8Array;
  readonly port?: number;
}

/** Sends packets at given times, in order. */
export class Script implements HostProcess {
  private next = 0;

  constructor(private readonly sendings: readonly Sending[]) {}

  get nextPs(): number {
    return this.sendings[this.next]?.atPs ?? Number.POSITIVE_INFINITY;
  }

  act(outlet: HostOutlet): void {
    const sending = this.sendings[this.next++];
    if (sending !== undefined) outlet.send(sending.bytes, sending.port ?? 0);
  }

  receive(): void {
    // It only sends.
  }
}

/** Sends everything back at once. */
export class Mirror implements HostProcess {
  readonly nextPs = Number.POSITIVE_INFINITY;

  act(): void {
    // It only answers.
  }

  receive(batch: PacketBatch, i: number, outlet: HostOutlet): void {
    if (!outlet.isOwn(batch, i)) outlet.answer(batch, i, batch.ingressPort[i] ?? 0);
  }
}

export interface Got {
  readonly host: string;
  readonly nowPs: number;
  readonly sender: number;
  readonly number: number;
  readonly sentPs: number;
  readonly isAnswer: boolean;
}

/** A list of what hosts get. */
export class GotList {
  readonly list: Got[] = [];

  tapOf(host: string): HostTap {
    return {
      sent() {},
      received: (batch, i, nowPs) => {
        const who = { sender: senderOf(batch, i), number: numberOf(batch, i), sentPs: sentPsOf(batch, i) };
        this.list.push({ host, nowPs, ...who, isAnswer: isAnswer(batch, i) });
      },
    };
  }
}

export const noFollowing = { follower: undefined, followed: new Set<number>() } as const;

const blind: TimeObserver = { nextTickPs: Number.POSITIVE_INFINITY, tick() {}, left() {}, lost() {} };

export interface MadeSwitch {
  /** Default forwarding: pairs of ingress and egress port. */
  readonly forward: readonly (readonly [number, number])[];
  readonly entries?: readonly TableEntry[];
  readonly prepare?: (emulator: Switch) => void;
  readonly engine?: EngineName;
  readonly feed?: PacketFeed;
  readonly observer?: TimeObserver;
  readonly player?: (emulator: Switch) => UpdatePlayer;
}

/** @param links those of the network, for the rates and queues of the switch's ports */
export function madeSwitch(number: number, made: MadeSwitch, links: readonly LinkSpec[] = []): SwitchNode {
  const emulator = new Switch(plane, { engine: made.engine ?? 'interpreted' });
  for (const [from, to] of made.forward) {
    emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, from, to) });
  }
  for (const entry of made.entries ?? []) emulator.apply({ kind: 'insertEntry', entry });
  made.prepare?.(emulator);
  const own = links.flatMap(({ ends, bitsPerSecond, queueBytes }) =>
    ends.flatMap(({ node, port }) => (node === number ? [[port, { bitsPerSecond, queueBytes }] as const] : [])),
  );
  return new SwitchNode({
    name: `switch ${number}`,
    number,
    emulator,
    betweenPs: 0,
    timing: { ...timedSwitchOptions(plane), ...(own.length === 0 ? {} : { ownPorts: new Map(own) }) },
    observer: made.observer ?? blind,
    player: made.player?.(emulator),
    feed: made.feed,
    ...noFollowing,
  });
}

export function madeHost(number: number, processes: readonly HostProcess[], tap?: HostTap): HostNode {
  return new HostNode({ name: `host ${number}`, number, processes, feed: undefined, tap, ...noFollowing });
}

/** @param ends number of a node and port, twice */
export const madeLink = (
  ends: readonly [readonly [number, number], readonly [number, number]],
  changes: Partial<LinkSpec> = {},
): LinkSpec => ({
  name: ends.map((end) => end.join(':')).join('-'),
  ends: [
    { node: ends[0][0], port: ends[0][1] },
    { node: ends[1][0], port: ends[1][1] },
  ],
  bitsPerSecond: 100 * GIGABIT,
  delayPs: 500 * NS,
  queueBytes: 200_000,
  lossPerMillion: 0,
  outages: [],
  ...changes,
});
