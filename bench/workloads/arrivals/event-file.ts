/** Arrivals and departures from a file: CSV with the columns time_s, event and program. */
import { CsvError, parse } from 'csv-parse/sync';
import { ArrivalError, type ArrivalEvent, type ArrivalProcess } from './arrival-process.js';

const COLUMNS = ['time_s', 'event', 'program'] as const;
type Row = Readonly<Record<(typeof COLUMNS)[number], string>>;

const KINDS = { arrive: 'arrival', depart: 'departure' } as const;

/**
 * The events of a file, in the order of its lines:
 *
 *     time_s,event,program
 *     0,arrive,a
 *     12.5,arrive,b
 *     90,depart,a
 *
 * Programs have any names; one that has departed may arrive again, as another program.
 *
 * @param name of the file, for messages
 * @throws {ArrivalError} naming the line
 */
export function eventsOfFile(text: string, name: string): ArrivalProcess {
  const events: ArrivalEvent[] = [];
  const present = new Map<string, number>();
  let arrivals = 0;
  let latest = 0;
  for (const { record, info } of rowsOf(text, name)) {
    const wrong = (reason: string): ArrivalError => new ArrivalError(`${name}:${info.lines}: ${reason}`);
    const at = record.time_s.trim() === '' ? Number.NaN : Number(record.time_s);
    if (!(at >= 0 && at < Number.POSITIVE_INFINITY)) {
      throw wrong(`time_s is '${record.time_s}', not a number of seconds from 0 on`);
    }
    if (at < latest) throw wrong(`time_s is ${at}, less than the ${latest} of the event before it`);
    latest = at;
    const kind = kindOf(record.event);
    if (kind === undefined) throw wrong(`event is '${record.event}', neither 'arrive' nor 'depart'`);
    if (record.program === '') throw wrong('the program has no name');
    const running = present.get(record.program);
    if (kind === 'arrival') {
      if (running !== undefined) throw wrong(`program ${record.program} arrives a second time without having departed`);
      present.set(record.program, arrivals);
      events.push({ kind, at, program: arrivals++ });
    } else {
      if (running === undefined) throw wrong(`program ${record.program} departs without having arrived`);
      present.delete(record.program);
      events.push({ kind, at, program: running });
    }
  }
  if (events.length === 0) throw new ArrivalError(`${name} has no events`);
  return { name, events: () => events };
}

const kindOf = (word: string): ArrivalEvent['kind'] | undefined =>
  word === 'arrive' || word === 'depart' ? KINDS[word] : undefined;

/** @throws {ArrivalError} for text that is not such a table */
function rowsOf(text: string, name: string): readonly { readonly record: Row; readonly info: { lines: number } }[] {
  const requireColumns = (head: readonly string[]): string[] => {
    const missing = COLUMNS.find((column) => !head.includes(column));
    if (missing === undefined) return [...head];
    throw new ArrivalError(`${name}: there is no column ${missing}; the columns are ${COLUMNS.join(', ')}`);
  };
  try {
    return parse(text, {
      columns: requireColumns,
      info: true,
      bom: true,
      trim: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n', '\r'],
    });
  } catch (error) {
    if (error instanceof CsvError) throw new ArrivalError(`${name}: ${error.message}`);
    throw error;
  }
}
