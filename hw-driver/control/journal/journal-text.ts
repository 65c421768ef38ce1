/**
 * The journal as bytes: a line for each record, `<checksum> <number> <record as JSON>`. The checksum is the CRC-32 of
 * the rest of its line, the number counts the records, so that a missing or repeated line is detected.
 */
import { crc32 } from 'node:zlib';
import { JournalError, type JournalRecord } from './records.js';

const CHECKSUM_DIGITS = 8;
const HEXADECIMAL = 16;

export function formatRecord(number: number, record: JournalRecord): string {
  const text = `${number} ${JSON.stringify(record)}`;
  return `${checksum(text)} ${text}\n`;
}

const checksum = (text: string): string => crc32(text).toString(HEXADECIMAL).padStart(CHECKSUM_DIGITS, '0');

export interface JournalText {
  readonly records: readonly JournalRecord[];
  /** Bytes up to the end of the last complete record; an incomplete record may follow. */
  readonly wholeBytes: number;
}

/** @throws {JournalError} damaged: a record that is not the last one cannot be read */
export function parseJournal(bytes: Buffer): JournalText {
  const records: JournalRecord[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf('\n', start);
    const record = end < 0 ? undefined : parseLine(bytes.toString('utf8', start, end), records.length);
    if (record === undefined) {
      if (end < 0 || end === bytes.length - 1) break;
      throw new JournalError('damaged', `record ${records.length + 1} is damaged, and others follow it`);
    }
    records.push(record);
    start = end + 1;
  }
  return { records, wholeBytes: start };
}

function parseLine(line: string, number: number): JournalRecord | undefined {
  const text = line.slice(CHECKSUM_DIGITS + 1);
  if (line.slice(0, CHECKSUM_DIGITS + 1) !== `${checksum(text)} `) return undefined;
  const prefix = `${number} `;
  // A line with a right checksum and another number was not cut off while it was written.
  if (!text.startsWith(prefix)) throw new JournalError('damaged', `record ${number + 1} is missing or out of order`);
  return JSON.parse(text.slice(prefix.length)) as JournalRecord;
}
