/** One RPB: its memories and its entries, each with the line that it comes from. */
import type { DataPlaneSummary, ShownEntry, ShownRpb, SwitchView } from '../../../session/protocol.js';
import { programColour } from '../../state/colours.js';
import { counted, grouped } from '../../state/format.js';
import { showSource, showWord, sourcePlace } from '../../state/places.js';

/** Rows that are drawn at once; the rest of a full RPB is counted. */
const MAX_ROWS = 400;

interface RpbProps {
  readonly summary: DataPlaneSummary['rpbs'][number];
  readonly shown: ShownRpb;
  readonly view: SwitchView;
}

export function RpbContents({ summary, shown, view }: RpbProps) {
  const { rpb, gress, stage, entries, buckets, wordsPerBucket } = summary;
  return (
    <section class="rpb-contents" aria-label={`RPB ${rpb}`}>
      <h3>
        RPB {rpb}
        <span class="fine">
          {gress} stage {stage}, free: {grouped(shown.freeEntries)} of {grouped(entries)} entries,{' '}
          {grouped(shown.freeBuckets)} of {grouped(buckets)} {wordsPerBucket === 2 ? 'pairs' : 'buckets'}
        </span>
      </h3>
      {shown.memories.length > 0 && (
        <ul class="rpb-memories" aria-label="Memories">
          {shown.memories.map(({ program, memory, base, buckets: size }) => (
            <li key={`${program}.${memory}`}>
              <span class="swatch" style={{ background: programColour(program) }} />
              <button
                type="button"
                class="link mono"
                onClick={() => showWord({ program, memory, bucket: 0 })}
              >{`${program}.${memory}`}</button>
              <span class="fine">
                {counted(size, 'bucket')} from {grouped(base)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {shown.entries.length === 0 ? (
        <p class="fine">No program has entries here.</p>
      ) : (
        <Entries entries={shown.entries} view={view} />
      )}
    </section>
  );
}

function Entries({ entries, view }: { readonly entries: readonly ShownEntry[]; readonly view: SwitchView }) {
  const hasPasses = entries.some(({ pass }) => pass > 0);
  return (
    <>
      <table class="entries">
        <thead>
          <tr>
            <th scope="col">Program</th>
            {hasPasses && <th scope="col">Pass</th>}
            <th scope="col">Branch</th>
            <th scope="col">When</th>
            <th scope="col">Action</th>
            <th scope="col">Line</th>
          </tr>
        </thead>
        <tbody>
          {entries.slice(0, MAX_ROWS).map((entry, i) => (
            <EntryRow key={i} entry={entry} hasPasses={hasPasses} view={view} />
          ))}
        </tbody>
      </table>
      {entries.length > MAX_ROWS && <p class="fine">and {grouped(entries.length - MAX_ROWS)} more</p>}
    </>
  );
}

interface EntryProps {
  readonly entry: ShownEntry;
  readonly hasPasses: boolean;
  readonly view: SwitchView;
}

function EntryRow({ entry, hasPasses, view }: EntryProps) {
  const { program, pass, branch, when, does, lines } = entry;
  const place = sourcePlace.value;
  const isOfLine = place?.program === program && lines.includes(place.line);
  const text = view.programs.find((each) => each.program === program)?.text;
  return (
    <tr class={isOfLine ? 'of-line' : ''}>
      <td>
        <span class="swatch" style={{ background: programColour(program) }} />
        {program}
      </td>
      {hasPasses && <td class="number">{pass + 1}</td>}
      <td class="number">{branch === null ? 'any' : branch}</td>
      <td class="mono">{when}</td>
      <td class="mono">{does}</td>
      <td class="number">
        {lines.map((line) => (
          <button
            key={line}
            type="button"
            class="link"
            aria-label={`Line ${line} of ${program}`}
            onClick={() => text !== undefined && showSource(program, text, line)}
          >
            {line}
          </button>
        ))}
      </td>
    </tr>
  );
}
