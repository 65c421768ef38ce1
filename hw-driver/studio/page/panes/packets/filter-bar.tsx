/** The filter of the list of packets: fields as programs match them, verdict, program. */
import { useEffect, useState } from 'preact/hooks';
import { PACKET_VERDICTS } from '../../../../../sim/history/packet-outcome.js';
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

/** Packets of more than one pass; stands among the verdicts. */
const RECIRCULATED = 'recirculated';

function withOutcome(choice: string): void {
  const { verdicts: _verdicts, minPasses: _passes, ...others } = filter.value;
  const verdict = PACKET_VERDICTS.find((each) => each === choice);
  if (choice === RECIRCULATED) filter.value = { ...others, minPasses: 2 };
  else filter.value = verdict === undefined ? others : { ...others, verdicts: [verdict] };
}

const outcomeChoice = (): string | undefined =>
  filter.value.minPasses === undefined ? filter.value.verdicts?.[0] : RECIRCULATED;

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
      aria-describedby="filter-error"
      placeholder="<hdr.ipv4.dst, 10.0.0.0, 0xff000000>"
      value={text}
      onInput={({ currentTarget }) => setText(currentTarget.value)}
    />
  );
}

/** How many packets the filter lets through. */
export function FilterOutcome() {
  const { packets } = timeline.value;
  const rows = rowCount.value;
  const text = rows === packets ? counted(packets, 'packet') : `${grouped(rows)} of ${counted(packets, 'packet')}`;
  return (
    <span id="filter-outcome" role="status" class="outcome">
      {text}
    </span>
  );
}

export function FilterBar() {
  return (
    <div class="pane-tools filter-bar">
      <TextFilter />
      <select
        aria-label="Verdict"
        value={outcomeChoice()}
        onChange={({ currentTarget }) => withOutcome(currentTarget.value)}
      >
        <option value="">any verdict</option>
        {PACKET_VERDICTS.map((verdict) => (
          <option key={verdict} value={verdict}>
            {VERDICT_TEXTS[verdict].text}
          </option>
        ))}
        <option value={RECIRCULATED}>recirculated</option>
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
      <p id="filter-error" class="filter-error" role="status" hidden={filterError.value === undefined}>
        {filterError.value}
      </p>
    </div>
  );
}
