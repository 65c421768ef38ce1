/** A universal sketch (Liu et al., UnivMon, SIGCOMM 2016): count sketches of ever smaller samples of the flows. */
import { must } from '../../../compiler/data-plane/must.js';
import {
  asWord,
  DEFAULT_PORT,
  type Decision,
  type ExpectedMemory,
  type HashFunction,
  type NetworkFunction,
  type SwitchResources,
} from './network-function.js';
import type { PacketView } from './packet.js';

export const LEVELS = 4;
const SIGN_BIT = 15;

export class UniversalSketch implements NetworkFunction {
  private readonly counters: Int32Array;
  private readonly place: HashFunction;

  /** @param sample the hash that gives level and sign of a flow */
  constructor(
    { hashOf, bucketsOf }: SwitchResources,
    private readonly sample: HashFunction,
  ) {
    this.counters = new Int32Array(bucketsOf('counters'));
    this.place = hashOf('counters');
  }

  handle(packet: PacketView): Decision {
    const key = packet.flowKey();
    const sample = this.sample(key);
    const perLevel = this.counters.length / LEVELS;
    const at = levelOf(sample) * perLevel + (this.place(key) % perLevel);
    const sign = sample >>> SIGN_BIT === 0 ? 1 : -1;
    this.counters[at] = must(this.counters[at], `counter ${at}`) + sign;
    return DEFAULT_PORT;
  }

  memories(): ExpectedMemory[] {
    return [{ memory: 'counters', values: new Uint32Array(this.counters.buffer), reading: asWord }];
  }
}

/** The number of 1 bits from the lowest on, of which the last level takes all that have as many or more. */
function levelOf(sample: number): number {
  let level = 0;
  while (level < LEVELS - 1 && ((sample >>> level) & 1) === 1) level++;
  return level;
}
