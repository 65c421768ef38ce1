/** A packet's trace as text. */

import { counted } from '../../../compiler/data-plane/counting.js';
import { withAddresses } from '../../../compiler/data-plane/field-text.js';
import { fieldText, type KeyField, maskText, numberText } from '../../../compiler/index.js';
import { decimalSeconds, epochNanoseconds } from '../../../traces/captures/time-stamp.js';
import type { PacketTrace, SourceLine, TracedCopy, TracedHeader, TracedStep, TracedWord } from './packet-trace.js';

/** Several lines, each with a line end. */
export function formatPacketTrace(trace: PacketTrace): string {
  const { packet, arrival, headers, filter, steps, verdict } = trace;
  const copies = trace.copies === undefined ? [] : trace.copies;
  const cut =
    arrival.originalBytes === arrival.capturedBytes ? '' : ` (${arrival.capturedBytes} of them in the capture)`;
  const seconds = decimalSeconds(epochNanoseconds(arrival));
  const lines = [
    `packet ${packet}: ${arrival.originalBytes} bytes${cut} on port ${arrival.port}, ${seconds} s`,
    `  parsed   ${headers.map(({ header }) => header).join(' > ') || 'no header'}`,
    ...headers.map(headerLine),
    filter === null
      ? '  filter   none: no program runs'
      : `  filter   ${filter.path}, priority ${filter.priority}: ${keyText(filter.key) || 'any'} ` +
        `> program ${filter.program ?? filter.programId}${filter.program === null ? '' : ` (id ${filter.programId})`}`,
    ...steps.flatMap(stepLines),
    ...verdict.changes.map(
      ({ field, before, after }) =>
        `  changed  ${field}: ${fieldText(field, BigInt(before))} > ${fieldText(field, BigInt(after))}`,
    ),
    `  verdict  ${verdictText(verdict, copies)}`,
    ...copies.flatMap(copyLines),
  ];
  return `${lines.join('\n')}\n`;
}

const headerLine = ({ header, offset, fields }: TracedHeader): string => {
  const short = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
  const values = Object.entries(fields).map(([name, value]) => `${short(name)} ${fieldText(name, BigInt(value))}`);
  return wrapped(`           ${header} at ${offset}: `, values);
};

const MAX_COLUMNS = 100;
const INDENT = ' '.repeat(13);

/** A list behind a heading, on as many lines as it takes. */
function wrapped(heading: string, items: readonly string[]): string {
  const lines: string[] = [];
  let line = heading;
  for (const [i, item] of items.entries()) {
    const text = i === items.length - 1 ? item : `${item},`;
    if (line.length + text.length <= MAX_COLUMNS) line += `${text} `;
    else {
      lines.push(line.trimEnd());
      line = `${INDENT}${text} `;
    }
  }
  return [...lines, line.trimEnd()].join('\n');
}

const copyLines = ({ copy, replicationId, kind, port, changes }: TracedCopy): string[] => [
  `  copy ${copy}   replication id ${replicationId}: ${kind === 'dropped' ? 'dropped (DROP)' : `${kind} by port ${port}`}`,
  ...changes.map(
    ({ field, before, after }) =>
      `           ${field}: ${fieldText(field, BigInt(before))} > ${fieldText(field, BigInt(after))}`,
  ),
];

const verdictText = (
  { kind, port, reason, recirculations }: PacketTrace['verdict'],
  copies: readonly TracedCopy[],
): string => {
  const rounds = recirculations === 0 ? '' : `, after ${recirculations + 1} passes`;
  if (kind === 'copied') return `${counted(copies.length, 'copy')}${rounds}`;
  return `${kind === 'dropped' ? `dropped (${reason})` : `${kind} by port ${port}`}${rounds}`;
};

function stepLines(step: TracedStep): string[] {
  const { pass, gress, rpb, branch, entry, action, parameters, before, after, memory } = step;
  const given = Object.entries(parameters).map(([name, value]) => `${name} ${numberText(value)}`);
  const conditions = entry.key.filter(
    (field) => field.name.includes('.reg.') && field.match === 'ternary' && field.mask,
  );
  const of = step.copy === undefined ? '' : `copy ${step.copy}, `;
  const where = `${of}pass ${pass + 1} ${gress} RPB ${rpb}`;
  const changed = (['har', 'sar', 'mar'] as const).filter((register) => before[register] !== after[register]);
  const effects = [
    ...changed.map((register) => `${register} ${numberText(before[register])} > ${numberText(after[register])}`),
    ...(memory === null ? [] : [wordText(memory)]),
  ];
  const why = conditions.length === 0 ? '' : ` where ${keyText(conditions)}`;
  return [
    `  ${where}: branch ${branch}${why}: ${action}${given.length === 0 ? '' : `(${given.join(', ')})`}`,
    ...sourceText(step.source),
    ...(effects.length === 0 ? [] : [`           ${effects.join(', ')}`]),
  ];
}

function wordText({ bucket, before, after, high, isOwn }: TracedWord): string {
  const outside = isOwn === false ? " (outside the program's memory)" : '';
  const low = `${numberText(before)} > ${numberText(after)}`;
  const words = high === undefined ? low : `lo ${low}, hi ${numberText(high.before)} > ${numberText(high.after)}`;
  return `bucket ${bucket}: ${words}${outside}`;
}

const MAX_LINES = 3;

/** Case bodies in the place of their BRANCH have one entry each, and are told apart by what they match, not by this. */
function sourceText(source: readonly SourceLine[]): string[] {
  const [first] = source;
  if (first === undefined) return [];
  if (source.length === 1) return [`           line ${first.line}: ${first.text}`];
  const shown = source.slice(0, MAX_LINES).map(({ line, text }) => `${line}: ${text}`);
  return [`           one of lines ${shown.join(' | ')}${source.length > MAX_LINES ? ' | …' : ''}`];
}

/** The fields of a key that match anything but all values, with their masks. */
export const keyText = (key: readonly KeyField[]): string =>
  withAddresses(key.filter((field) => field.match === 'exact' || field.mask !== 0))
    .map((field) => {
      if ('address' in field) return `${field.name} = ${field.address}`;
      const mask = field.match === 'ternary' ? `/${maskText(field.name, field.mask)}` : '';
      return `${field.name} = ${fieldText(field.name, field.value)}${mask}`;
    })
    .join(', ');
