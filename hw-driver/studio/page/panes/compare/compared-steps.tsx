/** What the entries of two versions did with one packet, side by side. */
import { must } from '../../../../../compiler/data-plane/must.js';
import type { ShownPacket } from '../../../session/protocol.js';
import { numberAt } from '../../state/columns.js';
import { hexWord } from '../../state/format.js';

type Step = ShownPacket['trace']['steps'][number];

/** A step in words: what its statement is, what it left in registers and memory. */
function stepText({ action, source, after, before, memory }: Step): { readonly what: string; readonly result: string } {
  const registers = (['har', 'sar', 'mar'] as const).filter((name) => before[name] !== after[name]);
  const word =
    memory === null || memory.before === memory.after
      ? []
      : [`word ${hexWord(memory.before)} → ${hexWord(memory.after)}`];
  return {
    what: source[0]?.text ?? action,
    result: [...registers.map((name) => `${name} ${hexWord(after[name])}`), ...word].join(', '),
  };
}

/**
 * Pairs of steps, in order. The same step does the same; a step of one version alone is beside nothing.
 * By the longest common sequence of statements: packets have some dozen steps.
 */
function pairs(one: readonly Step[], other: readonly Step[]): (readonly [Step | undefined, Step | undefined])[] {
  const isSame = (a: Step, b: Step): boolean => stepText(a).what === stepText(b).what;
  const lengths = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1));
  const at = (i: number, k: number): number => numberAt(must(lengths[i], `step ${i}`), k);
  for (let i = one.length - 1; i >= 0; i--) {
    for (let k = other.length - 1; k >= 0; k--) {
      const [a, b, row] = [one[i], other[k], lengths[i]];
      if (a === undefined || b === undefined || row === undefined) continue;
      row[k] = isSame(a, b) ? at(i + 1, k + 1) + 1 : Math.max(at(i + 1, k), at(i, k + 1));
    }
  }
  const found: (readonly [Step | undefined, Step | undefined])[] = [];
  let [i, k] = [0, 0];
  while (i < one.length || k < other.length) {
    const [a, b] = [one[i], other[k]];
    if (a !== undefined && b !== undefined && isSame(a, b)) {
      found.push([a, b]);
      i++;
      k++;
    } else if (b === undefined || (a !== undefined && at(i + 1, k) >= at(i, k + 1))) {
      found.push([a, undefined]);
      i++;
    } else {
      found.push([undefined, b]);
      k++;
    }
  }
  return found;
}

interface StepsProps {
  readonly one: ShownPacket;
  readonly other: ShownPacket;
}

export function ComparedSteps({ one, other }: StepsProps) {
  return (
    <table class="compared-steps">
      <caption class="said-only">Steps of the packet in both versions</caption>
      <tbody>
        {pairs(one.trace.steps, other.trace.steps).map(([a, b], i) => {
          const [left, right] = [a && stepText(a), b && stepText(b)];
          const differs = left?.what !== right?.what || left?.result !== right?.result;
          return (
            <tr key={i} class={differs ? 'differs' : ''}>
              <StepCell text={left} />
              <StepCell text={right} />
            </tr>
          );
        })}
        <tr>
          <td>{changesText(one)}</td>
          <td>{changesText(other)}</td>
        </tr>
      </tbody>
    </table>
  );
}

function StepCell({ text }: { readonly text: { readonly what: string; readonly result: string } | undefined }) {
  if (text === undefined) return <td class="no-step">–</td>;
  return (
    <td>
      <span class="mono">{text.what}</span> <span class="mono fine">{text.result}</span>
    </td>
  );
}

function changesText({ trace }: ShownPacket): string {
  const { changes } = trace.verdict;
  if (changes.length === 0) return 'headers stay';
  return changes.map(({ field, after }) => `${field} = ${after}`).join(', ');
}
