/** A packet's trace as a person wants to read it. */
import type { KeyField } from '../../compiler/index.js';
import type { PacketTrace, TracedHeader, TracedStep } from './packet-trace.js';

/** Several lines, the last with its end. */
export function formatPacketTrace(trace: PacketTrace): string {
  const { packet, arrival, headers, filter, steps, verdict } = trace;
  const cut =
    arrival.originalBytes === arrival.capturedBytes ? '' : ` (${arrival.capturedBytes} of them in the capture)`;
  const seconds = `${arrival.seconds}.${String(arrival.nanoseconds).padStart(9, '0')}`;
  const lines = [
    `packet ${packet}: ${arrival.originalBytes} bytes${cut} on port ${arrival.port}, ${seconds} s`,
    `  parsed   ${headers.map(({ header }) => header).join(' > ') || 'no header'}`,
    ...headers.map(headerLine),
    filter === null
      ? '  filter   none: no program runs'
      : `  filter   ${filter.path}, priority ${filter.priority}: ${keyText(filter.key) || 'any'} ` +
        `> program ${filter.program ?? filter.programId}${filter.program === null ? '' : ` (id ${filter.programId})`}`,
    ...steps.flatMap(stepLines),
    ...verdict.changes.map(({ field, before, after }) => `  changed  ${field}: ${before} > ${after}`),
    `  verdict  ${verdictText(verdict)}`,
  ];
  return `${lines.join('\n')}\n`;
}

const headerLine = ({ header, offset, fields }: TracedHeader): string => {
  const short = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
  const values = Object.entries(fields).map(([name, value]) => `${short(name)} ${value}`);
  return `           ${header} at ${offset}: ${values.join(', ')}`;
};

const verdictText = ({ kind, port, recirculations }: PacketTrace['verdict']): string => {
  const rounds = recirculations === 0 ? '' : `, after ${recirculations + 1} passes`;
  return `${kind === 'dropped' ? 'dropped' : `${kind} by port ${port}`}${rounds}`;
};

function stepLines({ pass, gress, rpb, branch, entry, action, parameters, before, after, memory }: TracedStep) {
  const given = Object.entries(parameters).map(([name, value]) => `${name} ${hex(value)}`);
  const conditions = entry.key.filter(
    (field) => field.name.includes('.reg.') && field.match === 'ternary' && field.mask,
  );
  const where = `pass ${pass + 1} ${gress} RPB ${rpb}`;
  const changed = (['har', 'sar', 'mar'] as const).filter((register) => before[register] !== after[register]);
  const effects = [
    ...changed.map((register) => `${register} ${hex(before[register])} > ${hex(after[register])}`),
    ...(memory === null ? [] : [`bucket ${memory.bucket}: ${hex(memory.before)} > ${hex(memory.after)}`]),
  ];
  const why = conditions.length === 0 ? '' : ` where ${keyText(conditions)}`;
  return [
    `  ${where}: branch ${branch}${why}: ${action}${given.length === 0 ? '' : `(${given.join(', ')})`}`,
    ...(effects.length === 0 ? [] : [`           ${effects.join(', ')}`]),
  ];
}

const hex = (value: number): string => (value < 10 ? String(value) : `0x${value.toString(16)}`);

const keyText = (key: readonly KeyField[]): string =>
  key
    .filter((field) => field.match === 'exact' || field.mask !== 0)
    .map((field) => `${field.name} = ${hex(field.value)}${field.match === 'ternary' ? `/${hex(field.mask)}` : ''}`)
    .join(', ');
