/**
 * The packets of a scenario as bytes: their number, one column for each value, little-endian, and then the bytes of all of
 * them. Columns are packed into half of the bytes that rows are.
 */
import { appendPacket, clearPacketBatch, createPacketBatch, hasRoomFor } from '../../../traces/packets/packet-batch.js';
import { PacketStore } from '../../../traces/packets/packet-store.js';
import { ScenarioError } from './scenario-error.js';

/** Bytes of the number of packets. */
const COUNT_BYTES = 4;

/** The columns in order, with the bytes that a value of each takes. */
const WIDTHS = { captured: 4, original: 4, ingress: 2, seconds: 8, nanoseconds: 4, marks: 1 } as const;
type Column = keyof typeof WIDTHS;

const ROW_BYTES = Object.values(WIDTHS).reduce((sum, width) => sum + width, 0);

/** Of one packet, as captures have at most. */
const MAX_PACKET_BYTES = 2 ** 18;
const NANOSECONDS_PER_SECOND = 1e9;

/** Where each column starts, and where the bytes of packets do. */
function layoutOf(count: number): Readonly<Record<Column, number>> & { readonly bytes: number } {
  const captured = COUNT_BYTES;
  const original = captured + WIDTHS.captured * count;
  const ingress = original + WIDTHS.original * count;
  const seconds = ingress + WIDTHS.ingress * count;
  const nanoseconds = seconds + WIDTHS.seconds * count;
  const marks = nanoseconds + WIDTHS.nanoseconds * count;
  return { captured, original, ingress, seconds, nanoseconds, marks, bytes: marks + WIDTHS.marks * count };
}

/** The packets of a store. */
export function bytesOfPackets(packets: PacketStore): Uint8Array<ArrayBuffer> {
  const { count } = packets;
  const at = layoutOf(count);
  let total = 0;
  for (let i = 0; i < count; i++) total += packets.capturedLength(i);
  const bytes = new Uint8Array(at.bytes + total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, count, true);
  let end = at.bytes;
  for (let i = 0; i < count; i++) {
    view.setUint32(at.captured + i * WIDTHS.captured, packets.capturedLength(i), true);
    view.setUint32(at.original + i * WIDTHS.original, packets.originalLength(i), true);
    view.setUint16(at.ingress + i * WIDTHS.ingress, packets.ingressPort(i), true);
    view.setFloat64(at.seconds + i * WIDTHS.seconds, packets.timeSeconds(i), true);
    view.setUint32(at.nanoseconds + i * WIDTHS.nanoseconds, packets.timeNanoseconds(i), true);
    view.setUint8(at.marks + i * WIDTHS.marks, packets.marks(i));
    bytes.set(packets.bytes(i), end);
    end += packets.capturedLength(i);
  }
  return bytes;
}

const damaged = (what: string): never => {
  throw new ScenarioError('damaged', `the scenario is damaged: ${what}`);
};

/** The packets of bytes that {@link bytesOfPackets} made. @throws {ScenarioError} for other bytes */
export function packetsOfBytes(bytes: Uint8Array): PacketStore {
  if (bytes.length < COUNT_BYTES) return damaged('its packets are missing');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  if (COUNT_BYTES + count * ROW_BYTES > bytes.length) return damaged(`it ends before its ${count} packets`);
  const at = layoutOf(count);
  const store = new PacketStore();
  const batch = createPacketBatch(1, MAX_PACKET_BYTES);
  let start = at.bytes;
  for (let i = 0; i < count; i++) {
    const captured = view.getUint32(at.captured + i * WIDTHS.captured, true);
    const seconds = view.getFloat64(at.seconds + i * WIDTHS.seconds, true);
    const nanoseconds = view.getUint32(at.nanoseconds + i * WIDTHS.nanoseconds, true);
    if (start + captured > bytes.length) return damaged(`it ends inside packet ${i}`);
    if (!Number.isSafeInteger(seconds) || nanoseconds >= NANOSECONDS_PER_SECOND) {
      return damaged(`the time of packet ${i} is none`);
    }
    clearPacketBatch(batch);
    if (!hasRoomFor(batch, captured)) return damaged(`packet ${i} has ${captured} bytes`);
    const original = view.getUint32(at.original + i * WIDTHS.original, true);
    const ingress = view.getUint16(at.ingress + i * WIDTHS.ingress, true);
    const to = appendPacket(batch, captured, original, ingress, seconds, nanoseconds);
    batch.bytes.set(bytes.subarray(start, start + captured), to);
    batch.marks[0] = view.getUint8(at.marks + i * WIDTHS.marks);
    store.add(batch);
    start += captured;
  }
  if (start !== bytes.length) return damaged(`${bytes.length - start} bytes follow its last packet`);
  return store;
}
