/** A stateless load balancer: the flow's hash selects a server from a table that the controller fills. */
import {
  asWord,
  type Decision,
  type ExpectedMemory,
  HashedRow,
  type NetworkFunction,
  type SwitchResources,
} from './network-function.js';
import type { PacketView } from './packet.js';

/** Table written by the controller: port and address of the server of each bucket. */
export interface ServerTable {
  port(bucket: number): number;
  address(bucket: number): number;
}

export class LoadBalancer implements NetworkFunction {
  private readonly ports: HashedRow;
  private readonly addresses: Uint32Array;

  constructor(servers: ServerTable, resources: SwitchResources) {
    this.ports = new HashedRow('port', resources);
    this.addresses = new Uint32Array(resources.bucketsOf('address'));
    for (let bucket = 0; bucket < this.addresses.length; bucket++) {
      this.ports.buckets[bucket] = servers.port(bucket);
      this.addresses[bucket] = servers.address(bucket);
    }
  }

  handle(packet: PacketView): Decision {
    const bucket = this.ports.placeOf(packet.flowKey());
    packet.destination = this.addresses[bucket] as number;
    return this.ports.buckets[bucket] as number;
  }

  memories(): ExpectedMemory[] {
    return [
      { memory: 'port', values: this.ports.buckets, reading: asWord },
      { memory: 'address', values: this.addresses, reading: asWord },
    ];
  }
}
