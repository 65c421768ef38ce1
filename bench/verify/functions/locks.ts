/** Test-and-set locks (Yu et al., NetLock, SIGCOMM 2020): free locks are granted at once, others queue at a server. */
import { must } from '../../../compiler/data-plane/must.js';
import { asMark, type Decision, type ExpectedMemory, type NetworkFunction } from './network-function.js';
import type { PacketView } from './packet.js';

const OP = { acquire: 1, release: 2 } as const;
const ANSWER = { granted: 1, released: 0 } as const;
const SERVER_PORT = 32;

export class Locks implements NetworkFunction {
  private readonly held: Uint8Array;

  constructor(bucketsOf: (memory: string) => number) {
    this.held = new Uint8Array(bucketsOf('locks'));
  }

  handle(packet: PacketView): Decision {
    const lock = packet.key2 % this.held.length;
    if (packet.op === OP.release) {
      this.held[lock] = 0;
      return answer(packet, ANSWER.released);
    }
    if (packet.op !== OP.acquire) return SERVER_PORT;
    if (must(this.held[lock], `lock ${lock}`) !== 0) return SERVER_PORT;
    this.held[lock] = 1;
    return answer(packet, ANSWER.granted);
  }

  memories(): ExpectedMemory[] {
    return [{ memory: 'locks', values: this.held, reading: asMark }];
  }
}

function answer(packet: PacketView, value: number): Decision {
  packet.key3 = value;
  packet.turnRound();
  return packet.ingressPort;
}
