/** Packets with the hashes that goldens need, by the hash function of a placement. */
import { must } from '../../../compiler/data-plane/must.js';
import { HashUnit } from '../../../sim/index.js';
import { packetFrame } from '../../../traces/generate/packet-frame.js';
import type { PacketTemplate } from '../../../traces/generate/packet-template.js';
import type { Placed } from './golden.js';
import { flow, udp } from './golden-packets.js';

/** Number of candidate packets, among which every class of hashes occurs (the rarest has a probability of 2^-11). */
const MAX_CANDIDATES = 100_000;

export const manyFlows = (n: number): PacketTemplate =>
  udp({ ...flow(0, `10.0.0.${n % 256}`), sourcePort: 1024 + Math.floor(n / 256) });

/**
 * The first packet of each class of hashes, in the order of classes.
 * @param hashOf gets the program's first hash function: of `bytes` bytes that `part` takes from the frame
 */
export function firstOfEach(
  { compiled, dataPlane }: Placed,
  classes: number,
  candidate: (n: number) => PacketTemplate,
  classOf: (hash: (bytes: number, part: (frame: Uint8Array) => Uint8Array) => number) => number,
): PacketTemplate[] {
  const step = compiled.placement.find(({ action }) => action.startsWith('hash_'));
  if (step === undefined) throw new Error('the program hashes nothing');
  const unit = new HashUnit(dataPlane.rpb(step.rpb).hash);
  const found = new Map<number, PacketTemplate>();
  for (let n = 0; found.size < classes && n < MAX_CANDIDATES; n++) {
    const template = candidate(n);
    const number = classOf((bytes, part) => unit.digest(part(packetFrame(template)), bytes));
    if (!found.has(number)) found.set(number, template);
  }
  return [...found].sort(([a], [b]) => a - b).map(([, template]) => template);
}

export const TUPLE_BYTES = 13;
/** Offsets in an untagged frame without IPv4 options. */
export const AT = { protocol: 23, source: 26, ports: 34 } as const;

/** Source, destination, both ports, protocol, as the data plane hashes them. */
export function tupleOf(frame: Uint8Array): Uint8Array {
  const tuple = new Uint8Array(TUPLE_BYTES);
  tuple.set(frame.subarray(AT.source, AT.source + 8));
  tuple.set(frame.subarray(AT.ports, AT.ports + 4), 8);
  tuple[12] = must(frame[AT.protocol], 'protocol of a frame');
  return tuple;
}
