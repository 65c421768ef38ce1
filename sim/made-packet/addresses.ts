/**
 * Addresses that distinguish instances. Instance n has the network 10.a.b.0/24 with a = n div 256, b = n mod 256;
 * outside addresses have the top bit of their first two bytes set. So no packet of one instance matches
 * the filter of another, on whichever fields the programs filter.
 */

/** Maximum number of instances: the second byte of their networks is below 128. */
export const MAX_INSTANCES = 2 ** 15;

const INSIDE_BYTE = 10;
/** An outside network: 200.200.0.0/16. */
const OUTSIDE_BYTES = 200;

export const NETWORK_MASK = 0xffffff00;
export const HOST_MASK = 0x000000ff;
/** Address bits with the instance's number. */
export const INSTANCE_MASK = 0x00ffff00;
export const OUTSIDE_HOST_MASK = 0x0000ffff;

/** Top bits of the first two bytes. */
export const OUTSIDE_BITS = 0x80800000;

export const insideNetwork = (instance: number): number => (INSIDE_BYTE * 2 ** 24 + instance * 256) >>> 0;
export const outsideNetwork = (OUTSIDE_BYTES * 2 ** 24 + OUTSIDE_BYTES * 2 ** 16) >>> 0;
/** The bits of {@link INSTANCE_MASK}. */
export const instanceBits = (instance: number): number => instance * 256;

/** The network of an instance in the range for documentation (RFC 3849): 2001:db8:0:n::/64. */
export const ipv6Network = (instance: number): bigint => (0x2001_0db8n << 96n) | (BigInt(instance) << 64n);
/** A network of no instance in that range. */
export const OUTSIDE_IPV6_NETWORK = 0x2001_0db8_ffff_0000n << 64n;
export const IPV6_NETWORK_MASK = 0xffffffff_ffffffffn << 64n;

/** A locally administered Ethernet address of an instance (48 bits). */
export const instanceMac = (instance: number): number => 0x020000000000 + instance;
export const OUTSIDE_MAC = 0x02ffff000000;
