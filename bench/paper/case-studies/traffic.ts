/** The traffic of the case studies: 4,096 distinct 5-tuples at a fixed rate, packets of one size. */

import {
  HOST_MASK,
  insideNetwork,
  OUTSIDE_HOST_MASK,
  OUTSIDE_MAC,
  outsideNetwork,
} from '../../../sim/made-packet/addresses.js';
import type { PacketTemplate } from '../../../traces/generate/packet-template.js';
import { createTrafficGenerator, type TrafficGenerator } from '../../../traces/generate/traffic-generator.js';
import { cachedKey } from '../../workloads/instance.js';

export const FLOWS = 4096;
/** Frame length without frame check sequence: 50,000 frames a second are 100 Mbit/s. */
export const FRAME_BYTES = 250;
export const HIT_RATE = 0.6;
export const HEAVY_FLOWS = 100;
/** Share of the packets that heavy flows send in addition to the packets of every flow. */
const HEAVY_SHARE = 0.6;
/** A key word that the cache does not have. */
const UNCACHED_KEY = 0x01000000;

const UDP = 17;
const OUTSIDE = { base: outsideNetwork, hostMask: OUTSIDE_HOST_MASK };
/** The network of instance 0. */
const INSIDE = { base: insideNetwork(0), hostMask: HOST_MASK };

const COMMON = {
  ingressPort: 0,
  ethernet: { destination: OUTSIDE_MAC, source: OUTSIDE_MAC + 1 },
  flows: FLOWS,
  frameBytes: { minimum: FRAME_BYTES, maximum: FRAME_BYTES },
  udp: { destinationPort: 53 },
};
const toInside = { source: OUTSIDE, destination: INSIDE, protocol: UDP };
const fromInside = { source: INSIDE, destination: OUTSIDE, protocol: UDP };

/** Packets that no filter matches. */
const background: PacketTemplate = { ...COMMON, ipv4: { source: OUTSIDE, destination: OUTSIDE, protocol: UDP } };

const read = (key: number, weight: number): PacketTemplate => ({
  ...COMMON,
  weight,
  ipv4: toInside,
  udp: { destinationPort: 7777 },
  applicationWords: [1, key, 0, 0],
});

export const CASE_STUDY_TRAFFIC = {
  background: [background],
  requests: [read(cachedKey(0), HIT_RATE), read(UNCACHED_KEY, 1 - HIT_RATE)],
  toServers: [{ ...COMMON, ipv4: toInside }],
  // The flows of a variant are the first of those of a variant with more.
  heavyAndLight: [
    { ...COMMON, ipv4: fromInside, weight: HEAVY_SHARE, flows: HEAVY_FLOWS },
    { ...COMMON, ipv4: fromInside, weight: 1 - HEAVY_SHARE },
  ],
} satisfies Record<string, readonly PacketTemplate[]>;

export const trafficGenerator = (
  variants: readonly PacketTemplate[],
  packetsPerSecond: number,
  seed: string,
): TrafficGenerator =>
  createTrafficGenerator({ targets: [{ variants }], seed: `${seed}/case-study`, packetsPerSecond });
