/** A sequencer (Li et al., NOPaxos, OSDI 2016): numbers the packets of each group of receivers. */
import { must } from '../../../compiler/data-plane/must.js';
import { asWord, DEFAULT_PORT, type Decision, type ExpectedMemory, type NetworkFunction } from './network-function.js';
import type { PacketView } from './packet.js';

const OP_NUMBERED = 1;

export class Sequencer implements NetworkFunction {
  private readonly last: Uint32Array;

  constructor(bucketsOf: (memory: string) => number) {
    this.last = new Uint32Array(bucketsOf('numbers'));
  }

  handle(packet: PacketView): Decision {
    if (packet.op !== OP_NUMBERED) return DEFAULT_PORT;
    const group = packet.key2 % this.last.length;
    const number = must(this.last[group], `group ${group}`) + 1;
    this.last[group] = number;
    packet.key3 = number;
    return DEFAULT_PORT;
  }

  memories(): ExpectedMemory[] {
    return [{ memory: 'numbers', values: this.last, reading: asWord }];
  }
}
