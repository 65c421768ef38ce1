/** The pane of memory: memories by their names at the moment, and the history of one word. */
import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { MemorySummary, MemoryWords, NamedWord } from '../../../session/protocol.js';
import { notify } from '../../shell/notices.js';
import type { Pane } from '../../shell/pane.js';
import { programColour } from '../../state/colours.js';
import { numberAt } from '../../state/columns.js';
import { counted, grouped, hexWord } from '../../state/format.js';
import { selectedRpb, selectedWord } from '../../state/places.js';
import { makeEvent, moment, session, tell, work } from '../../state/studio.js';
import { useAnswer } from '../../state/use-answer.js';
import { HeatGrid } from './heat-grid.js';
import { goToWrite, WordHistory } from './word-history.js';
import './memory.css';

type Heat = 'value' | 'writes';
const heatBy = signal<Heat>('value');

const nameOf = ({ program, memory }: { readonly program: string; readonly memory: string }): string =>
  `${program}.${memory}`;

function select(memory: MemorySummary, bucket = 0): void {
  selectedRpb.value = memory.rpb;
  selectedWord.value = { program: memory.program, memory: memory.memory, bucket };
}

async function go(direction: 'before' | 'after'): Promise<void> {
  const word = selectedWord.value;
  if (word === undefined) return;
  if (!(await goToWrite(word, direction))) {
    notify('done', direction === 'before' ? 'Nothing wrote this word before.' : 'Nothing writes this word later.');
  }
}

/** By bucket: the word that is looked at, or the low word, and how often the bucket was written. */
function heatOf({ words, writes, wordsPerBucket }: MemoryWords, by: Heat, half: 0 | 1): Uint32Array {
  const of = by === 'value' ? words : writes;
  if (wordsPerBucket === 1) return of;
  return Uint32Array.from({ length: of.length / 2 }, (_, bucket) => numberAt(of, 2 * bucket + half));
}

function Content() {
  const { answer: memories } = useAnswer('memories', session.value === undefined ? undefined : { at: moment.value });
  if (memories === undefined || memories.length === 0) {
    return <p class="pane-empty">No program that runs at this moment has memory.</p>;
  }
  const word = selectedWord.value;
  const chosen = memories.find((memory) => word !== undefined && nameOf(memory) === nameOf(word)) ?? memories[0];
  return chosen === undefined ? null : <MemoryView memories={memories} chosen={chosen} />;
}

interface ViewProps {
  readonly memories: readonly MemorySummary[];
  readonly chosen: MemorySummary;
}

function MemoryView({ memories, chosen }: ViewProps) {
  const { program, memory, buckets, wordsPerBucket } = chosen;
  const { answer } = useAnswer('memory', { at: moment.value, program, memory });
  const wanted = selectedWord.value;
  const isOfChosen = wanted !== undefined && nameOf(wanted) === nameOf(chosen) && wanted.bucket < buckets;
  const bucket = isOfChosen ? wanted.bucket : 0;
  const half = isOfChosen && wanted.word === 1 && wordsPerBucket === 2 ? 1 : 0;
  const word = useMemo<NamedWord>(
    () => ({ program, memory, bucket, ...(half === 1 ? { word: 1 } : {}) }),
    [program, memory, bucket, half],
  );
  // While the answer is on its way it may be that of another memory.
  const words = answer !== undefined && nameOf(answer) === nameOf(chosen) ? answer : undefined;
  const heat = useMemo(() => words && heatOf(words, heatBy.value, half), [words, heatBy.value, half]);
  const textOf = (at: number): string => {
    const place = at * wordsPerBucket + half;
    if (words === undefined || place >= words.words.length) return `bucket ${grouped(at)}`;
    const value = numberAt(words.words, place);
    return `bucket ${grouped(at)}: ${grouped(value)} (${hexWord(value)}), ${counted(numberAt(words.writes, place), 'write')}`;
  };
  return (
    <div class="memory-pane">
      <MemoryTools memories={memories} chosen={chosen} half={half} bucket={bucket} />
      <HeatGrid
        heat={heat ?? NO_HEAT}
        colour={programColour(program)}
        selected={bucket}
        onSelect={(at) => select(chosen, at)}
        label={`Buckets of ${nameOf(chosen)}`}
        textOf={textOf}
      />
      <WordLine word={word} chosen={chosen} value={words?.words[bucket * wordsPerBucket + half]} />
      <WordHistory word={word} />
    </div>
  );
}

