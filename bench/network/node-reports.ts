/** What a thread reports of its nodes when a network has run: plain data. */
import type { Counters } from '../../sim/index.js';
import type { Census, FollowedStep } from '../../sim/network/index.js';
import type { LatencySummary } from '../measure/timing/latencies.js';
import type { TimedTraffic } from '../measure/timing/timing-result.js';
import type { CapturedPackets, HostRow, LinkRow } from './node-statistics.js';

export interface HostReport {
  readonly node: number;
  /** New packets, and answers to others. */
  readonly sent: number;
  readonly answered: number;
  readonly received: number;
  /** Of these the ones that it had sent itself: answers, and packets that came back. */
  readonly receivedOwn: number;
  /** Came to the host, whose processes had no room for them. */
  readonly refused: number;
  /** Lost as the queue in front of the line was full. */
  readonly lostQueue: number;
  readonly roundTripNs: LatencySummary | null;
  readonly oneWayNs: LatencySummary | null;
  /** What processes say of themselves. */
  readonly figures: Readonly<Record<string, number>>;
  readonly rows: readonly HostRow[];
}

/** Words of a memory at the end. */
export interface ReadMemory {
  readonly program: string;
  readonly memory: string;
  readonly words: Uint32Array;
}

export interface SwitchReport {
  readonly node: number;
  readonly fed: number;
  readonly arrived: number;
  readonly left: number;
  readonly reported: number;
  readonly counters: Counters;
  readonly timing: TimedTraffic;
  readonly stateHash: string;
  readonly outputHash: string;
  /** Of programs that ran from the start. */
  readonly memories: readonly ReadMemory[];
}

/** One direction of a link. */
export interface DirectionReport {
  readonly link: number;
  readonly from: 0 | 1;
  readonly packets: number;
  readonly bytes: number;
  readonly busyPs: number;
  readonly lost: Readonly<Record<'loss' | 'down', number>>;
  /** Maximum of the queue in front of the line. */
  readonly mostQueuedBytes: number;
  readonly rows: readonly LinkRow[];
  readonly captured: CapturedPackets | undefined;
}

/** A step of a followed packet. */
export interface FollowedNote {
  readonly node: number;
  readonly step: FollowedStep;
  readonly timePs: number;
  readonly port: number;
  readonly sender: number;
  readonly number: number;
  readonly isAnswer: boolean;
  /** Why it was lost. */
  readonly reason?: string;
  /** Of a packet that leaves a switch: its program, 0 for none, and how often it recirculated. */
  readonly program?: number;
  readonly recirculations?: number;
}

export interface GroupReport {
  readonly hosts: readonly HostReport[];
  readonly switches: readonly SwitchReport[];
  readonly directions: readonly DirectionReport[];
  readonly notes: readonly FollowedNote[];
  readonly census: Census;
  readonly events: number;
  /** Times that the thread waited for others; differs from run to run. */
  readonly waits: number;
  /** On the reading of captures. */
  readonly warnings: readonly string[];
}
