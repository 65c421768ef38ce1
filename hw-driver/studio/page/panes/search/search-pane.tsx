/** The pane of search: a condition, and the nearest packet before or after the moment for which it holds. */
import { signal } from '@preact/signals';
import { PACKET_VERDICTS } from '../../../../../sim/history/packet-outcome.js';
import { SessionRefusal } from '../../../session/client.js';
import type { SearchAsk, SessionProgress } from '../../../session/protocol.js';
import type { Pane } from '../../shell/pane.js';
import { grouped, packetNumber } from '../../state/format.js';
import { cursorLine, selectedWord, showPacket } from '../../state/places.js';
import { askSession } from '../../state/session-client.js';
import { moment, reasonOf, session, timeline } from '../../state/studio.js';
import { useAnswer } from '../../state/use-answer.js';
import './search.css';

type Direction = SearchAsk['direction'];

const condition = signal('verdict = dropped');

interface Search {
  readonly direction: Direction;
  readonly from: number;
  readonly progress: SessionProgress | undefined;
  readonly stop: () => void;
}

/** The search that is going on. */
const searching = signal<Search | undefined>(undefined);

type Outcome =
  | { readonly kind: 'found'; readonly packet: number }
  | { readonly kind: 'none' | 'failed' | 'stopped'; readonly text: string };

const outcome = signal<Outcome | undefined>(undefined);

interface Found {
  readonly condition: string;
  readonly packet: number;
}

/** What was found before, newest first. */
const found = signal<readonly Found[]>([]);
const MAX_FOUND = 50;

/** Looks for the nearest packet, and goes to it. */
async function search(direction: Direction): Promise<void> {
  if (searching.value !== undefined || session.value === undefined) return;
  const text = condition.value.trim();
  // The packet at the moment is shown already: forwards begins behind it.
  const at = direction === 'forwards' ? Math.min(moment.value + 1, timeline.value.ran) : moment.value;
  const controller = new AbortController();
  const begin: Search = { direction, from: at, progress: undefined, stop: () => controller.abort() };
  searching.value = begin;
  outcome.value = undefined;
  try {
    const { packet } = await askSession(
      'search',
      { at, condition: text, direction },
      {
        signal: controller.signal,
        onProgress: (progress) => {
          searching.value = { ...begin, progress };
        },
      },
    );
    if (packet === null) {
      const where =
        direction === 'forwards' ? `from packet ${packetNumber(at)} on` : `before packet ${packetNumber(at)}`;
      outcome.value = { kind: 'none', text: `It holds for no packet ${where}.` };
      return;
    }
    outcome.value = { kind: 'found', packet };
    found.value = [
      { condition: text, packet },
      ...found.value.filter((each) => each.packet !== packet || each.condition !== text),
    ].slice(0, MAX_FOUND);
    showPacket(packet);
  } catch (error) {
    const isStopped = error instanceof SessionRefusal && error.failure.code === 'cancelled';
    outcome.value = isStopped
      ? { kind: 'stopped', text: 'The search was stopped.' }
      : { kind: 'failed', text: `${reasonOf(error)}.` };
  } finally {
    searching.value = undefined;
  }
}

/** Conditions that are about what is looked at. */
function useSuggestions(): readonly string[] {
  const { answer } = useAnswer('switch', session.value === undefined ? undefined : { at: moment.value });
  const programs = answer === undefined ? [] : answer.programs;
  const word = selectedWord.value;
  const line = cursorLine();
  const atCursor = programs.find(({ text }) => text === line?.text);
  return [
    ...(word === undefined ? [] : [`writes ${word.program}.${word.memory}[${word.bucket}]`]),
    ...(word === undefined ? [] : [`${word.program}.${word.memory}[${word.bucket}] > 0`]),
    ...(atCursor === undefined || line === undefined ? [] : [`runs ${atCursor.program}:${line.line}`]),
    ...PACKET_VERDICTS.filter((verdict) => ['dropped', 'reported'].includes(verdict)).map(
      (verdict) => `verdict = ${verdict}`,
    ),
    ...programs.slice(0, 2).map(({ program }) => `program = ${program}`),
    'passes > 1',
    'program = none',
  ];
}

