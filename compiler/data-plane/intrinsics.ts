/** The fields of intrinsic metadata that a switch can produce; a description lists those that its programs may read. */
import type { DataPlaneDescription, IntrinsicDescription } from './description.js';

export const INGRESS_PORT = 'ig_intr_md.ingress_port';

/** The port that a packet came in on, and what the queue of its egress port held. */
export const INTRINSICS = [
  { name: INGRESS_PORT, width: 9, gress: 'ingress' },
  { name: 'eg_intr_md.deq_timedelta', width: 18, gress: 'egress' },
  { name: 'eg_intr_md.enq_qdepth', width: 19, gress: 'egress' },
] as const satisfies readonly IntrinsicDescription[];

/** Which copy of a packet the egress has: the replication id of its node, 0 for packets that are no copies. */
export const REPLICATION_ID = {
  name: 'eg_intr_md.egress_rid',
  width: 16,
  gress: 'egress',
} as const satisfies IntrinsicDescription;

export const TIMESTAMP = 'ig_intr_md.timestamp';
export const INGRESS_LENGTH = 'ig_intr_md.pkt_length';
export const EGRESS_LENGTH = 'eg_intr_md.pkt_length';

/**
 * When the packet came to its port, in nanoseconds: on a chip the low 32 bits of ingress_mac_tstamp, which only the
 * ingress knows, as the carried state does not have it. A recirculated packet has the time at which it came to the
 * recirculation port.
 *
 * How long it was then, in bytes, without the carried state and without the frame check sequence, as in captures. The
 * intrinsic metadata of a chip have it in egress only ("packet length, in bytes", tofino1_base.p4 of p4c), where it counts
 * the frame check sequence too: fabric-tna of the ONF subtracts that. A chip has no such field in ingress.
 */
export const FURTHER_INTRINSICS = [
  { name: TIMESTAMP, width: 32, gress: 'ingress' },
  { name: INGRESS_LENGTH, width: 16, gress: 'ingress' },
  { name: EGRESS_LENGTH, width: 16, gress: 'egress' },
] as const satisfies readonly IntrinsicDescription[];

const ALL = [...INTRINSICS, REPLICATION_ID, ...FURTHER_INTRINSICS] as const;

/** All that a switch can produce, in the order of messages. */
const PRODUCED: readonly IntrinsicDescription[] = ALL;

export type IntrinsicName = (typeof ALL)[number]['name'];

/** Fields that can differ from pass to pass of a packet. */
export const DIFFERS_BY_PASS: ReadonlySet<string> = new Set<IntrinsicName>([
  'eg_intr_md.deq_timedelta',
  'eg_intr_md.enq_qdepth',
  REPLICATION_ID.name,
  TIMESTAMP,
]);

/** Problems with the intrinsic fields of a description: of those that it lists, and of keys of filters. */
export function intrinsicProblems({ intrinsics, init }: DataPlaneDescription): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const { name, width, gress } of intrinsics) {
    const produced = PRODUCED.find((field) => field.name === name);
    if (produced === undefined) {
      const known = PRODUCED.map((field) => field.name).join(', ');
      problems.push(`intrinsics: the switch produces no field ${name}; it produces ${known}`);
    } else if (produced.gress !== gress) {
      problems.push(`intrinsics: ${name} is a field of ${produced.gress}, not of ${gress}`);
    } else if (gress === 'ingress' && width < produced.width) {
      problems.push(`intrinsics: ${name} has ${produced.width} bits, not ${width}`);
    }
    if (!Number.isInteger(width) || width < 1 || width > MAX_WIDTH) {
      problems.push(`intrinsics: ${name}: width ${width} is not from 1 to ${MAX_WIDTH} bits`);
    }
    if (seen.has(name)) problems.push(`intrinsics: ${name} occurs twice`);
    seen.add(name);
  }
  for (const { name, keys } of init.filters) {
    const others = keys.filter((key) => seen.has(key) && key !== INGRESS_PORT);
    for (const key of others)
      problems.push(`filter table ${name}: of intrinsic fields, only ${INGRESS_PORT} can be a key, not ${key}`);
  }
  return problems;
}

/** Bits of a register. */
const MAX_WIDTH = 32;
