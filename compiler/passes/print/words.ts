/** Text for parts that several forms have. */

import { readable } from '../../data-plane/bits.js';
import { rangesText } from '../../data-plane/ranges-text.js';
import type { Span } from '../../language/diagnostics.js';
import type { Condition } from '../../language/program.js';
import type { ActionStep, Step, StepParameter } from '../../steps/steps.js';

const hexadecimal = (value: number): string => (value === 0 ? '0' : `0x${value.toString(16)}`);

/**
 * `sar = 1`, `mar & 0xff = 3`, or `any sar` for a condition that always holds.
 * @param all the mask of all bits of the subject
 */
export function matchText(subject: string, value: number, mask: number, all: number): string {
  if (mask === 0) return `any ${subject}`;
  return mask === all ? `${subject} = ${readable(value)}` : `${subject} & ${hexadecimal(mask)} = ${hexadecimal(value)}`;
}

const WORD = 0xffffffff;

export const conditionText = ({ register, value, mask }: Condition): string => matchText(register, value, mask, WORD);

export const conditionsText = (conditions: readonly Condition[]): string =>
  conditions.map(conditionText).join(', ') || 'always';

/** The lines of statements: `line 4`, `lines 4, 9`. */
export function linesText(spans: readonly Span[]): string {
  const lines = new Set(spans.map(({ line }) => line));
  return `${lines.size === 1 ? 'line' : 'lines'} ${rangesText([...lines])}`;
}

/**
 * A step with the driver's name of its action: `forward(32)`, `address_translation_offset(base of m, 0)`, `salu_add_sub
 * on m`.
 */
export function stepText(step: Step): string {
  if (step.kind === 'nop') return 'nop';
  const call = callText(step.instruction.name, step.parameters.map(parameterText));
  return isTiedToMemory(step) ? `${call} on ${step.memory}` : call;
}

/** Whether it has a memory that the parameters do not name. */
const isTiedToMemory = ({ memory, parameters }: ActionStep): boolean =>
  memory !== undefined && parameters.every(({ kind }) => kind === 'constant');

function parameterText(parameter: StepParameter): string {
  if (parameter.kind === 'constant') return readable(parameter.value);
  return parameter.kind === 'base' ? `base of ${parameter.memory}` : `size of ${parameter.memory} - 1`;
}

const callText = (name: string, values: readonly string[]): string =>
  values.length === 0 ? name : `${name}(${values.join(', ')})`;

const NOTE_COLUMN = 64;

/** A line with a note in a column to its right. */
export const noted = (line: string, note: string): string =>
  note === '' ? line : `${line.padEnd(NOTE_COLUMN)}  ${note}`;

/** A line with a number in a column to its left, which is empty for undefined. */
export const numbered = (number: number | undefined, text: string): string =>
  `${(number === undefined ? '' : String(number)).padStart(5)}  ${text}`;
