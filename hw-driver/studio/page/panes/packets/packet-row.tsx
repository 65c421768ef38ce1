/** A row of the list of packets. */
import { programColour } from '../../state/colours.js';
import { grouped, packetNumber } from '../../state/format.js';
import { secondsSince } from '../../state/time-text.js';
import { verdictText } from '../../state/verdicts.js';
import { firstArrival } from './packet-list.js';
import { rowAt } from './row-blocks.js';

/** Columns of the list, also of its header: for a million packets, 9,999 seconds and 9,999 bytes. */
export const COLUMNS = [
  { title: '#', name: 'packet', width: '74px' },
  { title: 'Time, s', name: 'time', width: '94px' },
  { title: 'Packet', name: 'summary', width: 'minmax(120px, 1fr)' },
  { title: 'Bytes', name: 'bytes', width: '52px' },
  { title: 'Program', name: 'program', width: '74px' },
  { title: 'Verdict', name: 'verdict', width: '70px' },
] as const;

export function PacketRow({ row }: { readonly row: number }) {
  const found = rowAt(row);
  if (found === undefined) return <span role="gridcell" class="cell waits" />;
  const { rows, i } = found;
  const at = (column: { readonly [index: number]: number }): number => column[i] ?? Number.NaN;
  const program = rows.programs[i] ?? null;
  const { text, sign, kind } = verdictText(at(rows.verdict));
  const port = at(rows.egressPort);
  const passes = at(rows.passes);
  return (
    <>
      <span role="gridcell" class="cell packet number">
        {packetNumber(at(rows.packet))}
      </span>
      <span role="gridcell" class="cell time number">
        {secondsSince(firstArrival.value, at(rows.seconds), at(rows.nanoseconds))}
      </span>
      <span role="gridcell" class="cell summary mono">
        {rows.summaries[i]}
      </span>
      <span role="gridcell" class="cell bytes number">
        {grouped(at(rows.bytes))}
      </span>
      <span role="gridcell" class="cell program">
        <span class="swatch" style={{ background: programColour(program) }} />
        {program ?? '–'}
      </span>
      <span role="gridcell" class={`cell verdict ${kind}`} title={port < 0 ? text : `${text} by port ${port}`}>
        <span aria-hidden="true">{sign}</span> {port >= 0 && <span class="said-only">{text} by port </span>}
        {port < 0 ? text : port}
        {passes > 1 && (
          <span class="passes" title={`${passes} passes`}>
            ↻{passes}
          </span>
        )}
      </span>
    </>
  );
}
