/** A failure as text: the program, the packet, and the statements beside the entries that ran. */

import {
  type DataPlane,
  type ExecutedStatement,
  formatRegisters,
  programSource,
  type Register,
  type Registers,
  statementText,
} from '../../compiler/index.js';
import { accessedWords } from '../../compiler/language/interpreter.js';
import { type EntryStep, entrySteps } from '../pipeline/trace/entry-trace.js';
import type { Failure } from './failure.js';
import { describeMismatch } from './mismatch.js';
import { PacketBytes } from './packet-bytes.js';
import { StatementPlaces } from './statement-places.js';

/** Several lines, without a line end. */
export function formatFailure(failure: Failure, dataPlane: DataPlane): string {
  const { compiled, mismatch, packet } = failure;
  const bytes = [...packet.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [
    `program ${compiled.program}: ${describeMismatch(mismatch)}`,
    '',
    programSource(failure.program).trimEnd(),
    '',
    `packet on port ${packet.ingressPort}${packet.isForwarded ? '' : ', which has no default forwarding'}: ${bytes}`,
    ...fieldLines(failure, dataPlane),
    ...memoryLines(failure),
    '',
    ...runLines(failure, dataPlane),
  ].join('\n');
}

/** The fields of the packet that are not 0. */
function fieldLines({ packet }: Failure, dataPlane: DataPlane): string[] {
  const view = new PacketBytes(dataPlane).load(packet);
  return [...dataPlane.fields.values()].flatMap((field) => {
    if (field.width > 32 || (field.kind === 'header' && field.partOf !== undefined)) return [];
    const value = view.readField(field);
    return value === 0 ? [] : [`  ${field.name} = 0x${value.toString(16)}`];
  });
}

/** The words that the program accessed and that were not 0 before. */
function memoryLines({ memories, trace }: Failure): string[] {
  const lines = trace.flatMap(({ access }) => {
    if (access === undefined) return [];
    return accessedWords(access).flatMap((at) => {
      const before = memories.get(access.memory)?.[at];
      return before ? [`  ${access.memory}[${at}] = 0x${before.toString(16)}`] : [];
    });
  });
  return lines.length === 0 ? [] : ['memory before it, where the program accesses it', ...new Set(lines)];
}

/** The statements that ran, each with its steps; steps of no statement that ran come last. */
function runLines(failure: Failure, dataPlane: DataPlane): string[] {
  const { compiled, trace, visits } = failure;
  const places = new StatementPlaces(compiled, dataPlane);
  const left = new Set(entrySteps(compiled.entries, dataPlane, visits));
  const suspect = failure.mismatch.kind === 'register' ? failure.mismatch.register : undefined;
  const lines: string[] = [];
  let found = false;
  for (const executed of trace) {
    const placed = places.stepsOf(executed.statement);
    const steps = [...left].filter(({ rpb, pass, action }) =>
      placed.some((place) => place.rpb === rpb && place.pass === pass && actsAs(action, place.action)),
    );
    for (const step of steps) left.delete(step);
    const differs: boolean = !found && isDifferent(executed, steps, placed.length > 0, suspect);
    found ||= differs;
    lines.push(
      `${differs ? '>>' : '  '} ${statementLine(executed)}`,
      ...steps.map((step) => `       ${formatEntryStep(step)}`),
    );
  }
  const rest = [...left].map((step) => `       ${formatEntryStep(step)}`);
  const first = found ? ', the first that differs marked' : '';
  return [
    `statements${first}, each with the registers after it (hexadecimal); under each its entries`,
    ...lines,
    ...(rest.length === 0 ? [] : [`${found ? '  ' : '>>'} entries of no statement that ran`, ...rest]),
  ];
}

/** A BRANCH is placed as such; what runs there sets a branch id or is the first step of a case. */
const actsAs = (action: string, placed: string): boolean => placed === action || placed === 'branch';

/** @param suspect a register that is known to be wrong in the end */
function isDifferent(
  executed: ExecutedStatement,
  steps: readonly EntryStep[],
  isPlaced: boolean,
  suspect: Register | undefined,
): boolean {
  const last = steps.at(-1);
  if (executed.statement.kind === 'branch')
    return last !== undefined && differ(executed.before, last.before, executed, suspect);
  if (last === undefined) return isPlaced && executed.statement.primitive !== 'NOP';
  return differ(executed.after, last.after, executed, suspect);
}

/** Whether registers differ that the statement reads or sets. */
function differ(
  expected: Registers,
  actual: Registers,
  { statement, before, after }: ExecutedStatement,
  suspect: Register | undefined,
): boolean {
  const named =
    statement.kind === 'branch'
      ? statement.cases.flatMap(({ conditions }) => conditions.map(({ register }) => register))
      : (['har', 'sar', 'mar'] as const).filter(
          (register) => before[register] !== after[register] || statement.registers.includes(register),
        );
  const registers = suspect === undefined ? named : [...named, suspect];
  return registers.some((register) => expected[register] !== actual[register]);
}

function statementLine({ statement, after, access, taken }: ExecutedStatement): string {
  const word =
    access === undefined ? '' : `, ${access.memory}[${access.address}] ${hex(access.before)} -> ${hex(access.after)}`;
  const way =
    statement.kind !== 'branch' ? '' : taken === undefined ? ': no case' : `: the case in line ${taken.span.line}`;
  return `line ${statement.span.line}: ${statementText(statement)}${way}  [${formatRegisters(after)}${word}]`;
}

/** What an RPB did to a packet, and the registers after it, in one line. */
function formatEntryStep({ rpb, pass, branch, action, parameters, after }: EntryStep): string {
  const call = parameters.length === 0 ? action : `${action}(${parameters.map(hex).join(', ')})`;
  return `RPB ${rpb}, pass ${pass}, branch ${branch}: ${call}  [${formatRegisters(after)}]`;
}

const hex = (value: number): string => (value < 10 ? String(value) : `0x${value.toString(16)}`);
