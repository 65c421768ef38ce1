/**
 * A key-value server: requests wait in a queue of limited length, and are served one after another. The answer to a read
 * has the value in the third word of the key; a write is answered as it came.
 */
import { must } from '../../../compiler/data-plane/must.js';
import { randomWord } from '../../../sim/blocks/random-numbers.js';
import { PS_PER_NS } from '../../../sim/blocks/virtual-time.js';
import { HeldPackets, type HostOutlet, type HostProcess, PacketFifo } from '../../../sim/network/index.js';
import { logarithm } from '../../../traces/generate/exact-functions.js';
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import { applicationAt, setApplicationWord, turnRound, wordAt } from './frame-addresses.js';
import type { HostType } from './host-type.js';

interface Service {
  readonly servicePs: number;
  readonly isRandom: boolean;
  readonly queue: number;
  readonly seed: number;
}

const OP_READ = 1;
const WORD_BYTES = 4;
/** Places of the words of a request. */
const WORD = { op: 0, key: 1, value: 3, count: 4 } as const;

/** The value of a key that nobody has written: any function of the key would do. */
export const valueOfKey = (key: number): number => Math.imul(key, 0x9e3779b1) >>> 0;

class KeyValueServer implements HostProcess {
  private readonly waiting = new PacketFifo(new HeldPackets(false), undefined);
  private readonly written = new Map<number, number>();
  private freePs = 0;
  private served = 0;
  private busyPs = 0;
  private mostWaiting = 0;

  constructor(private readonly service: Service) {}

  get nextPs(): number {
    return this.waiting.firstPs;
  }

  receive(batch: PacketBatch, i: number, outlet: HostOutlet): void {
    if (outlet.isOwn(batch, i)) return;
    if (this.waiting.count >= this.service.queue) return outlet.refuse(batch, i);
    const timePs = this.serviceTime();
    this.freePs = Math.max(this.freePs, outlet.nowPs) + timePs;
    this.busyPs += timePs;
    this.waiting.put(batch, i, this.freePs);
    this.mostWaiting = Math.max(this.mostWaiting, this.waiting.count);
  }

  act(outlet: HostOutlet): void {
    const { batch } = this.waiting.firstHeld;
    const i = this.waiting.firstIndex;
    this.serve(batch, i);
    outlet.answer(batch, i, must(batch.ingressPort[i], 'port of a packet'));
    this.waiting.shift();
  }

  get figures(): Readonly<Record<string, number>> {
    return { served: this.served, serviceUs: this.busyPs / 1e6, mostRequests: this.mostWaiting };
  }

  /** Exponentially distributed, or always the same. */
  private serviceTime(): number {
    const { servicePs, isRandom, seed } = this.service;
    const number = this.served++;
    if (!isRandom) return servicePs;
    const uniform = ((randomWord(seed, number, 0) >>> 0) + 1) / 2 ** 32;
    return Math.max(1, Math.round(-logarithm(uniform) * servicePs));
  }

  private serve(batch: PacketBatch, i: number): void {
    const application = applicationAt(batch, i);
    const end = must(batch.offset[i], 'offset of a packet') + must(batch.capturedLength[i], 'length of a packet');
    if (application >= 0 && application + WORD.count * WORD_BYTES <= end) {
      const word = (place: number): number => wordAt(batch.bytes, application + place * WORD_BYTES);
      const key = word(WORD.key);
      if (word(WORD.op) === OP_READ) {
        const value = this.written.get(key) ?? valueOfKey(key);
        setApplicationWord(batch, application, application + WORD.value * WORD_BYTES, value);
      } else this.written.set(key, word(WORD.value));
    }
    turnRound(batch, i);
  }
}

const whole = (unit: string, minimum: number, maximum: number, standard: number, describe: string) => ({
  unit,
  minimum,
  maximum,
  standard,
  isWhole: true,
  describe,
});

export const KEY_VALUE: HostType = {
  describe: 'a key-value server, which serves requests one after another',
  parameters: {
    servicens: whole('ns', 1, 1e9, 1000, 'of a request'),
    queue: whole('requests', 1, 1e6, 1000, 'that wait or are served; more are refused'),
    random: whole('', 0, 1, 0, '1: service times are exponentially distributed'),
  },
  make: (values, seed) => {
    const value = (name: string): number => must(values[name], `parameter ${name}`);
    const servicePs = value('servicens') * PS_PER_NS;
    return new KeyValueServer({ servicePs, isRandom: value('random') === 1, queue: value('queue'), seed });
  },
};
