/** `p4runpro show`: programs, entries, memory, utilisation and drift of a switch. */
import { counted } from '../../../compiler/data-plane/counting.js';
import { must } from '../../../compiler/data-plane/must.js';
import { rpbText } from '../../../compiler/data-plane/rpb-text.js';
import { programIdOf, type TableEntry } from '../../../compiler/index.js';
import { NoSuchProgram } from '../../control/errors.js';
import { EXIT, UsageError } from '../kit/command-line.js';
import { ENTRY_COLUMNS, entryCells, textTable } from '../kit/entry-table.js';
import { JSON_OPTION } from '../kit/shared-options.js';
import { textWidth } from '../kit/text-width.js';
import { warnOfMissingGroups } from './missing-groups.js';
import type { Session } from './session.js';
import { answer, sessionCommand } from './session-command.js';

const PARTS = ['programs', 'entries', 'memory', 'utilisation', 'drift'] as const;
type Part = (typeof PARTS)[number];

/** The parts that `show` without a part prints. */
const OVERVIEW: readonly Part[] = ['programs', 'memory', 'utilisation'];

/** Exit status 1 if `show drift` finds a difference. */
export const showCommand = sessionCommand(
  'read',
  (yargs) =>
    yargs
      .positional('part', {
        choices: PARTS,
        describe: 'What to show',
        defaultDescription: 'programs, memory and utilisation',
      })
      .positional('program', { type: 'string', describe: 'Name of the program to show', defaultDescription: 'all' })
      .option('hits', {
        type: 'boolean',
        default: false,
        describe: 'Show entries with the packets that have hit them; needs a switch of p4runpro serve --count-hits',
      })
      .options(JSON_OPTION)
      .example(
        '$0 show memory hh --target sim --state switch.snapshot',
        'The RPBs and buckets of the memory of a program',
      ),
  async (session, { part, program, hits, json }) => {
    const { programs } = session.controller.state;
    if (program !== undefined && !programs.has(program)) throw new NoSuchProgram(`program ${program}`);
    if (hits && part !== undefined && part !== 'entries')
      throw new UsageError(`--hits belongs to entries, not to ${part}`);
    const parts = hits ? (['hits'] as const) : part === undefined ? OVERVIEW : [part];
    const shown = await Promise.all(parts.map(async (one) => [one, await SHOW[one](session, program)] as const));
    const document = Object.fromEntries(shown.map(([one, { value }]) => [one, value]));
    answer(session, json, 'show', document, shown.map(([, { text }]) => text).join('\n'));
    return shown.some(([one, { value }]) => one === 'drift' && value.length > 0) ? EXIT.failed : EXIT.done;
  },
);

interface Shown {
  readonly value: readonly unknown[];
  readonly text: string;
}

const SHOW: Readonly<Record<Part | 'hits', (session: Session, program?: string) => Shown | Promise<Shown>>> = {
  programs: showPrograms,
  entries: showEntries,
  hits: showHits,
  memory: showMemory,
  utilisation: showUtilisation,
  drift: showDrift,
};

const selected = ({ controller }: Session, program?: string) =>
  [...controller.state.programs].filter(([name]) => program === undefined || name === program);

function showPrograms(session: Session, program?: string): Shown {
  const value = selected(session, program).map(([name, { compiled, status }]) => ({
    program: name,
    id: compiled.programId,
    status: session.gone.includes(name) ? 'not on the switch' : status,
    entries: compiled.entries.length,
    passes: compiled.passes,
    buckets: compiled.memories.reduce((sum, { buckets }) => sum + buckets, 0),
    sourceHash: compiled.sourceHash,
  }));
  const rows = value.map(({ program: name, id, status, entries, passes, buckets }) => [
    name,
    ...[id, status, entries, passes, buckets].map(String),
  ]);
  return { value, text: table(['program', 'id', 'status', 'entries', 'passes', 'buckets'], rows) };
}

