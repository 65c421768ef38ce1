/** Answers of `bench history` as text. */
import { counted } from '../../../compiler/data-plane/counting.js';
import { must } from '../../../compiler/data-plane/must.js';
import { numberText } from '../../../compiler/index.js';
import type { History } from '../../../sim/history/index.js';
import { formatPacketTrace } from '../../../sim/index.js';
import {
  type HistoryAnswer,
  momentText,
  type ToldEvent,
  type ToldPacket,
  type ToldWrite,
} from '../../verify/history/answer-history.js';

type Answer<Question extends HistoryAnswer['question']> = Extract<HistoryAnswer, { readonly question: Question }>;

/** Lines without line ends. */
export function historyLines(history: History, answer: HistoryAnswer): string[] {
  switch (answer.question) {
    case 'packet':
      return packetLines(answer);
    case 'who-wrote':
      return writeLines(history, answer);
    case 'until':
      return searchLines(history, answer);
    case 'state':
      return stateLines(history, answer);
    case 'against':
      return differenceLines(history, answer);
  }
}

const packetLines = ({ trace }: ToldPacket): string[] => formatPacketTrace(trace).trimEnd().split('\n');

function writeLines(history: History, { word, before, values, writes, last, writer }: Answer<'who-wrote'>): string[] {
  const name = `${word.program}.${word.memory}[${word.bucket}]`;
  const value = values.length === 1 ? numberText(must(values[0], 'word')) : `lo ${pairText(values)}`;
  const shown = last.length < writes ? `; the last ${counted(last.length, 'write')}:` : writes === 0 ? '' : ':';
  return [
    `${name} is ${value} ${momentText(history, before - 1)}, after ${counted(writes, 'write')}${shown}`,
    ...last.map((write) => `  ${writeText(write, values.length === 2)}`),
    ...(writer === null ? [] : ['', ...packetLines(writer)]),
  ];
}

const pairText = ([low, high]: readonly number[]): string =>
  `${numberText(must(low, 'low word'))}, hi ${numberText(must(high, 'high word'))}`;

function writeText({ packet, event, word, before, after, source }: ToldWrite, isPair: boolean): string {
  const who = event === null ? `packet ${must(packet, 'packet').toLocaleString('en-US')}` : eventText(event);
  const change = `${isPair ? `${word} ` : ''}${numberText(before)} > ${numberText(after)}`;
  const [line] = source;
  return `${who}: ${change}${line === undefined ? '' : `, line ${line.line}: ${line.text}`}`;
}

const eventText = ({ packet, kind, program }: ToldEvent): string =>
  `${kind}${program === null ? '' : ` ${program}`} before packet ${packet.toLocaleString('en-US')}`;

function searchLines(history: History, { condition, direction, before, examined, found }: Answer<'until'>): string[] {
  if (found !== null) return packetLines(found);
  const isWhole = before - 1 === (direction === 'forwards' ? 0 : history.count);
  const part =
    direction === 'forwards'
      ? ` from packet ${before.toLocaleString('en-US')} on`
      : ` ${momentText(history, before - 1)}`;
  return [`no packet${isWhole ? '' : part} has ${condition}; ${counted(examined, 'packet')} examined`];
}

function stateLines(history: History, { before, programs, counters, memory }: Answer<'state'>): string[] {
  const moment = momentText(history, before - 1);
  const counts = Object.entries(counters).filter(([, count]) => count > 0);
  return [
    programs.length === 0 ? `no program runs ${moment}` : `${moment}:`,
    ...programs.map(
      ({ name, programId, entries }) => `  ${name}: program id ${programId}, ${counted(entries, 'entry')}`,
    ),
    ...counts.map(([name, count]) => `  ${COUNTER_NAMES[name] ?? name}: ${count.toLocaleString('en-US')}`),
    ...wordLines(memory),
  ];
}

const COUNTER_NAMES: Readonly<Record<string, string>> = {
  in: 'packets in',
  out: 'packets out',
  unmatched: 'no program',
  outsideAccesses: 'accesses outside of blocks',
  noGroup: 'to no group',
};

/** Words that are not 0: `hh.count1[17]: 5`, ranges of equal ones as `[17-19]`. */
function wordLines(memory: unknown): string[] {
  return entriesOf(memory).flatMap(([program, memories]) =>
    entriesOf(memories).flatMap(([name, words]) =>
      entriesOf(words).map(([buckets, word]) => `  ${program}.${name}[${buckets}]: ${numberText(Number(word))}`),
    ),
  );
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

function differenceLines(history: History, { packet, parts, packets }: Answer<'against'>): string[] {
  if (packet === null) return [`${counted(history.count, 'packet')}: all leave in the same way`];
  const [one, other] = packets;
  return [
    `packet ${packet.toLocaleString('en-US')} is the first that differs: ${parts.join(', ')}`,
    '',
    ...(one === undefined ? [] : packetLines(one)),
    '',
    'with the other version',
    ...(other === undefined ? [] : packetLines(other)),
    '',
    ...(one === undefined || other === undefined || one.left === other.left
      ? []
      : [`left     ${one.left}`, `other    ${other.left}`]),
  ];
}
