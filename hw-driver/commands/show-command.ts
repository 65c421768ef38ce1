/** `p4runpro show`: what runs on a switch, and what it takes. */
import type { Argv } from 'yargs';
import type { CompiledProgram, SwitchState, TableEntry } from '../../compiler/index.js';
import { EXIT } from '../command-line.js';
import { type OperatedSwitch, readSwitch, type TargetArguments, targetOptions } from '../deploy/operated-switch.js';

const VIEWS = ['programs', 'entries', 'memory', 'utilisation'] as const;
type View = (typeof VIEWS)[number];

export const showOptions = (yargs: Argv) =>
  targetOptions(yargs)
    .positional('what', { choices: VIEWS, default: 'programs' as View, describe: 'Which view' })
    .example('$0 show', 'The programs that run')
    .example('$0 show entries --target 127.0.0.1:50052', 'As the switch has them, also those of others');

export interface ShowArguments extends TargetArguments {
  readonly what: View;
}

export async function show(args: ShowArguments): Promise<number> {
  const rows = await readSwitch(args, (opened) => rowsOf(args.what, opened));
  if (args.json)
    process.stdout.write(`${JSON.stringify({ schema: `p4runpro/show-${args.what}@1`, [args.what]: rows }, null, 2)}\n`);
  else process.stdout.write(table(rows));
  return EXIT.done;
}

type Row = Readonly<Record<string, string | number>>;

async function rowsOf(what: View, { controller, target, programs }: OperatedSwitch): Promise<readonly Row[]> {
  switch (what) {
    case 'programs':
      return programs().map(programRow);
    case 'entries':
      return (await target.entries()).map(entryRow);
    case 'memory':
      return programs().flatMap(({ program, memories }) =>
        memories.map(({ name, rpb, base, buckets }) => ({ program, memory: name, rpb, base, buckets })),
      );
    case 'utilisation':
      return utilisation(controller.state);
  }
}

const programRow = ({ program, programId, passes, entries, memories, sourceHash }: CompiledProgram): Row => ({
  program,
  id: programId,
  entries: entries.length,
  passes,
  buckets: memories.reduce((sum, { buckets }) => sum + buckets, 0),
  source: sourceHash.slice(0, 12),
});

const hex = (value: number): string => `0x${value.toString(16)}`;

function entryRow({ table: name, key, priority, action, parameters }: TableEntry): Row {
  const keys = key
    .filter((field) => field.match === 'exact' || field.mask !== 0)
    .map((field) => `${field.name}=${hex(field.value)}${field.match === 'ternary' ? `/${hex(field.mask)}` : ''}`);
  const does = `${action}(${parameters.map(({ name: parameter, value }) => `${parameter}=${value}`).join(', ')})`;
  return { table: name, priority, key: keys.join(' '), action: does };
}

const percent = (used: number, total: number): string => `${((100 * used) / total).toFixed(1)} %`;

function utilisation({ dataPlane, entries, buckets }: SwitchState): Row[] {
  return dataPlane.rpbs.map(({ number, index, entries: places, buckets: words }) => {
    const usedEntries = places - (entries[index] ?? 0);
    const usedBuckets = words - (buckets[index] ?? 0);
    return {
      rpb: number,
      entries: usedEntries,
      'of entries': percent(usedEntries, places),
      buckets: usedBuckets,
      'of buckets': percent(usedBuckets, words),
    };
  });
}

/** Columns by the keys of the rows, numbers to the right. */
function table(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return 'nothing\n';
  const columns = Object.keys(first);
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => String(row[column]).length)));
  const isRight = (column: string): boolean => typeof first[column] === 'number' || column.startsWith('of ');
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (isRight(columns[i] ?? '') ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(columns), ...rows.map((row) => line(columns.map((column) => String(row[column]))))]
    .join('\n')
    .concat('\n');
}
