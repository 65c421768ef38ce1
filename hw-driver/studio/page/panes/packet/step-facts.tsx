/** What a step did: its line, action, entry, and the word of memory that it touched. */
import type { TracedStep, TracedWord } from '../../../../../sim/pipeline/trace/packet-trace.js';
import { keyText } from '../../../../../sim/pipeline/trace/trace-text.js';
import type { MemorySummary } from '../../../session/protocol.js';
import { grouped, hexWord } from '../../state/format.js';
import type { RunningLines } from '../../state/story.js';
import { showLine } from '../programs/running-line.js';

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
        {key === '' ? 'any' : key}
        <span class="soft"> priority {entry.priority}</span>
      </dd>
    </dl>
  );
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
            onClick={() => source !== undefined && showLine({ ...source, lines: [line] })}
          >
            <span class="soft">{line}</span> {text}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The name of a word of an RPB's registers: `row1[17]`. */
function nameOf(bucket: number, rpb: number, memories: readonly MemorySummary[]): string | undefined {
  const block = memories.find((each) => each.rpb === rpb && bucket >= each.base && bucket < each.base + each.buckets);
  return block && `${block.memory}[${grouped(bucket - block.base)}]`;
}

interface WordProps {
  readonly word: TracedWord;
  readonly rpb: number;
  readonly memories: readonly MemorySummary[];
}

function WordFact({ word, rpb, memories }: WordProps) {
  const { bucket, before, after, high, isOwn } = word;
  const isWritten = before !== after || (high !== undefined && high.before !== high.after);
  const name = nameOf(bucket, rpb, memories) ?? `bucket ${grouped(bucket)} of RPB ${rpb}`;
  return (
    <span class={isWritten ? 'changed-now' : ''}>
      <span class="mono">{name}</span>: {grouped(before)}
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
