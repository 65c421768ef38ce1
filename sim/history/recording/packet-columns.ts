/** Outcomes of packets by number, one column for each value. */
import { bytesColumn, halvesColumn, integersColumn, wordsColumn } from '../../../traces/packets/number-column.js';
import { PACKET_VERDICTS, type PacketVerdict } from '../packet-outcome.js';

/** Columns of outcomes; packets count from 0. */
export class PacketColumns {
  constructor(
    /** Packets that have run. */
    public count = 0,
    /** Places in {@link PACKET_VERDICTS}. */
    readonly verdict = bytesColumn(),
    /** The egress port, negative for packets that left by none. */
    readonly port = integersColumn(),
    readonly programId = halvesColumn(),
    readonly recirculations = bytesColumn(),
    /**
     * Two words for each packet: a digest of the bytes that left, of the packet, or of all its copies that left with their
     * ports; 0 if nothing left.
     */
    readonly digest = wordsColumn(),
  ) {}

  verdictOf(packet: number): PacketVerdict {
    return PACKET_VERDICTS[this.verdict.at(packet)] as PacketVerdict;
  }

  /** The first packets, in columns that go on in their own way. */
  fork(count: number): PacketColumns {
    const { verdict, port, programId, recirculations, digest } = this;
    return new PacketColumns(
      count,
      verdict.fork(count),
      port.fork(count),
      programId.fork(count),
      recirculations.fork(count),
      digest.fork(2 * count),
    );
  }

  /** Bytes of memory that they take. */
  get byteLength(): number {
    const { verdict, port, programId, recirculations, digest } = this;
    return [verdict, port, programId, recirculations, digest].reduce((sum, column) => sum + column.byteLength, 0);
  }
}
