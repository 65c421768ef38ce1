/** The counters of a port, by the field names of $PORT_STAT; octets are counted without the frame check sequence. */

/** The classes of lengths, by maximum in octets and name. */
const LENGTHS: readonly (readonly [most: number, name: string])[] = [
  [63, 'lt_64'],
  [64, 'eq_64'],
  [127, '65_127'],
  [255, '128_255'],
  [511, '256_511'],
  [1023, '512_1023'],
  [1518, '1024_1518'],
  [2047, '1519_2047'],
  [4095, '2048_4095'],
  [8191, '4096_8191'],
  [9215, '8192_9215'],
  [Number.POSITIVE_INFINITY, '9216'],
];

const VLAN = 0x8100;

export class PortCounters {
  private readonly counts = new Map<string, number>();

  get(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  set(name: string, count: number): void {
    this.counts.set(name, count);
  }

  clear(): void {
    this.counts.clear();
  }

  /** All counters that are not 0. */
  all(): ReadonlyMap<string, number> {
    return new Map(this.counts);
  }

  received(frame: Uint8Array): void {
    this.add(['$FramesReceivedAll', '$FramesReceivedOK', `$FramesReceivedLength_${lengthName(frame)}`]);
    this.add([`$FramesReceivedwith${CAST[castOf(frame)]}Addresses`, ...(isTagged(frame) ? ['$RxVLANFramesGood'] : [])]);
    this.add(['$OctetsReceived', '$OctetsReceivedinGoodFrames'], frame.length);
  }

  /** Counts a received frame that exceeds the MTU. */
  receivedOversized(frame: Uint8Array): void {
    this.add(['$FramesReceivedAll', '$FramesReceivedOversized', '$FrameswithanyError']);
    this.add(['$OctetsReceived'], frame.length);
  }

  sent(frame: Uint8Array): void {
    this.add(['$FramesTransmittedAll', '$FramesTransmittedOK', `$FramesTransmittedLength_${lengthName(frame)}`]);
    this.add([`$FramesTransmitted${CAST[castOf(frame)]}`, ...(isTagged(frame) ? ['$FramesTransmittedVLAN'] : [])]);
    this.add(['$OctetsTransmittedTotal', '$OctetsTransmittedwithouterror'], frame.length);
  }

  /** Counts a frame to be sent that exceeds the MTU. */
  sentOversized(): void {
    this.add(['$FramesTransmittedAll', '$FramesTransmittedwithError']);
  }

  private add(names: readonly string[], count = 1): void {
    for (const name of names) this.counts.set(name, this.get(name) + count);
  }
}

const CAST = { one: 'Unicast', group: 'Multicast', all: 'Broadcast' } as const;

function castOf(frame: Uint8Array): keyof typeof CAST {
  const destination = frame.subarray(0, 6);
  if (destination.length === 6 && destination.every((byte) => byte === 0xff)) return 'all';
  return ((destination[0] ?? 0) & 1) === 1 ? 'group' : 'one';
}

const isTagged = (frame: Uint8Array): boolean => frame.length >= 14 && frame[12] === VLAN >> 8 && frame[13] === 0;

function lengthName(frame: Uint8Array): string {
  const found = LENGTHS.find(([most]) => frame.length <= most);
  if (found === undefined) throw new Error('a length has no class');
  return found[1];
}
