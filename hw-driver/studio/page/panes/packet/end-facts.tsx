/** What is said of a packet when it arrived, and when it left. */
import { fieldText } from '../../../../../compiler/data-plane/field-text.js';
import type { FieldChange, PacketTrace } from '../../../../../sim/pipeline/trace/packet-trace.js';
import { keyText } from '../../../../../sim/pipeline/trace/trace-text.js';
import { counted } from '../../state/format.js';
import { outcomeText } from './verdict-text.js';

interface TraceProps {
  readonly trace: PacketTrace;
}

/** Nanoseconds have nine digits. */
const timeText = ({ seconds, nanoseconds }: PacketTrace['arrival']): string =>
  `${seconds}.${String(nanoseconds).padStart(9, '0')} s`;

/** Port, time, headers, and the filter that took the packet. */
export function ArrivalFacts({ trace: { arrival, headers, filter } }: TraceProps) {
  const { originalBytes, capturedBytes, port } = arrival;
  const cut = originalBytes === capturedBytes ? '' : `, of which ${counted(capturedBytes, 'byte')} were captured`;
  return (
    <dl class="facts">
      <dt>Arrived</dt>
      <dd>
        on port {port} at {timeText(arrival)}, {counted(originalBytes, 'byte')}
        {cut}
      </dd>
      <dt>Parsed</dt>
      <dd>{headers.length === 0 ? 'no header' : headers.map(({ header }) => header).join(' › ')}</dd>
      <dt>Filter</dt>
      <dd>
        {filter === null ? (
          'none matches: no program runs'
        ) : (
          <>
            <strong>{filter.program ?? `program ${filter.programId}`}</strong>{' '}
            <span class="mono key">{keyText(filter.key)}</span> <span class="soft">priority {filter.priority}</span>
          </>
        )}
      </dd>
    </dl>
  );
}

/** Where the packet and its copies went, and what changed on the way. */
export function LeavingFacts({ trace }: TraceProps) {
  const { verdict, copies } = trace;
  return (
    <dl class="facts">
      <dt>Verdict</dt>
      <dd>{outcomeText(trace)}</dd>
      <dt>Changes</dt>
      <dd>
        <Changes changes={verdict.changes} />
      </dd>
      {copies?.map(({ copy, kind, port, replicationId, changes }) => (
        <>
          <dt>Copy {copy}</dt>
          <dd>
            {kind === 'dropped' ? 'dropped' : `${kind} by port ${port}`}
            <span class="soft"> replication id {replicationId}</span>
            <Changes changes={changes} />
          </dd>
        </>
      ))}
    </dl>
  );
}

function Changes({ changes }: { readonly changes: readonly FieldChange[] }) {
  if (changes.length === 0) return <span class="soft">none</span>;
  return (
    <ul class="changes mono">
      {changes.map(({ field, before, after }) => (
        <li key={field}>
          {field}: <del>{fieldText(field, BigInt(before))}</del> {fieldText(field, BigInt(after))}
        </li>
      ))}
    </ul>
  );
}
