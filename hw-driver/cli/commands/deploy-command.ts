/** `p4runpro deploy`, `revoke`, `replace` and `change`: the programs that a switch runs. */
import { counted } from '../../../compiler/data-plane/counting.js';
import { wrap } from '../../../compiler/explain/text-wrap.js';
import {
  analyse,
  type CompiledProgram,
  type DataPlane,
  DomainError,
  type FilterMeeting,
  filterMeetings,
  lower,
  meetingText,
} from '../../../compiler/index.js';
import type { NamedGroup } from '../../control/deployment/groups.js';
import { DeploymentStopped, NoSuchProgram } from '../../control/errors.js';
import { EXIT, UsageError } from '../kit/command-line.js';
import { printFindings } from '../kit/findings.js';
import { readPrograms } from '../kit/program-documents.js';
import { JSON_OPTION, LINK_OPTIONS, linkOptionsFrom, REQUIRED_WORDS } from '../kit/shared-options.js';
import { textWidth } from '../kit/text-width.js';
import { warnOfMissingGroups } from './missing-groups.js';
import { answer, sessionCommand } from './session-command.js';

/** The programs of a source file, or undefined if it has errors; findings go to stderr. */
function checkedPrograms(file: string, dataPlane: DataPlane) {
  const source = readPrograms(file);
  const analysis = analyse(source, dataPlane);
  printFindings(analysis, file, source);
  return analysis.hasErrors ? undefined : analysis;
}

/** As {@link checkedPrograms}, for a source file with exactly one program. @throws {UsageError} */
function checkedProgram(file: string, dataPlane: DataPlane) {
  const analysis = checkedPrograms(file, dataPlane);
  if (analysis === undefined) return undefined;
  const [program, ...more] = analysis.programs;
  if (program === undefined || more.length > 0)
    throw new UsageError(`${file} has ${analysis.programs.length} programs: exactly one is expected`);
  return { program, sourceHash: analysis.sourceHash };
}

/** @throws {UsageError} for a program that is named twice, before the switch is changed */
function requireDifferent(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`program ${twice} is named twice: the switch was not changed`);
}

/** Warnings about overlapping filters of one program; the others are counted. */
const MAX_WARNINGS = 5;

/** Warns, on stderr, of running programs whose filters overlap with those of a program that was installed. */
function warnOfMeetings(meetings: readonly FilterMeeting[]): void {
  for (const meeting of meetings.slice(0, MAX_WARNINGS)) {
    const lines = wrap(`warning: ${meetingText(meeting)}`, textWidth(process.stderr), '', '  ');
    process.stderr.write(`${lines.join('\n')}\n`);
  }
  const more = meetings.length - MAX_WARNINGS;
  if (more > 0) process.stderr.write(`warning: so do the filters of ${counted(more, 'more program')}\n`);
}

const summaryOf = ({ program, programId, entries, passes, memories }: CompiledProgram) => ({
  program,
  programId,
  entries: entries.length,
  passes,
  memories,
});

const summaryText = (done: string, compiled: CompiledProgram): string => {
  const { program, programId, entries, passes } = compiled;
  const sizes = `${counted(entries.length, 'entry')}, ${counted(passes, 'pass')}`;
  return `${program}: ${done}, id ${programId}, ${sizes}\n`;
};

/** Exit status 2 for a source with errors, 1 if a program does not fit: programs deployed before it stay. */
export const deployCommand = sessionCommand(
  'create',
  (yargs) =>
    yargs
      .positional('files', { ...REQUIRED_WORDS, describe: 'P4runpro source files' })
      .options(LINK_OPTIONS)
      .options(JSON_OPTION)
      .example(
        '$0 deploy lb.p4runpro --target sim --state switch.snapshot',
        'Creates an emulated switch that runs a program',
      ),
  async (session, args) => {
    const { controller, dataPlane } = session;
    const { recirculations, ...link } = await linkOptionsFrom(args, dataPlane);
    const texts = args.files.map((file) => checkedPrograms(file, dataPlane));
    if (texts.includes(undefined)) return EXIT.badInput;
    const names = texts.flatMap((text) => text?.programs ?? []).map(({ name }) => name);
    requireDifferent(names);
    const deployed: CompiledProgram[] = [];
    const overlaps: FilterMeeting[] = [];
    const missingGroups: NamedGroup[] = [];
    try {
      for (const text of texts) {
        for (const program of text?.programs ?? []) {
          const lowered = lower(program, dataPlane, recirculations);
          const compiled = await controller.deploy(lowered, text?.sourceHash ?? '', link);
          deployed.push(compiled);
          const meetings = filterMeetings(compiled, controller.state);
          overlaps.push(...meetings);
          warnOfMeetings(meetings);
          missingGroups.push(...(await warnOfMissingGroups(controller, [compiled.program])));
        }
      }
    } catch (error) {
      if (names.length === 1 || !(error instanceof DomainError)) throw error;
      const done = deployed.map(({ program }) => program);
      throw new DeploymentStopped(error, done, names.slice(done.length + 1));
    } finally {
      const text = deployed.map((compiled) => summaryText('deployed', compiled)).join('');
      const isDone = deployed.length === names.length;
      // If one of several programs fails, those that were deployed before it are printed nevertheless.
      if (isDone || !args.json) {
        const document = { programs: deployed.map(summaryOf), overlaps, missingGroups };
        answer(session, args.json, 'deploy', document, text);
      }
    }
    return EXIT.done;
  },
);

