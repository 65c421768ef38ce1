/**
 * The filter of an instance, and the field values that distinguish its packets from those of other instances.
 */
import {
  HOST_MASK,
  INSTANCE_MASK,
  IPV6_NETWORK_MASK,
  insideNetwork,
  instanceBits,
  instanceMac,
  ipv6Network,
  NETWORK_MASK,
  OUTSIDE_BITS,
} from '../../sim/made-packet/addresses.js';

export type InstanceMark =
  | 'destination network'
  | 'source network'
  | 'network of either side'
  | 'Ethernet destination'
  | 'tunnel destination'
  | 'IPv6 source network'
  | 'IPv6 destination network';

/** `packet[field] & mask == value` */
export interface MarkedField {
  readonly field: string;
  /** As a BigInt for fields of more than 48 bits, as `mask`. */
  readonly value: number | bigint;
  readonly mask: number | bigint;
}

const SOURCE = 'hdr.ipv4.src';
const DESTINATION = 'hdr.ipv4.dst';
const outside = (field: string): MarkedField => ({ field, value: OUTSIDE_BITS, mask: OUTSIDE_BITS });

/** The filter of an instance; it replaces the condition of the program's text on that field. */
export function markFilter(mark: InstanceMark, instance: number): MarkedField {
  switch (mark) {
    case 'destination network':
      return { field: DESTINATION, value: insideNetwork(instance), mask: NETWORK_MASK };
    case 'source network':
      return { field: SOURCE, value: insideNetwork(instance), mask: NETWORK_MASK };
    case 'network of either side':
      return { field: SOURCE, value: instanceBits(instance), mask: INSTANCE_MASK };
    case 'Ethernet destination':
      return { field: 'hdr.ethernet.dst', value: instanceMac(instance), mask: 0xffffffffffff };
    case 'tunnel destination':
      return { field: 'hdr.tunnel.dst_id', value: instance + 1, mask: 0xffff };
    case 'IPv6 source network':
      return { field: 'hdr.ipv6.src', value: ipv6Network(instance), mask: IPV6_NETWORK_MASK };
    case 'IPv6 destination network':
      return { field: 'hdr.ipv6.dst', value: ipv6Network(instance), mask: IPV6_NETWORK_MASK };
  }
}

/**
 * Further field values of a packet for an instance, so that no other instance's filter matches it. The two directions of
 * a connection have different values, since a firewall must see both.
 */
export function markSurroundings(mark: InstanceMark, instance: number, towardsServer: boolean): readonly MarkedField[] {
  switch (mark) {
    case 'destination network':
      return [outside(SOURCE)];
    case 'source network':
      return [outside(DESTINATION)];
    case 'network of either side': {
      const inside = { value: insideNetwork(instance), mask: ~HOST_MASK >>> 0 };
      const peer = { value: (0xc8000000 | instanceBits(instance)) >>> 0, mask: ~HOST_MASK >>> 0 };
      return [
        { field: SOURCE, ...(towardsServer ? inside : peer) },
        { field: DESTINATION, ...(towardsServer ? peer : inside) },
      ];
    }
    case 'Ethernet destination':
      return [outside(SOURCE), outside(DESTINATION)];
    case 'tunnel destination':
    case 'IPv6 source network':
    case 'IPv6 destination network':
      return [];
  }
}
