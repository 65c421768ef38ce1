/** The bytes of a packet, with the headers that they belong to and those that differ. */
import { useState } from 'preact/hooks';
import { counted } from '../../state/format.js';
import { bandOf } from './bands.js';
import type { DecodedHeader } from './decode.js';

const BYTES_OF_LINE = 16;
/** Of a long packet these are shown first: no program reads further. */
const FIRST_BYTES = 160;

interface HexProps {
  readonly bytes: Uint8Array;
  readonly before: Uint8Array;
  readonly arrived: Uint8Array;
  readonly headers: readonly DecodedHeader[];
}

export function HexView({ bytes, before, arrived, headers }: HexProps) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? bytes.length : Math.min(bytes.length, FIRST_BYTES);
  const lines = Array.from({ length: Math.ceil(shown / BYTES_OF_LINE) }, (_, line) => line * BYTES_OF_LINE);
  const classOf = (at: number): string => {
    const header = headers.findIndex(({ from, to }) => at >= from && at < to);
    const mark = bytes[at] !== before[at] ? 'changed-now' : bytes[at] !== arrived[at] ? 'changed' : '';
    return `byte ${header < 0 ? '' : bandOf(header)} ${mark}`;
  };
  return (
    <section class="hex mono" aria-label="Bytes of the packet">
      {lines.map((start) => (
        <div key={start} class="hex-line">
          <span class="offset">{start.toString(16).padStart(4, '0')}</span>
          {Array.from(bytes.subarray(start, Math.min(start + BYTES_OF_LINE, shown)), (byte, i) => (
            <span key={start + i} class={classOf(start + i)}>
              {byte.toString(16).padStart(2, '0')}
            </span>
          ))}
        </div>
      ))}
      {shown < bytes.length && (
        <button type="button" class="plain" onClick={() => setWhole(true)}>
          Show {counted(bytes.length - shown, 'more byte')}
        </button>
      )}
    </section>
  );
}
