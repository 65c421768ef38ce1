/** HyperLogLog (Flajolet et al., 2007) with 32 buckets over a hash of 16 bits. */
import { must } from '../../../compiler/data-plane/must.js';
import {
  asWord,
  DEFAULT_PORT,
  type Decision,
  type ExpectedMemory,
  type HashFunction,
  type NetworkFunction,
  type SwitchResources,
} from './network-function.js';
import type { PacketView } from './packet.js';

const BUCKET_BITS = 5;
const HASH_BITS = 16;

export class FlowCardinality implements NetworkFunction {
  readonly ranks = new Uint32Array(2 ** BUCKET_BITS);
  private readonly hash: HashFunction;

  constructor({ hashOf }: SwitchResources) {
    this.hash = hashOf('rank');
  }

  handle(packet: PacketView): Decision {
    const hash = this.hash(packet.flowKey());
    const bucket = hash % this.ranks.length;
    this.ranks[bucket] = Math.max(must(this.ranks[bucket], `bucket ${bucket}`), rankOf(hash >>> BUCKET_BITS));
    return DEFAULT_PORT;
  }

  memories(): ExpectedMemory[] {
    return [{ memory: 'rank', values: this.ranks, reading: asWord }];
  }
}

/** Position of the lowest 1 bit, from 1; without one, the position after the last bit. */
function rankOf(bits: number): number {
  for (let rank = 1; rank <= HASH_BITS - BUCKET_BITS; rank++) if ((bits >>> (rank - 1)) & 1) return rank;
  return HASH_BITS - BUCKET_BITS + 1;
}
