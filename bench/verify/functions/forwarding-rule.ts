/** One rule of an L2, L3 or tunnel forwarding table: packets that match its filter go to a port. */
import type { Decision, ExpectedMemory, NetworkFunction } from './network-function.js';

export class ForwardingRule implements NetworkFunction {
  constructor(private readonly port: number) {}

  handle(): Decision {
    return this.port;
  }

  memories(): ExpectedMemory[] {
    return [];
  }
}
