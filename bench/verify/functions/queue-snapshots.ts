/** Flows that fill the queue, by snapshots in rotation (Chen et al., ConQuest, CoNEXT 2019). */
import { must } from '../../../compiler/data-plane/must.js';
import {
  asWord,
  DEFAULT_PORT,
  type Decision,
  DROPPED,
  type ExpectedMemory,
  type HashFunction,
  type NetworkFunction,
  type SwitchResources,
} from './network-function.js';
import type { PacketView } from './packet.js';

const WINDOW_NS = 2 ** 15;
const FILLING_PACKETS = 16;
const WAITING_NS = 1024;
const MEMORIES = ['s0', 's1', 's2', 's3'];

export class QueueSnapshots implements NetworkFunction {
  private readonly snapshots: readonly Uint32Array[];
  private readonly hash: HashFunction;

  constructor({ hashOf, bucketsOf }: SwitchResources) {
    this.snapshots = MEMORIES.map((memory) => new Uint32Array(bucketsOf(memory)));
    this.hash = hashOf('s0');
  }

  handle(packet: PacketView): Decision {
    const window = Math.floor(packet.timestamp / WINDOW_NS);
    const hash = this.hash(packet.flowKey());
    const bucket = (later: number): { readonly of: Uint32Array; readonly at: number } => {
      const of = must(this.snapshots[(window + later) % MEMORIES.length], 'snapshot');
      return { of, at: hash % of.length };
    };
    const count = ({ of, at }: ReturnType<typeof bucket>): number => must(of[at], `count of bucket ${at}`);
    const [own, next] = [bucket(0), bucket(1)];
    own.of[own.at] = count(own) + 1;
    next.of[next.at] = 0;
    const recent = count(bucket(2)) + count(bucket(3));
    return recent >= FILLING_PACKETS && packet.queueNs >= WAITING_NS ? DROPPED : DEFAULT_PORT;
  }

  memories(): ExpectedMemory[] {
    return MEMORIES.map((memory, i) => ({ memory, values: must(this.snapshots[i], memory), reading: asWord }));
  }
}
