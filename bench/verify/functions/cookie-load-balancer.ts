/**
 * A load balancer that keeps no state per connection (Barbette et al., Cheetah, NSDI 2020): the client brings the number
 * of its server in a cookie, hidden by a hash of the connection.
 */
import { must } from '../../../compiler/data-plane/must.js';
import {
  asWord,
  DEFAULT_PORT,
  type Decision,
  type ExpectedMemory,
  type HashFunction,
  type NetworkFunction,
} from './network-function.js';
import type { PacketView } from './packet.js';

const OP_FIRST = 1;

export class CookieLoadBalancer implements NetworkFunction {
  private readonly addresses: Uint32Array;
  private connections = 0;

  constructor(
    addressOf: (place: number) => number,
    bucketsOf: (memory: string) => number,
    private readonly hash: HashFunction,
  ) {
    this.addresses = Uint32Array.from({ length: bucketsOf('address') }, (_, place) => addressOf(place));
  }

  handle(packet: PacketView): Decision {
    const hidden = this.hash(packet.flowKey());
    const places = this.addresses.length;
    let place = ((packet.key3 ^ hidden) >>> 0) % places;
    if (packet.op === OP_FIRST) {
      this.connections++;
      place = this.connections % places;
      packet.key3 = (place ^ hidden) >>> 0;
    }
    packet.destination = must(this.addresses[place], `address of place ${place}`);
    return DEFAULT_PORT;
  }

  memories(): ExpectedMemory[] {
    return [
      { memory: 'turn', values: [this.connections], reading: asWord },
      { memory: 'address', values: this.addresses, reading: asWord },
    ];
  }
}
