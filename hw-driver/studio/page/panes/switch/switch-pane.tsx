/** The pane of the switch: the pipe with its programs, one RPB of it, and the explanation of the opened program. */
import { signal } from '@preact/signals';
import type { SwitchView } from '../../../session/protocol.js';
import { notify } from '../../shell/notices.js';
import type { Pane } from '../../shell/pane.js';
import { programColour } from '../../state/colours.js';
import { counted } from '../../state/format.js';
import { cursorLine, selectedRpb, showEntries, showSource } from '../../state/places.js';
import { askSession } from '../../state/session-client.js';
import { moment, session, tell } from '../../state/studio.js';
import { useAnswer } from '../../state/use-answer.js';
import { Explanation } from './explanation.js';
import { PipeMap } from './pipe-map.js';
import { RpbContents } from './rpb-contents.js';
import './switch.css';

type Detail = 'rpb' | 'explanation';

/** What lies below the pipe. */
const detail = signal<Detail>('rpb');

/** Shows the first RPB that has entries of the line where the cursor of the editor stands. */
export async function showEntriesOfCursor(): Promise<void> {
  const cursor = cursorLine();
  if (cursor === undefined) return;
  const { programs, rpbs } = await askSession('switch', { at: moment.value });
  const names = programs.filter(({ text }) => text === cursor.text).map(({ program }) => program);
  const rpb = rpbs.find(({ entries }) =>
    entries.some(({ program, lines }) => names.includes(program) && lines.includes(cursor.line)),
  );
  const entry = rpb?.entries.find(({ program, lines }) => names.includes(program) && lines.includes(cursor.line));
  if (names.length === 0) notify('error', 'This text does not run on the switch: deploy it first.');
  else if (rpb === undefined || entry === undefined) notify('error', `Line ${cursor.line} has no entries.`);
  else {
    detail.value = 'rpb';
    showEntries({ program: entry.program, line: cursor.line }, rpb.rpb);
  }
}

function Legend({ view }: { readonly view: SwitchView }) {
  if (view.programs.length === 0) return <p class="fine legend">No program is on the switch at this moment.</p>;
  return (
    <ul class="legend" aria-label="Programs on the switch">
      {view.programs.map(({ program, programId, text, compiled }) => (
        <li key={program}>
          <button
            type="button"
            class="plain"
            title={`Program ${programId}: ${counted(compiled.entries.length, 'entry').replace('entrys', 'entries')}, ${counted(compiled.passes, 'pass').replace('passs', 'passes')}. Open its text`}
            onClick={() => showSource(program, text, 1)}
          >
            <span class="swatch" style={{ background: programColour(program) }} />
            {program}
          </button>
        </li>
      ))}
    </ul>
  );
}

function DetailTabs() {
  const tabs: readonly (readonly [Detail, string])[] = [
    ['rpb', `RPB ${selectedRpb.value}`],
    ['explanation', 'Explanation'],
  ];
  return (
    <div class="pane-tools">
      {tabs.map(([id, title]) => (
        <button key={id} type="button" aria-pressed={detail.value === id} onClick={() => (detail.value = id)}>
          {title}
        </button>
      ))}
      <button
        type="button"
        title="Entries of the line where the cursor stands"
        onClick={() => showEntriesOfCursor().catch(tell)}
      >
        From the editor
      </button>
    </div>
  );
}

function Content() {
  const opened = session.value;
  const { answer: view } = useAnswer('switch', opened === undefined ? undefined : { at: moment.value });
  if (opened === undefined) return <p class="pane-empty">The switch is not open.</p>;
  const summary = opened.dataPlane.rpbs.find(({ rpb }) => rpb === selectedRpb.value);
  const shown = view?.rpbs.find(({ rpb }) => rpb === selectedRpb.value);
  return (
    <div class="switch-pane">
      <PipeMap rpbs={opened.dataPlane.rpbs} view={view} />
      {view !== undefined && <Legend view={view} />}
      <DetailTabs />
      <div class="switch-detail" tabIndex={-1}>
        {detail.value === 'explanation' && <Explanation />}
        {detail.value === 'rpb' && view !== undefined && shown !== undefined && summary !== undefined && (
          <RpbContents summary={summary} shown={shown} view={view} />
        )}
      </div>
    </div>
  );
}

export const switchPane: Pane = {
  id: 'switch',
  title: 'Switch',
  area: 'state',
  shortcuts: [
    { keys: ['e'], does: 'Show the explanation of the opened program', run: () => (detail.value = 'explanation') },
    { keys: ['r'], does: 'Show the entries of the RPB', run: () => (detail.value = 'rpb') },
    {
      keys: ['l'],
      does: 'Show the entries of the line where the cursor of the editor stands',
      run: () => void showEntriesOfCursor().catch(tell),
    },
  ],
  Content,
};
