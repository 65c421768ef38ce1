/** The filter of the list of packets: fields as programs match them, verdict, program. */
import { useEffect, useState } from 'preact/hooks';
import { PACKET_VERDICTS, type PacketVerdict } from '../../../../../sim/history/packet-outcome.js';
import { counted, grouped } from '../../state/format.js';
import { timeline } from '../../state/studio.js';
import { VERDICT_TEXTS } from '../../state/verdicts.js';
import { filter, filterError, rowCount } from './packet-list.js';

/** After the last key. */
const DELAY_MS = 250;

const NO_PROGRAM = 'none:';
const program = (name: string): string => `program:${name}`;

/** Names of programs that were ever on the switch. */
const programNames = (): string[] => [
  ...new Set(timeline.value.events.flatMap(({ event }) => (event.kind === 'deploy' ? [event.program] : []))),
];

function withText(text: string): void {
  const { text: _before, ...others } = filter.value;
  filter.value = text.trim() === '' ? others : { ...others, text };
}

function withVerdict(verdict: PacketVerdict | undefined): void {
  const { verdicts: _before, ...others } = filter.value;
  filter.value = verdict === undefined ? others : { ...others, verdicts: [verdict] };
}

function withProgram(choice: string): void {
  const { programs: _before, ...others } = filter.value;
  if (choice === '') filter.value = others;
  else filter.value = { ...others, programs: [choice === NO_PROGRAM ? null : choice.slice(program('').length)] };
}

function programChoice(): string {
  const chosen = filter.value.programs?.[0];
  if (chosen === undefined) return '';
  return chosen === null ? NO_PROGRAM : program(chosen);
}

/** The text of the filter, which is asked for when typing pauses. */
function TextFilter() {
  const [text, setText] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => withText(text), DELAY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const error = filterError.value;
  return (
    <input
      type="text"
      class="grows mono"
      spellcheck={false}
      aria-label="Filter on fields"
      aria-invalid={error !== undefined}
      aria-describedby="filter-outcome"
      placeholder="<hdr.ipv4.dst, 10.0.0.0, 0xff000000>"
      value={text}
      onInput={({ currentTarget }) => setText(currentTarget.value)}
    />
  );
}

/** How many packets the filter lets through, or why it is none. */
export function FilterOutcome() {
  const error = filterError.value;
  const { packets } = timeline.value;
  const rows = rowCount.value;
  const text = rows === packets ? counted(packets, 'packet') : `${grouped(rows)} of ${counted(packets, 'packet')}`;
  return (
    <span id="filter-outcome" role="status" class={`outcome ${error === undefined ? '' : 'bad'}`} title={error}>
      {error ?? text}
    </span>
  );
}

export function FilterBar() {
  return (
    <div class="pane-tools filter-bar">
      <TextFilter />
      <select
        aria-label="Verdict"
        value={filter.value.verdicts?.[0]}
        onChange={({ currentTarget }) => withVerdict(PACKET_VERDICTS.find((each) => each === currentTarget.value))}
      >
        <option value="">any verdict</option>
        {PACKET_VERDICTS.map((verdict) => (
          <option key={verdict} value={verdict}>
            {VERDICT_TEXTS[verdict].text}
          </option>
        ))}
      </select>
      <select
        aria-label="Program"
        value={programChoice()}
        onChange={({ currentTarget }) => withProgram(currentTarget.value)}
      >
        <option value="">any program</option>
        {programNames().map((name) => (
          <option key={name} value={program(name)}>
            {name}
          </option>
        ))}
        <option value={NO_PROGRAM}>no program</option>
      </select>
    </div>
  );
}