export const revokeCommand = sessionCommand(
  'repair',
  (yargs) =>
    yargs
      .positional('programs', {
        ...REQUIRED_WORDS,
        describe: 'Names of the programs to remove',
      })
      .options(JSON_OPTION),
  async (session, { programs, json }) => {
    requireDifferent(programs);
    const missing = programs.find((program) => !session.controller.state.programs.has(program));
    if (missing !== undefined) throw new NoSuchProgram(`program ${missing}`);
    for (const program of programs) {
      await session.controller.revoke(program);
      session.gone = session.gone.filter((name) => name !== program);
      if (!json) session.print(`${program}: revoked\n`);
    }
    answer(session, json, 'revoke', { programs }, '');
    return EXIT.done;
  },
);

export const replaceCommand = sessionCommand(
  'change',
  (yargs) =>
    yargs
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: 'Source file of the new version, a program of the same name',
      })
      .options(LINK_OPTIONS)
      .option('fresh-memory', {
        type: 'boolean',
        default: false,
        describe: 'Start with empty memories; without it, memories of the same name and size keep their contents',
      })
      .options(JSON_OPTION),
  async (session, args) => {
    const { controller, dataPlane } = session;
    const { recirculations, ...link } = await linkOptionsFrom(args, dataPlane);
    const text = checkedProgram(args.file, dataPlane);
    if (text === undefined) return EXIT.badInput;
    const { program } = text;
    const options = { ...link, freshMemory: args.freshMemory };
    const before = controller.state.programs.get(program.name)?.compiled;
    const after = await controller.replace(lower(program, dataPlane, recirculations), text.sourceHash, options);
    const isKept = ({ name, rpb, base }: CompiledProgram['memories'][number]): boolean =>
      before?.memories.some((old) => old.name === name && old.rpb === rpb && old.base === base) === true;
    const kept = after.memories.filter(isKept).map(({ name }) => name);
    const keeps = kept.length === 0 ? '' : `  kept: ${kept.join(', ')}\n`;
    const overlaps = filterMeetings(after, controller.state);
    warnOfMeetings(overlaps);
    const missingGroups = await warnOfMissingGroups(controller, [after.program]);
    const document = { ...summaryOf(after), kept, overlaps, missingGroups };
    answer(session, args.json, 'replace', document, `${summaryText('replaced', after)}${keeps}`);
    return EXIT.done;
  },
);

export const changeCommand = sessionCommand(
  'change',
  (yargs) =>
    yargs
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: 'Source file of the whole program with its new cases',
      })
      .options(JSON_OPTION)
      .epilogue('Exit status 1 if anything but cases differs from the running program: use p4runpro replace for that.'),
  async (session, { file, json }) => {
    const text = checkedProgram(file, session.dataPlane);
    if (text === undefined) return EXIT.badInput;
    const { compiled, operations } = await session.controller.changeCases(text.program, text.sourceHash);
    const changed = operations.filter(({ kind }) => kind !== 'drain').length;
    const summary = `${compiled.program}: ${counted(changed, 'entry')} changed, ${compiled.entries.length} now\n`;
    const missingGroups = await warnOfMissingGroups(session.controller, [compiled.program]);
    answer(session, json, 'change', { ...summaryOf(compiled), changed, missingGroups }, summary);
    return EXIT.done;
  },
);
