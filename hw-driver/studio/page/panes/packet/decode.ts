/** The headers of a packet as values of their fields, from its bytes. */
import { fieldText } from '../../../../../compiler/data-plane/field-text.js';
import type { TracedHeader } from '../../../../../sim/pipeline/trace/packet-trace.js';
import type { DataPlaneSummary } from '../../../session/protocol.js';

export type HeaderLayout = DataPlaneSummary['headers'][number];

export interface DecodedField {
  /** Without its header. */
  readonly name: string;
  readonly value: bigint;
  readonly text: string;
}

export interface DecodedHeader {
  readonly header: string;
  /** Bytes of the packet: the first, and that behind the last. */
  readonly from: number;
  readonly to: number;
  readonly fields: readonly DecodedField[];
}

const BITS_OF_BYTE = 8;

/** Bits of bytes as a number. @param bitOffset from the first bit of the first byte */
export function bitsOf(bytes: Uint8Array, bitOffset: number, width: number): bigint {
  const first = Math.floor(bitOffset / BITS_OF_BYTE);
  const end = Math.ceil((bitOffset + width) / BITS_OF_BYTE);
  let value = 0n;
  for (const byte of bytes.subarray(first, end)) value = (value << 8n) | BigInt(byte);
  return (value >> BigInt(end * BITS_OF_BYTE - bitOffset - width)) & ((1n << BigInt(width)) - 1n);
}

/**
 * The headers that the parser found, with the values that their fields have in these bytes.
 * @param headers as the packet arrived: data planes add and remove none
 */
export function decoded(
  headers: readonly TracedHeader[],
  layouts: readonly HeaderLayout[],
  bytes: Uint8Array,
): DecodedHeader[] {
  return headers.flatMap(({ header, offset }) => {
    const layout = layouts.find(({ name }) => name === header);
    if (layout === undefined) return [];
    const fields = layout.fields.map(({ name, bitOffset, width }): DecodedField => {
      const value = bitsOf(bytes, offset * BITS_OF_BYTE + bitOffset, width);
      return { name: name.slice(name.lastIndexOf('.') + 1), value, text: fieldText(name, value) };
    });
    return [{ header, from: offset, to: offset + layout.bytes, fields }];
  });
}