function showMemory(session: Session, program?: string): Shown {
  const value = selected(session, program).flatMap(([name, { compiled }]) =>
    compiled.memories.map(({ name: memory, rpb, base, buckets }) => {
      const wordsPerBucket = session.controller.wordsPerBucket(name, memory);
      return { program: name, memory, rpb, base, buckets, wordsPerBucket };
    }),
  );
  const rows = value.map(({ program: name, memory, rpb, base, buckets, wordsPerBucket }) => [
    ...[name, memory, rpb, base].map(String),
    wordsPerBucket === 2 ? `${buckets} pairs` : String(buckets),
  ]);
  return { value, text: table(['program', 'memory', 'rpb', 'base', 'buckets'], rows) };
}

async function showEntries(session: Session, program?: string): Promise<Shown> {
  const named = programNames(session);
  const value = (await session.target.entries()).map(named).filter((entry) => isOf(entry, program));
  const rows = value.map((entry) => [entry.program ?? '-', ...entryCells(entry, session.dataPlane)]);
  return { value, text: table(['program', ...ENTRY_COLUMNS], rows) };
}

async function showHits(session: Session, program?: string): Promise<Shown> {
  const hits = await session.target.hits();
  if (hits === undefined) {
    throw new UsageError('the switch does not count hits: p4runpro serve does with --count-hits');
  }
  const named = programNames(session);
  const value = hits
    .map(({ entry, packets }) => ({ ...named(entry), packets }))
    .filter((entry) => isOf(entry, program));
  const rows = value.map((entry) => [
    entry.program ?? '-',
    entry.packets.toLocaleString('en-US'),
    ...entryCells(entry, session.dataPlane),
  ]);
  return { value, text: table(['program', 'packets', ...ENTRY_COLUMNS], rows) };
}

/** Adds the name of its program to an entry; null for one that belongs to none of the controller's. */
function programNames(session: Session) {
  const names = new Map(selected(session).map(([name, { compiled }]) => [compiled.programId, name]));
  return (entry: TableEntry) => ({ program: names.get(programIdOf(entry)) ?? null, ...entry });
}

const isOf = (entry: { readonly program: string | null }, program: string | undefined): boolean =>
  program === undefined || entry.program === program;

function showUtilisation({ controller, dataPlane }: Session): Shown {
  const { state } = controller;
  const value = [
    ...dataPlane.rpbs.map(({ number, index, entries, buckets }) => ({
      what: rpbText(number, dataPlane),
      entries: entries - must(state.entries[index], `free entries of RPB ${index + 1}`),
      ofEntries: entries,
      buckets: buckets - must(state.buckets[index], `free buckets of RPB ${index + 1}`),
      ofBuckets: buckets,
    })),
    ...[
      ...dataPlane.filterTables,
      ...dataPlane.recirculationTables.map((table) => ({
        table,
        entries: dataPlane.description.recirculation.entries,
      })),
    ].map(({ table: name, entries }) => ({
      what: name,
      entries: entries - state.freeEntries(name),
      ofEntries: entries,
      buckets: 0,
      ofBuckets: 0,
    })),
  ];
  const count = (value: number): string => value.toLocaleString('en-US');
  const share = (used: number, of: number): string =>
    of === 0 ? '' : `${count(used)} of ${count(of)} (${((100 * used) / of).toFixed(1)} %)`;
  const rows = value
    .filter(({ entries, buckets }) => entries + buckets > 0)
    .map(({ what, entries, ofEntries, buckets, ofBuckets }) => [
      what,
      share(entries, ofEntries),
      share(buckets, ofBuckets),
    ]);
  return { value, text: table(['', 'entries', 'buckets'], rows) };
}

async function showDrift({ controller, dataPlane }: Session, program?: string): Promise<Shown> {
  await warnOfMissingGroups(controller, program === undefined ? undefined : [program]);
  const value = (await controller.drift()).filter(
    (difference) => program === undefined || (difference.kind !== 'foreign' && difference.program === program),
  );
  if (value.length === 0) return { value, text: 'the switch is as the journal says\n' };
  const rows = value.map((difference) => [
    difference.kind,
    difference.kind === 'foreign' ? '-' : difference.program,
    ...entryCells(difference.kind === 'changed' ? difference.found : difference.entry, dataPlane),
  ]);
  const text = table(['difference', 'program', ...ENTRY_COLUMNS], rows);
  return { value, text: `${text}${counted(value.length, 'difference')}; p4runpro repair removes them\n` };
}

/** A table as wide as the terminal at most. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  textTable(head, rows, textWidth(process.stdout));
