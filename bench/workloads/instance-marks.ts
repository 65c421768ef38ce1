/**
 * The filter of an instance, and the field values that distinguish its packets from those of other instances.
 */
import {
  HOST_MASK,
  INSTANCE_MASK,
  insideNetwork,
  instanceBits,
  instanceMac,
  NETWORK_MASK,
  OUTSIDE_BITS,
} from './addresses.js';

export type InstanceMark =
  | 'destination network'
  | 'source network'
  | 'network of either side'
  | 'Ethernet destination'
  | 'tunnel destination';

/** `packet[field] & mask == value` */
export interface MarkedField {
  readonly field: string;
  readonly value: number;
  readonly mask: number;
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
      return [];
  }
}
