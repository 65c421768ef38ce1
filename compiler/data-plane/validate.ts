/** Validation of data plane descriptions. */

import { actionProblems, rpbsText } from './action-problems.js';
import { MAX_NUMBER_BITS } from './bits.js';
import {
  CHIP_NAMES,
  type DataPlaneDescription,
  type HeaderDescription,
  type HeaderFieldDescription,
  type ParserStateDescription,
  partsOf,
  type RpbDescription,
  wordName,
} from './description.js';
import { DomainError } from './domain-error.js';
import { GROUP_BITS } from './instructions/multicast.js';
import { PAIR_ACTION } from './instructions/pair.js';
import { intrinsicProblems } from './intrinsics.js';
import { valueText } from './thrown-text.js';

/** A description that is not valid; `problems` lists everything that was found. */
export class DataPlaneError extends DomainError {
  override readonly name = 'DataPlaneError';
  readonly code = 'invalid-data-plane';
  readonly ends = 'bad-input';

  constructor(
    readonly dataPlane: string,
    readonly problems: readonly string[],
  ) {
    super(`data plane '${dataPlane}' is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

const isCount = (value: unknown, maximum = 2 ** 32): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= maximum;

/** The time of a bit must be at least 0.1 ps. */
const MAX_BITS_PER_SECOND = 1e13;

/** The problems of a description whose shape is right; empty when it is valid. */
export function descriptionProblems(description: DataPlaneDescription): string[] {
  return [
    ...chipProblems(description),
    ...headerProblems(description),
    ...parserProblems(description),
    ...nameProblems(description),
    ...intrinsicProblems(description),
    ...initProblems(description),
    ...rpbProblems(description),
    ...actionProblems(description, fieldWidths(description)),
    ...numberProblems(description),
    ...replicationProblems(description),
    ...timeProblems(description),
  ];
}

function chipProblems({ chip }: DataPlaneDescription): string[] {
  if (chip === undefined || CHIP_NAMES.includes(chip)) return [];
  return [`chip: ${valueText(chip)} is not one of ${CHIP_NAMES.join(', ')}`];
}

function fieldWidths(description: DataPlaneDescription): Map<string, number> {
  const widths = new Map<string, number>();
  for (const [header, described] of Object.entries(description.headers)) {
    for (const field of described.fields) widths.set(`hdr.${header}.${field.name}`, field.width);
    for (const [name, { width }] of partsOf(described)) widths.set(`hdr.${header}.${name}`, width);
  }
  for (const intrinsic of description.intrinsics) widths.set(intrinsic.name, intrinsic.width);
  return widths;
}

function headerProblems({ headers }: DataPlaneDescription): string[] {
  const problems: string[] = [];
  for (const [name, header] of Object.entries(headers)) {
    let bits = 0;
    for (const field of header.fields) {
      problems.push(...widthProblems(name, field, header));
      if (isSpread(bits, field.width)) {
        problems.push(
          `hdr.${name}.${field.name}: a field that does not begin and end at byte boundaries must lie within four bytes`,
        );
      }
      bits += field.width;
    }
    problems.push(...partProblems(name, header));
    if (bits % 8 !== 0) problems.push(`header ${name}: its ${bits} bits are not whole bytes`);
    const names = header.fields.map((field) => field.name);
    if (new Set(names).size < names.length) problems.push(`header ${name}: a field name occurs twice`);
    for (const field of [header.lengthWords, ...(header.valid ?? []).map((condition) => condition.field)]) {
      if (field !== undefined && !names.includes(field)) problems.push(`header ${name} has no field ${field}`);
    }
  }
  return problems;
}

/** The most bits of a field: those of an IPv6 address. */
const MAX_FIELD_BITS = 128;
const WORD_BITS = 32;

/** Of fields that no number holds, programs use the words. */
function widthProblems(
  header: string,
  { name, width }: HeaderFieldDescription,
  described: HeaderDescription,
): string[] {
  const full = `hdr.${header}.${name}`;
  if (isCount(width, MAX_NUMBER_BITS)) return [];
  if (!isCount(width, MAX_FIELD_BITS) || width % WORD_BITS !== 0) {
    return [`${full}: width ${width} is not from 1 to ${MAX_NUMBER_BITS} bits, or 64, 96 or ${MAX_FIELD_BITS}`];
  }
  const parts = new Map(partsOf(described));
  return Array.from({ length: width / WORD_BITS }, (_, i) => i).flatMap((word) => {
    const part = parts.get(wordName(name, word));
    const isWord = part?.field === name && part.bitOffset === word * WORD_BITS && part.width === WORD_BITS;
    return isWord ? [] : [`${full}: a field of ${width} bits needs the part ${wordName(name, word)}, its word ${word}`];
  });
}

/** Whether bits lie in more than four bytes without beginning and ending at byte boundaries. */
const isSpread = (bitOffset: number, width: number): boolean =>
  (bitOffset % 8) + width > 32 && (bitOffset % 8 !== 0 || width % 8 !== 0);

function partProblems(header: string, description: HeaderDescription): string[] {
  const { fields } = description;
  const offsets = new Map<string, number>();
  let bits = 0;
  for (const { name, width } of fields) {
    offsets.set(name, bits);
    bits += width;
  }
  return partsOf(description).flatMap(([name, { field, bitOffset, width }]) => {
    const full = `hdr.${header}.${name}`;
    const whole = fields.find((each) => each.name === field);
    const start = offsets.get(field);
    if (whole === undefined || start === undefined) return [`${full}: header ${header} has no field ${field}`];
    if (offsets.has(name)) return [`${full}: a field has the name of this part`];
    if (!isCount(width, 32)) return [`${full}: width ${width} is not from 1 to 32 bits`];
    const isWithin = Number.isInteger(bitOffset) && bitOffset >= 0 && bitOffset + width <= whole.width;
    if (!isWithin)
      return [
        `${full}: bits ${bitOffset} to ${bitOffset + width - 1} are not within the ${whole.width} bits of ${field}`,
      ];
    if (isSpread(start + bitOffset, width)) return [`${full}: a part must lie within four bytes`];
    return [];
  });
}

function parserProblems(description: DataPlaneDescription): string[] {
  const { parser, headers } = description;
  const widths = fieldWidths(description);
  const problems: string[] = [];
  const needState = (name: string, from: string): void => {
    if (parser.states[name] === undefined) problems.push(`parser: ${from} leads to the unknown state ${name}`);
  };
  needState(parser.start, 'the start');
  for (const [name, state] of Object.entries(parser.states)) {
    for (const header of state.extract) {
      if (headers[header] === undefined) problems.push(`parser state ${name}: unknown header ${header}`);
    }
    for (const field of [state.only?.field, state.select?.field]) {
      if (field !== undefined && !widths.has(field)) problems.push(`parser state ${name}: unknown field ${field}`);
    }
    for (const { state: next } of state.select?.next ?? []) needState(next, `state ${name}`);
    problems.push(...skipProblems(name, state, widths));
  }
  if (hasCycle(description)) problems.push('parser: its states form a cycle');
  return problems;
}

/** The most headers that a state may skip: a parser of a chip has a state for each. */
const MAX_SKIPPED = 16;
const MAX_SKIPPED_BYTES = 255;

function skipProblems(
  name: string,
  { skip, select }: ParserStateDescription,
  widths: ReadonlyMap<string, number>,
): string[] {
  if (skip === undefined) return [];
  const problems: string[] = [];
  const report = (problem: string): number => problems.push(`parser state ${name}: ${problem}`);
  if (select === undefined || widths.get(select.field) !== BYTE_BITS) {
    report('headers can be skipped only in front of a select by a field of 8 bits');
  }
  if (!isCount(skip.most, MAX_SKIPPED)) report(`it skips ${skip.most} headers, not 1 to ${MAX_SKIPPED}`);
  const next = select === undefined ? [] : select.next;
  const values = [...skip.headers, ...next].map(({ value }) => value);
  if (new Set(values).size < values.length) report('a value stands for two headers');
  for (const { value, bytes, unitBytes, only } of skip.headers) {
    if (!Number.isInteger(value) || value < 0 || value > 0xff) report(`value ${value} does not fit 8 bits`);
    if (!isCount(bytes, MAX_SKIPPED_BYTES) || bytes < 2) report(`a skipped header of ${bytes} bytes has no length`);
    if (unitBytes !== 0 && !isCount(unitBytes, MAX_SKIPPED_BYTES)) report(`units of ${unitBytes} bytes`);
    if (only === undefined) continue;
    const isWithin = Number.isInteger(only.bitOffset) && only.bitOffset >= 0 && isCount(only.width, WORD_BITS);
    if (!isWithin || only.bitOffset + only.width > bytes * BYTE_BITS || isSpread(only.bitOffset, only.width)) {
      report(`bits ${only.bitOffset} to ${only.bitOffset + only.width - 1} are not within a header of ${bytes} bytes`);
    }
  }
  return problems;
}

const BYTE_BITS = 8;

function hasCycle({ parser }: DataPlaneDescription): boolean {
  const visit = (name: string, path: readonly string[]): boolean =>
    path.includes(name) || (parser.states[name]?.select?.next ?? []).some(({ state }) => visit(state, [...path, name]));
  return visit(parser.start, []);
}

function nameProblems(description: DataPlaneDescription): string[] {
  const widths = fieldWidths(description);
  return Object.entries(description.aliases)
    .filter(([, alias]) => !widths.has(alias.field))
    .map(([name, alias]) => `alias ${name}: unknown field ${alias.field}`);
}

function initProblems(description: DataPlaneDescription): string[] {
  const widths = fieldWidths(description);
  const problems: string[] = [];
  for (const filter of description.init.filters) {
    if (description.headers[filter.requires] === undefined) {
      problems.push(`filter table ${filter.name}: unknown header ${filter.requires}`);
    }
    for (const key of filter.keys) {
      if (!widths.has(key)) problems.push(`filter table ${filter.name}: unknown field ${key}`);
    }
    if (!isCount(filter.entries))
      problems.push(
        `filter table ${filter.name}: the number of entries, ${filter.entries}, is not a positive whole number`,
      );
  }
  const { unforwarded = 'ingress', onEveryPass } = description.init;
  if (unforwarded !== 'ingress' && unforwarded !== 'egress') {
    problems.push(`init.unforwarded is ingress or egress, not '${unforwarded}'`);
  }
  if (unforwarded === 'egress' && onEveryPass) {
    problems.push('init.unforwarded: egress needs an init block that runs on the first pass only (init.onEveryPass)');
  }
  return problems;
}

function rpbProblems({ rpbs, state }: DataPlaneDescription): string[] {
  const problems: string[] = [];
  const list = Object.entries(rpbs);
  if (list.length === 0) problems.push('it has no RPB: at least one is needed');
  let egressSeen = false;
  list.forEach(([key, rpb], i) => {
    if (key !== String(i + 1)) problems.push(`RPBs are numbered from 1 without gaps; found ${key} at place ${i + 1}`);
    if (rpb.gress === 'ingress' && egressSeen) problems.push(`RPB ${key}: an ingress RPB follows an egress RPB`);
    egressSeen ||= rpb.gress === 'egress';
    problems.push(...oneRpbProblems(key, rpb, state.addressBits));
  });
  return problems;
}

function oneRpbProblems(key: string, rpb: RpbDescription, addressBits: number): string[] {
  const problems: string[] = [];
  if (!isCount(rpb.entries))
    problems.push(`RPB ${key}: the number of entries, ${rpb.entries}, is not a positive whole number`);
  if (!isCount(rpb.buckets, 2 ** addressBits)) {
    problems.push(`RPB ${key}: ${rpb.buckets} buckets cannot be addressed with ${addressBits} bits`);
  }
  const { polynomial, initial, xorOut } = rpb.hash;
  if ([polynomial, initial, xorOut].some((value) => !Number.isInteger(value) || value < 0 || value > 0xffff)) {
    problems.push(`RPB ${key}: hash parameters must be 16-bit numbers`);
  }
  problems.push(...wordProblems(key, rpb));
  if (new Set(rpb.actions).size < rpb.actions.length) problems.push(`RPB ${key}: an action occurs twice`);
  return problems;
}

/** An array is of words or of pairs, and its stateful ALU has actions of that one kind. */
function wordProblems(key: string, { words, actions }: RpbDescription): string[] {
  if (words !== undefined && words !== 1 && words !== 2) return [`RPB ${key}: a bucket has 1 or 2 words, not ${words}`];
  const ofOther = actions.filter((name) => name.startsWith('salu_') && (name === PAIR_ACTION) !== (words === 2));
  const kind = words === 2 ? 'pairs, and these are of words' : 'words, and these are of pairs';
  return ofOther.length === 0 ? [] : [`RPB ${key}: its memory is of ${kind}: ${ofOther.join(', ')}`];
}

function numberProblems({ ports, state, recirculation }: DataPlaneDescription): string[] {
  const problems: string[] = [];
  const portLimit = 2 ** ports.width;
  for (const [name, port] of [
    ['recirculation', ports.recirculation],
    ['CPU', ports.cpu],
    ['discard', ports.discard],
  ] as const) {
    if (port === undefined) continue;
    if (!Number.isInteger(port) || port < 0 || port >= portLimit) {
      problems.push(`the ${name} port ${port} does not fit ${ports.width} bits`);
    }
  }
  if ((ports.discard ?? ports.recirculation) === ports.cpu) {
    problems.push(`port ${ports.cpu} cannot be both the CPU port and the discard port`);
  }
  for (const [name, bits] of [
    ['program id', state.programIdBits],
    ['branch id', state.branchIdBits],
    ['recirculation id', state.recirculationIdBits],
    ['address', state.addressBits],
  ] as const) {
    if (!isCount(bits, 16)) problems.push(`${name}: width ${bits} is not from 1 to 16 bits`);
  }
  if (!isCount(recirculation.entries))
    problems.push(
      `recirculation table: the number of entries, ${recirculation.entries}, is not a positive whole number`,
    );
  return problems;
}

function replicationProblems({ rpbs, replication, init }: DataPlaneDescription): string[] {
  if (replication === undefined) {
    const numbers = Object.entries(rpbs).flatMap(([key, { actions }]) =>
      actions.includes('multicast') ? [Number(key)] : [],
    );
    return numbers.length === 0 ? [] : [`${rpbsText(numbers)}: multicast needs groups (replication)`];
  }
  const problems: string[] = [];
  if (init.onEveryPass) problems.push('replication needs an init block that runs on the first pass only');
  for (const [name, number, maximum] of [
    ['groups', replication.groups, 2 ** GROUP_BITS - 1],
    ['nodes', replication.nodes, 2 ** 24],
    ['copies', replication.copies, 2 ** 16],
  ] as const) {
    if (!isCount(number, maximum)) problems.push(`replication.${name}: ${number} is not from 1 to ${maximum}`);
  }
  return problems;
}

function timeProblems({ ports, timing, trafficManager }: DataPlaneDescription): string[] {
  const problems: string[] = [];
  if (!(timing.clockHz > 0)) problems.push(`a clock of ${timing.clockHz} Hz is not positive`);
  for (const [name, rate] of [
    ['a port', ports.bitsPerSecond],
    ['the recirculation port', ports.recirculationBitsPerSecond],
  ] as const) {
    if (!(rate > 0 && rate <= MAX_BITS_PER_SECOND))
      problems.push(`the rate of ${name}, ${rate} bit/s, is not above 0 and at most ${MAX_BITS_PER_SECOND}`);
  }
  for (const [name, nanoseconds] of Object.entries(timing.fixedNanoseconds)) {
    if (!(nanoseconds >= 0 && nanoseconds <= 1e9))
      problems.push(`a latency of ${nanoseconds} ns in ${name} is not from 0 to 1e9`);
  }
  const { stageCycles, tcamCycles, statefulAluCycles, cornerTurnCycles } = timing;
  for (const cycles of [stageCycles, tcamCycles, statefulAluCycles, cornerTurnCycles]) {
    if (!Number.isInteger(cycles) || cycles < 0)
      problems.push(`a latency of ${cycles} cycles is not a whole number from 0 on`);
  }
  if (!isCount(trafficManager.cellBytes))
    problems.push(`buffer cells of ${trafficManager.cellBytes} bytes are not a positive whole number`);
  if (!isCount(trafficManager.bufferBytes))
    problems.push(`a buffer of ${trafficManager.bufferBytes} bytes is not a positive whole number`);
  return problems;
}
