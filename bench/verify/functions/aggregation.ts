/** Aggregation in the network (Sapio et al., SwitchML, NSDI 2021): workers get the sum of the words that they send. */
import { must } from '../../../compiler/data-plane/must.js';
import {
  asWord,
  type Decision,
  DROPPED,
  type ExpectedMemory,
  type NetworkFunction,
  toGroup,
} from './network-function.js';
import type { PacketView } from './packet.js';

const WORKERS = 4;
const GROUP = 1;
const POOLS = ['pool1', 'pool2'] as const;

export class Aggregation implements NetworkFunction {
  private readonly arrived: Uint32Array;
  private readonly sums: readonly Uint32Array[];

  constructor(bucketsOf: (memory: string) => number) {
    this.arrived = new Uint32Array(bucketsOf('arrived'));
    this.sums = POOLS.map((pool) => new Uint32Array(bucketsOf(pool)));
  }

  handle(packet: PacketView): Decision {
    const { arrived, sums } = this;
    const sum = sums[packet.op - 1];
    if (sum === undefined) return DROPPED;
    const slot = packet.key2 % arrived.length;
    const count = must(arrived[slot], `packets of slot ${slot}`) + 1;
    arrived[slot] = count;
    for (const other of sums) if (other !== sum) other[slot] = 0;
    const total = (must(sum[slot], `sum of slot ${slot}`) + packet.key3) >>> 0;
    sum[slot] = total;
    if (count % WORKERS !== 0) return DROPPED;
    packet.key3 = total;
    return toGroup(GROUP);
  }

  memories(): ExpectedMemory[] {
    const pools = POOLS.map((memory, i) => ({ memory, values: must(this.sums[i], memory), reading: asWord }));
    return [{ memory: 'arrived', values: this.arrived, reading: asWord }, ...pools];
  }
}
