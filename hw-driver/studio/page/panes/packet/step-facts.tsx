/** What a step did: its line, action, entry, and the word of memory that it touched. */
import type { TracedStep, TracedWord } from '../../../../../sim/pipeline/trace/packet-trace.js';
import { keyText } from '../../../../../sim/pipeline/trace/trace-text.js';
import type { MemorySummary } from '../../../session/protocol.js';
import { grouped, hexWord } from '../../state/format.js';
import { reveal, selectedRpb, showEntries, showSource, showWord } from '../../state/places.js';
import type { RunningLines } from '../../state/story.js';

interface FactsProps {
  readonly step: TracedStep;
  readonly memories: readonly MemorySummary[];
  readonly source: RunningLines | undefined;
}

/** Smaller numbers are the same in both notations. */
const FIRST_HEXADECIMAL = 10;

export function StepFacts({ step, memories, source }: FactsProps) {
  const { action, parameters, entry, branch, memory } = step;
  const given = Object.entries(parameters).map(
    ([name, value]) => `${name} = ${value < FIRST_HEXADECIMAL ? value : hexWord(value)}`,
  );
  const key = keyText(entry.key);
  return (
    <dl class="facts">
      <dt>Source</dt>
      <dd>
        <SourceLines step={step} source={source} />
      </dd>
      <dt>Action</dt>
      <dd class="mono">
        {action}
        {given.length > 0 && <span class="soft"> {given.join(', ')}</span>}
      </dd>
      {memory !== null && (
        <>
          <dt>Memory</dt>
          <dd>
            <WordFact word={memory} rpb={step.rpb} memories={memories} />
          </dd>
        </>
      )}
      <dt>Branch</dt>
      <dd class="mono">{branch}</dd>
      <dt>Entry</dt>
      <dd class="mono key">
        <button type="button" class="link" title="Show the RPB and its entries" onClick={() => showRpb(step, source)}>
          RPB {step.rpb}
        </button>{' '}
        {key === '' ? 'any' : key}
        <span class="soft"> priority {entry.priority}</span>
      </dd>
    </dl>
  );
}

/** Shows the RPB of a step, with the entries of its line marked. */
function showRpb({ rpb, source: [first] }: TracedStep, source: RunningLines | undefined): void {
  if (first !== undefined && source !== undefined) showEntries({ program: source.program, line: first.line }, rpb);
  else {
    selectedRpb.value = rpb;
    reveal('switch');
  }
}

function SourceLines({ step, source }: Omit<FactsProps, 'memories'>) {
  if (step.source.length === 0) return <span class="soft">not known</span>;
  return (
    <ul class="source-lines">
      {step.source.map(({ line, text }) => (
        <li key={line}>
          <button
            type="button"
            class="plain mono"
            title="Show the line in the editor (Enter)"
            disabled={source === undefined}
            onClick={() => source !== undefined && showSource(source.program, source.text, line)}
          >
            <span class="soft">{line}</span> {text}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The memory that a word of an RPB's registers lies in. */
const memoryOf = (bucket: number, rpb: number, memories: readonly MemorySummary[]): MemorySummary | undefined =>
  memories.find((each) => each.rpb === rpb && bucket >= each.base && bucket < each.base + each.buckets);

interface WordProps {
  readonly word: TracedWord;
  readonly rpb: number;
  readonly memories: readonly MemorySummary[];
}

function WordFact({ word, rpb, memories }: WordProps) {
  const { before, after, high, isOwn } = word;
  const isWritten = before !== after || (high !== undefined && high.before !== high.after);
  return (
    <span class={isWritten ? 'changed-now' : ''}>
      <WordName bucket={word.bucket} rpb={rpb} memory={memoryOf(word.bucket, rpb, memories)} />: {grouped(before)}
      {before !== after && <> → {grouped(after)}</>}
      {high !== undefined && (
        <>
          , high {grouped(high.before)}
          {high.before !== high.after && <> → {grouped(high.after)}</>}
        </>
      )}
      {isOwn === false && <strong class="bad"> outside the program’s memory</strong>}
    </span>
  );
}

interface WordNameProps {
  readonly bucket: number;
  readonly rpb: number;
  readonly memory: MemorySummary | undefined;
}

/** The name of a word, which leads to its history. */
function WordName({ bucket, rpb, memory }: WordNameProps) {
  if (memory === undefined) {
    return (
      <span class="mono">
        bucket {grouped(bucket)} of RPB {rpb}
      </span>
    );
  }
  const word = { program: memory.program, memory: memory.memory, bucket: bucket - memory.base };
  return (
    <button type="button" class="link mono" title="Show the history of the word" onClick={() => showWord(word)}>
      {word.memory}[{grouped(word.bucket)}]
    </button>
  );
}