const NO_HEAT = new Uint32Array(0);

interface ToolsProps extends ViewProps {
  readonly half: 0 | 1;
  readonly bucket: number;
}

function MemoryTools({ memories, chosen, half, bucket }: ToolsProps) {
  const names = memories.map(nameOf);
  const onMemory = (name: string): void => {
    const memory = memories[names.indexOf(name)];
    if (memory !== undefined) select(memory);
  };
  return (
    <div class="pane-tools">
      <select
        class="grows"
        aria-label="Memory"
        value={nameOf(chosen)}
        onChange={({ currentTarget }) => onMemory(currentTarget.value)}
      >
        {memories.map((memory) => (
          <option key={nameOf(memory)} value={nameOf(memory)}>
            {nameOf(memory)} ({counted(memory.buckets, 'bucket')}, RPB {memory.rpb})
          </option>
        ))}
      </select>
      <select
        aria-label="Colour by"
        value={heatBy.value}
        onChange={({ currentTarget }) => (heatBy.value = currentTarget.value === 'writes' ? 'writes' : 'value')}
      >
        <option value="value">value</option>
        <option value="writes">writes</option>
      </select>
      <label class="bucket-field">
        <span class="fine">bucket</span>
        <input
          type="number"
          aria-label="Bucket"
          min={0}
          max={chosen.buckets - 1}
          value={bucket}
          onChange={({ currentTarget }) =>
            select(chosen, Math.max(0, Math.min(Number(currentTarget.value), chosen.buckets - 1)))
          }
        />
      </label>
      {chosen.wordsPerBucket === 2 && (
        <select
          aria-label="Word of the pair"
          value={String(half)}
          onChange={({ currentTarget }) => {
            const { program, memory } = chosen;
            selectedWord.value = { program, memory, bucket, word: currentTarget.value === '1' ? 1 : 0 };
          }}
        >
          <option value="0">low word</option>
          <option value="1">high word</option>
        </select>
      )}
    </div>
  );
}

interface WordLineProps {
  readonly word: NamedWord;
  readonly chosen: MemorySummary;
  readonly value: number | undefined;
}

/** The value of the word, which the control plane may write at this moment. */
function WordLine({ word, chosen, value }: WordLineProps) {
  const { program, memory, bucket } = word;
  const isPair = chosen.wordsPerBucket === 2;
  const write = (form: HTMLFormElement): void => {
    const text = String(new FormData(form).get('value')).trim();
    const written = Number(text);
    if (text === '' || !Number.isInteger(written) || written < 0 || written > LAST_WORD) {
      notify('error', `'${text}' is no word: a whole number from 0 to ${grouped(LAST_WORD)} was expected.`);
      return;
    }
    makeEvent({ packet: moment.value, kind: 'write', program, memory, bucket, values: [written] }).catch(tell);
    form.reset();
  };
  return (
    <form
      class="word-line"
      onSubmit={(event) => {
        event.preventDefault();
        write(event.currentTarget);
      }}
    >
      <strong class="mono">
        {program}.{memory}[{bucket}]{isPair && (word.word === 1 ? '.hi' : '.lo')}
      </strong>
      <span class="mono">{value === undefined ? '…' : `${grouped(value)} = ${hexWord(value)}`}</span>
      {!isPair && (
        <span class="row-tools">
          <input name="value" aria-label="Value to write" placeholder="0" size={9} inputMode="numeric" />
          <button
            type="submit"
            disabled={work.value !== undefined}
            title="Write the word from the control plane, at this moment"
          >
            Write
          </button>
        </span>
      )}
    </form>
  );
}

const LAST_WORD = 2 ** 32 - 1;

export const memoryPane: Pane = {
  id: 'memory',
  title: 'Memory',
  area: 'state',
  shortcuts: [
    { keys: ['b'], does: 'Go to the packet that wrote the word last', run: () => void go('before').catch(tell) },
    { keys: ['n'], does: 'Go to the packet that writes the word next', run: () => void go('after').catch(tell) },
  ],
  Content,
};
