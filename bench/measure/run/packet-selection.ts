/** Selects packets of a run for tracing, by number in the stream or by filter. */
import { type DataPlane, DomainError } from '../../../compiler/index.js';
import { PacketFilter, PacketFilterError } from '../../../sim/index.js';
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';

/** A text that means no packets. */
export class PacketSelectionError extends DomainError {
  override readonly name = 'PacketSelectionError';
  readonly code = 'no-packet-selection';
  readonly ends = 'bad-input';
}

interface NumberRange {
  readonly first: number;
  readonly last: number;
}

export class PacketSelection {
  private readonly ranges: readonly NumberRange[];
  private readonly filters: readonly PacketFilter[];

  /** @param texts numbers from 1, ranges of them (`7-9`) and filters; a packet is selected if one of them matches @throws {PacketSelectionError} */
  constructor(texts: readonly string[], dataPlane: DataPlane) {
    const isFilter = (text: string): boolean => text.trimStart().startsWith('<');
    this.ranges = texts.filter((text) => !isFilter(text)).map(numberRange);
    this.filters = texts.filter(isFilter).map((text) => packetFilter(text, dataPlane));
  }

  /** Whether packet i of a batch is selected; the packet must be unprocessed. @param packet its number in the stream */
  picks(batch: PacketBatch, i: number, packet: number): boolean {
    return (
      this.ranges.some(({ first, last }) => packet >= first && packet <= last) ||
      this.filters.some((filter) => filter.matchesPacket(batch, i))
    );
  }
}

function numberRange(text: string): NumberRange {
  const [, from = '', to = from] = /^(\d+)(?:-(\d+))?$/.exec(text.trim()) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (from === '' || first < 1 || last < first || !Number.isSafeInteger(last)) {
    throw new PacketSelectionError(
      `--trace-packet takes packet numbers from 1, ranges like 7-9, or filters like '<hdr.udp.dst_port, 7777, 0xffff>', not '${text}'`,
    );
  }
  return { first, last };
}

function packetFilter(text: string, dataPlane: DataPlane): PacketFilter {
  try {
    return new PacketFilter(text, dataPlane);
  } catch (error) {
    throw error instanceof PacketFilterError ? new PacketSelectionError(`--trace-packet: ${error.message}`) : error;
  }
}
