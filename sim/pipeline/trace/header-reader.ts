/** The headers that the parser finds in a packet, and what their fields hold. */
import { MAX_NUMBER_BITS } from '../../../compiler/data-plane/bits.js';
import { ofWords } from '../../../compiler/data-plane/ipv6-text.js';
import { must } from '../../../compiler/data-plane/must.js';
import type { DataPlane, HeaderField } from '../../../compiler/index.js';
import { InterpretedParser } from '../../blocks/parser.js';
import { Phv } from '../../blocks/phv.js';
import type { TracedHeader } from './packet-trace.js';

export class HeaderReader {
  private readonly phv: Phv;
  private readonly parser: InterpretedParser;
  private readonly fields: readonly HeaderField[];

  constructor(private readonly dataPlane: DataPlane) {
    this.phv = new Phv(dataPlane.headers.length);
    this.parser = new InterpretedParser(dataPlane);
    this.fields = dataPlane.layoutFields;
  }

  /** Parses a packet; the other methods are about this packet until the next call. */
  read(packet: Uint8Array): void {
    this.phv.begin(packet, 0, packet.length, 0);
    this.parser.parse(this.phv);
  }

  /** Whether the parser drops it: it ends inside a header, on a data plane that follows the chip. */
  get isDropped(): boolean {
    return this.phv.dropped;
  }

  has(header: number): boolean {
    return (this.phv.headerStart[header] ?? -1) >= 0;
  }

  /** The value of a field of a width that a number holds; undefined if the packet lacks its header. */
  value(field: HeaderField): number | undefined {
    if (!this.has(field.header)) return undefined;
    const { bytes, headerStart } = this.phv;
    const start = must(headerStart[field.header], `start of header ${field.header}`);
    let value = 0;
    for (let bit = 0; bit < field.width; bit++) {
      const at = field.bitOffset + bit;
      // A header that the packet cuts short reads as 0 behind its end.
      const byte = bytes[start + (at >>> 3)] ?? 0;
      value = value * 2 + ((byte >>> (7 - (at & 7))) & 1);
    }
    return value;
  }

  /** The value of a field of any width in hexadecimal. The packet has its header. */
  private hexadecimal(field: HeaderField): string {
    if (field.width <= MAX_NUMBER_BITS) return must(this.value(field), `value of ${field.name}`).toString(16);
    const words = this.dataPlane.wordsOf(field).map(({ name }) => this.value(this.dataPlane.headerField(name)));
    return ofWords(words.map((word) => must(word, `word of ${field.name}`))).toString(16);
  }

  /** In the order of their bytes. */
  headers(): TracedHeader[] {
    return this.dataPlane.headers
      .filter(({ index }) => this.has(index))
      .map(({ name, index }) => ({
        header: name,
        offset: must(this.phv.headerStart[index], `start of header ${index}`),
        fields: Object.fromEntries(
          this.fields
            .filter((field) => field.header === index)
            .map((field) => [field.name, `0x${this.hexadecimal(field)}`]),
        ),
      }))
      .sort((a, b) => a.offset - b.offset);
  }
}
