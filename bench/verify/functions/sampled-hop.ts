/** Telemetry of one hop of a packet's path (Ben Basat et al., PINT, SIGCOMM 2020): each is sampled equally often. */
import {
  asWord,
  DEFAULT_PORT,
  type Decision,
  type ExpectedMemory,
  type NetworkFunction,
  type RandomFunction,
  type SwitchResources,
} from './network-function.js';
import type { PacketView } from './packet.js';

const SWITCH_NUMBER = 7;
const FIRST_TTL = 64;

/** The largest random number of 32 bits with which a hop, from 1, replaces the sample: all are at most it, and 1 / hop. */
export const largestNumber = (hop: number): number => Math.floor(2 ** 32 / hop) - 1;

/** The hop of packets with this TTL, from 1; TTLs are told apart as far as there are buckets. */
export const hopOfTtl = (ttl: number, buckets: number): number =>
  1 + ((FIRST_TTL + buckets - (ttl % buckets)) % buckets);

export class SampledHop implements NetworkFunction {
  private readonly buckets: number;

  constructor(
    { bucketsOf }: SwitchResources,
    private readonly random: RandomFunction,
  ) {
    this.buckets = bucketsOf('largest');
  }

  handle(packet: PacketView): Decision {
    const { buckets } = this;
    if (this.random(packet) <= largestNumber(hopOfTtl(packet.ttl, buckets))) packet.key3 = SWITCH_NUMBER;
    return DEFAULT_PORT;
  }

  memories(): ExpectedMemory[] {
    const { buckets } = this;
    const values = Array.from({ length: buckets }, (_, ttl) => largestNumber(hopOfTtl(ttl, buckets)));
    return [{ memory: 'largest', values, reading: asWord }];
  }
}
