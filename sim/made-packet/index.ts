/** Packets made of field values. */
export { MadePacketError } from './field-names.js';
export { type MadePacket, madePacket } from './made-packet.js';
