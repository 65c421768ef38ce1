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

const ALL = [...INTRINSICS, REPLICATION_ID] as const;

/** All that a switch can produce, in the order of messages. */
const PRODUCED: readonly IntrinsicDescription[] = ALL;

export type IntrinsicName = (typeof ALL)[number]['name'];

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
