/** Round-trip times by the numbers of TCP (Chen et al., Measuring TCP Round-Trip Time in the Data Plane, SPIN 2020). */
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
import { type PacketView, TCP_FLAG } from './packet.js';

const INSIDE = 10;
/** Bytes of the IPv4 and TCP headers, by the words of the TCP header: without options, and with time stamps. */
const HEADER_BYTES: Readonly<Record<number, number>> = { 5: 40, 8: 52 };

export class RoundTripTimes implements NetworkFunction {
  private readonly signatures: Uint32Array;
  private readonly sent: Uint32Array;
  private readonly times: Uint32Array;
  private readonly hash: HashFunction;
  private readonly word = new Uint8Array(4);
  private readonly view = new DataView(this.word.buffer);

  constructor({ hashOf, bucketsOf }: SwitchResources) {
    this.signatures = new Uint32Array(bucketsOf('signature'));
    this.sent = new Uint32Array(bucketsOf('sent'));
    this.times = new Uint32Array(bucketsOf('rtt'));
    this.hash = hashOf('signature');
  }

  handle(packet: PacketView): Decision {
    if (packet.source >>> 24 === INSIDE) this.leave(packet);
    else this.takeOut(packet);
    return DEFAULT_PORT;
  }

  private leave(packet: PacketView): void {
    const answer = acknowledgementOf(packet);
    if (answer === undefined) return;
    const signature = (answer + packet.destination) >>> 0;
    const place = this.placeOf(signature);
    this.signatures[place] = signature;
    this.sent[place] = packet.timestamp;
  }

  private takeOut(packet: PacketView): void {
    const signature = (packet.acknowledgement + packet.source) >>> 0;
    const place = this.placeOf(signature);
    if (this.signatures[place] !== signature) return;
    const sent = must(this.sent[place], `time in bucket ${place}`);
    this.signatures[place] = 0;
    this.times[place] = packet.timestamp - sent;
    // The program subtracts where the time is.
    this.sent[place] = sent - packet.timestamp;
  }

  private placeOf(signature: number): number {
    this.view.setUint32(0, signature);
    return this.hash(this.word) % this.signatures.length;
  }

  memories(): ExpectedMemory[] {
    return [
      { memory: 'signature', values: this.signatures, reading: asWord },
      { memory: 'sent', values: this.sent, reading: asWord },
      { memory: 'rtt', values: this.times, reading: asWord },
    ];
  }
}

/** The number that answers a segment; undefined for segments that are not measured. */
function acknowledgementOf(packet: PacketView): number | undefined {
  if ((packet.tcpFlags & TCP_FLAG.syn) !== 0) return packet.sequence + 1;
  const headers = HEADER_BYTES[packet.tcpHeaderWords];
  if (headers === undefined || packet.totalLength === headers) return undefined;
  return packet.sequence + packet.totalLength - headers;
}
