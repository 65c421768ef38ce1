/** A calculator that returns results to the sender. */
import { DEFAULT_PORT, type Decision, type ExpectedMemory, type NetworkFunction } from './network-function.js';
import type { PacketView } from './packet.js';

export class Calculator implements NetworkFunction {
  handle(packet: PacketView): Decision {
    const result = calculate(packet.op, packet.key1, packet.key2);
    if (result === undefined) return DEFAULT_PORT;
    packet.key3 = result >>> 0;
    packet.turnRound();
    return packet.ingressPort;
  }

  memories(): ExpectedMemory[] {
    return [];
  }
}

/** Modulo 2^32; undefined for an unknown operation. */
function calculate(op: number, a: number, b: number): number | undefined {
  switch (op) {
    case 1:
      return a + b;
    case 2:
      return a - b;
    case 3:
      return a & b;
    case 4:
      return a | b;
    case 5:
      return a ^ b;
    default:
      return undefined;
  }
}
