/** A decision tree over length, flags and port of TCP packets, as nested conditions (Jafri et al., Leo, NSDI 2024). */
import { type Decision, DROPPED, type ExpectedMemory, type NetworkFunction } from './network-function.js';
import { type PacketView, TCP_FLAG } from './packet.js';

/** Egress ports of the classes. */
const CLASS = { web: 1, bulk: 2, interactive: 3 } as const;
const SYN_FIN = TCP_FLAG.syn | TCP_FLAG.fin;

export class DecisionTree implements NetworkFunction {
  handle({ tcpFlags, totalLength, destinationPort }: PacketView): Decision {
    if ((tcpFlags & SYN_FIN) === SYN_FIN) return DROPPED;
    if (totalLength < 64 && destinationPort === 23) return CLASS.interactive;
    if (totalLength >= 1024 && totalLength < 2048) return CLASS.bulk;
    return destinationPort === 80 || destinationPort === 443 ? CLASS.web : CLASS.bulk;
  }

  memories(): ExpectedMemory[] {
    return [];
  }
}