function Content() {
  const isBusy = searching.value !== undefined;
  return (
    <div class="search-pane">
      <form
        class="search-form"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          void search('forwards');
        }}
      >
        <input
          class="mono"
          aria-label="Condition"
          aria-invalid={outcome.value?.kind === 'failed'}
          value={condition.value}
          spellcheck={false}
          autocomplete="off"
          onInput={({ currentTarget }) => {
            condition.value = currentTarget.value;
          }}
        />
        <div class="search-buttons">
          <button
            type="button"
            disabled={isBusy}
            onClick={() => void search('backwards')}
            title="The last packet before the moment (Shift+Enter)"
          >
            ◀ Before
          </button>
          <button type="submit" class="main" disabled={isBusy} title="The next packet behind the moment (Enter)">
            Next ▶
          </button>
          <button type="button" disabled={!isBusy} onClick={() => searching.value?.stop()}>
            Stop
          </button>
        </div>
      </form>
      <Status />
      <Suggestions />
      <FoundList />
      <Grammar />
    </div>
  );
}

function Status() {
  const now = searching.value;
  const was = outcome.value;
  const progress = now?.progress;
  return (
    <div class="search-status">
      <p role="status">
        {now !== undefined &&
          (progress === undefined
            ? 'Searching…'
            : `Searching: ${grouped(progress.done)} of ${grouped(progress.total)} packets`)}
        {was?.kind === 'found' && `It holds for packet ${packetNumber(was.packet)}.`}
        {was !== undefined && was.kind !== 'found' && (
          <span class={was.kind === 'failed' ? 'bad' : ''}>{was.text}</span>
        )}
      </p>
      <progress
        class={now === undefined ? 'unseen' : ''}
        aria-label="Progress of the search"
        max={1}
        value={progress === undefined ? 0 : progress.done / Math.max(1, progress.total)}
      />
    </div>
  );
}

function Suggestions() {
  const suggestions = useSuggestions();
  return (
    <ul class="chips" aria-label="Conditions to begin with">
      {suggestions.map((text) => (
        <li key={text}>
          <button type="button" class="mono" onClick={() => (condition.value = text)}>
            {text}
          </button>
        </li>
      ))}
    </ul>
  );
}

function FoundList() {
  if (found.value.length === 0) return null;
  return (
    <ul class="found" aria-label="Found before">
      {found.value.map(({ condition: text, packet }) => (
        <li key={`${packet} ${text}`}>
          <button type="button" class="link" onClick={() => showPacket(packet)}>
            packet {packetNumber(packet)}
          </button>
          <span class="mono fine">{text}</span>
        </li>
      ))}
    </ul>
  );
}

const FORMS: readonly (readonly [form: string, meaning: string])[] = [
  ['program = lb', 'its first program; none for packets without one'],
  ['verdict = dropped', PACKET_VERDICTS.join(', ')],
  ['port = 3, passes > 1', 'with =, !=, <, <=, > and >='],
  ['<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>', 'a filter on the packet as it arrived'],
  ['lb.m[3] = 7', 'a word, when the packet has left'],
  ['writes lb.m[3] > 7', 'a word that the packet writes; lb.m alone for any of it'],
  ['sar = 1 after lb:5', 'a register before or after a line of a program'],
  ['runs lb:5', 'a line, by its number'],
  ['hits lb#2', 'an entry, by its number in the compiled program'],
  ['a and not (b or c)', 'several together'],
];

function Grammar() {
  return (
    <details class="grammar">
      <summary>What a condition may be</summary>
      <dl>
        {FORMS.map(([form, meaning]) => (
          <div key={form}>
            <dt class="mono">{form}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

export const searchPane: Pane = {
  id: 'search',
  title: 'Search',
  area: 'tools',
  shortcuts: [
    { keys: ['Shift+Enter'], does: 'Search backwards', whileTyping: true, run: () => void search('backwards') },
    { keys: ['f'], does: 'Search forwards', run: () => void search('forwards') },
    { keys: ['Shift+F', 'F'], does: 'Search backwards', run: () => void search('backwards') },
  ],
  Content,
};
