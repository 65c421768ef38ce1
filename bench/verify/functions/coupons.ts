/** Distinct counting (Chen et al., BeauCoup, SIGCOMM 2020): reports a destination whose sources drew all coupons. */
import { must } from '../../../compiler/data-plane/must.js';
import {
  asWord,
  DEFAULT_PORT,
  type Decision,
  type ExpectedMemory,
  HashedRow,
  type HashFunction,
  type NetworkFunction,
  type SwitchResources,
} from './network-function.js';
import type { PacketView } from './packet.js';

const COUPONS = 4;
/** The number of draws of which one gives a certain coupon. */
export const DRAWS_PER_COUPON = 64;
const HASH_VALUES = 2 ** 16;

export class CouponCollector implements NetworkFunction {
  private readonly collected: HashedRow;
  private readonly word = new Uint8Array(4);
  private readonly view = new DataView(this.word.buffer);

  constructor(
    private readonly resources: SwitchResources,
    private readonly hash: HashFunction,
  ) {
    this.collected = new HashedRow('coupons', resources);
  }

  handle(packet: PacketView): Decision {
    const coupon = Math.floor((this.hash(this.wordOf(packet.source)) * DRAWS_PER_COUPON) / HASH_VALUES);
    if (coupon >= COUPONS) return DEFAULT_PORT;
    const place = this.collected.placeOf(this.wordOf(packet.destination));
    const before = must(this.collected.buckets[place], `bucket ${place}`);
    const after = before | (1 << coupon);
    this.collected.buckets[place] = after;
    const complete = 2 ** COUPONS - 1;
    return after === complete && before !== complete ? this.resources.cpuPort : DEFAULT_PORT;
  }

  private wordOf(address: number): Uint8Array {
    this.view.setUint32(0, address);
    return this.word;
  }

  memories(): ExpectedMemory[] {
    return [{ memory: 'coupons', values: this.collected.buckets, reading: asWord }];
  }
}
