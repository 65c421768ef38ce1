/** `p4runpro cases`: cases added to a running program or removed from it, as the entries that change. */

import type { Argv } from 'yargs';
import { type CaseChange, changeCases } from '../../../compiler/change/change-cases.js';
import {
  type BranchText,
  branchTexts,
  type CaseText,
  caseConditions,
  insertCase,
  removeCase,
} from '../../../compiler/change/edit-cases.js';
import { counted } from '../../../compiler/data-plane/counting.js';
import {
  analyse,
  type CompiledProgram,
  type DataPlane,
  DoesNotFit,
  formatCompiledProgram,
  type MatchSyntax,
  maxRecirculations,
  type Operation,
} from '../../../compiler/index.js';
import { type ArgumentsOf, command } from '../kit/command.js';
import { EXIT, UsageError } from '../kit/command-line.js';
import { printFindings } from '../kit/findings.js';
import { loadDataPlane, readSource, wholeNumber } from '../kit/inputs.js';
import { readDocument, stateOf, writeResults } from '../kit/program-documents.js';
import { requireSeparateFiles } from '../kit/separate-files.js';
import { DATA_PLANE_OPTION, JSON_OPTION, recirculationsFrom, STATE_OPTION } from '../kit/shared-options.js';

const CASE_CHANGE_SCHEMA = 'p4runpro/case-change@1';
const MAX_LINE = 2 ** 31;

const commonOptions = (yargs: Argv) =>
  yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'Source file of the running program' })
    .option('program', {
      type: 'string',
      demandOption: true,
      describe: 'Compiled program that runs on the switch (JSON)',
    })
    .option('branch', { type: 'string', describe: 'Line number of the BRANCH', defaultDescription: 'the first' })
    .options({
      state: { ...STATE_OPTION.state, describe: 'Compiled programs that run on the same switch (JSON files)' },
    })
    .options(DATA_PLANE_OPTION)
    .option('output', { alias: 'o', type: 'string', describe: 'Output file of the new compiled program (JSON)' })
    .option('operations', { type: 'string', describe: 'Output file of the operations on the switch, in order (JSON)' })
    .option('source-out', {
      type: 'string',
      describe: 'Output file of the new source, from which the next change starts',
    })
    .options({ json: { ...JSON_OPTION.json, describe: 'Print the whole result as one JSON document' } });

const addCasesOptions = (yargs: Argv) =>
  commonOptions(yargs)
    .option('case', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'Case to add, as written in a program (repeatable)',
    })
    .option('before', {
      type: 'string',
      describe: 'Line number of the case before which it is inserted',
      defaultDescription: 'after the last',
    })
    .option('recirculations', {
      alias: 'R',
      type: 'string',
      describe: 'Maximum recirculations of the program',
      defaultDescription: 'those of the compiled program',
    })
    .example(
      "$0 cases add lb.p4runpro --program lb.json --case 'case(<sar, 2, 0xffffffff>) { DROP; }'",
      'Which entries change for one more case',
    );

const removeCasesOptions = (yargs: Argv) =>
  commonOptions(yargs)
    .option('case', {
      type: 'string',
      array: true,
      default: [],
      defaultDescription: 'none',
      describe: 'Case to remove, given by its conditions: case(<…>) (repeatable)',
    })
    .option('line', {
      type: 'string',
      array: true,
      default: [],
      defaultDescription: 'none',
      describe: 'Case to remove, given by the number of its first line (repeatable)',
    })
    .example(
      "$0 cases remove lb.p4runpro --program lb.json --case 'case(<sar, 2, 0xffffffff>)'",
      'Which entries change without a case',
    );

interface CommonArguments {
  readonly file: string;
  readonly program: string;
  readonly branch: string | undefined;
  readonly state: readonly string[];
  readonly dataplane: string;
  readonly output: string | undefined;
  readonly operations: string | undefined;
  readonly sourceOut: string | undefined;
  readonly json: boolean;
  readonly case: readonly string[];
}

type AddCasesArguments = ArgumentsOf<typeof addCasesOptions>;

type RemoveCasesArguments = ArgumentsOf<typeof removeCasesOptions>;

async function addCases(args: AddCasesArguments): Promise<number> {
  const { dataPlane, document, source } = startFrom(args);
  const recirculations =
    args.recirculations === undefined ? undefined : recirculationsFrom(args.recirculations, dataPlane);
  let changed = source;
  // Lines inserted so far in front of the case that --before names.
  let added = 0;
  for (const text of args.case) {
    const branch = chosenBranch(changed, document.program, args.branch);
    const before = args.before === undefined ? undefined : caseInLine([branch], args.before, added);
    const result = insertCase(changed, branch, text, dataPlane, before);
    printFindings({ diagnostics: result.diagnostics, unlisted: new Map() }, '--case', text);
    if (result.diagnostics.some(({ severity }) => severity === 'error')) return EXIT.badInput;
    if (before !== undefined) added += result.source.split('\n').length - changed.split('\n').length;
    changed = result.source;
  }
  return finish(args, dataPlane, changed, recirculations, `${counted(args.case.length, 'case')} added`);
}

/**
 * Exit status 2 for a case with errors, 1 if it does not fit or if other entries than those of cases would have to
 * change.
 */
export const addCasesCommand = command(addCasesOptions, addCases);

async function removeCases(args: RemoveCasesArguments): Promise<number> {
  const { dataPlane, document, source } = startFrom(args);
  const branches = branchTexts(source, document.program);
  const first = chosenBranch(source, document.program, args.branch);
  const gone = [
    ...args.case.map((text) => caseWithConditions(first, text)),
    ...args.line.map((line) => caseInLine(branches, line, 0)),
  ];
  if (gone.length === 0) throw new UsageError('no case is given: --case or --line names the cases to remove');
  const empty = branches.find(({ cases }) => cases.every(({ start }) => gone.some((item) => item.start === start)));
  if (empty !== undefined) throw new UsageError(`the BRANCH in line ${empty.line} would have no case left`);
  let changed = source;
  const distinct = [...new Map(gone.map((item) => [item.start, item])).values()];
  for (const item of distinct.sort((a, b) => b.start - a.start)) changed = removeCase(changed, item);
  return finish(args, dataPlane, changed, undefined, `${counted(distinct.length, 'case')} removed`);
}

/** Exit status 1 if other entries than those of cases would have to change. */
export const removeCasesCommand = command(removeCasesOptions, removeCases);

function startFrom({ file, program, dataplane }: CommonArguments) {
  const dataPlane = loadDataPlane(dataplane);
  const document = readDocument(program, dataPlane);
  const source = readSource(file);
  const { sourceHash } = analyse(source, dataPlane);
  if (sourceHash !== document.sourceHash) throw new UsageError(`${program} was not compiled from the text in ${file}`);
  return { dataPlane, document, source };
}

function chosenBranch(source: string, program: string, line: string | undefined): BranchText {
  const branches = branchTexts(source, program);
  const wanted = line === undefined ? undefined : wholeNumber('--branch', line, 1, MAX_LINE);
  const found = branches.find((branch) => wanted === undefined || branch.line === wanted);
  if (found !== undefined) return found;
  if (branches.length === 0) throw new UsageError(`program ${program} has no BRANCH`);
  throw new UsageError(
    `line ${wanted} has no BRANCH: program ${program} has BRANCH in line ${branches.map((branch) => branch.line).join(', ')}`,
  );
}

function caseInLine(branches: readonly BranchText[], line: string, added: number): CaseText {
  const wanted = wholeNumber('the line of a case', line, 1, MAX_LINE) + added;
  const cases = branches.flatMap((branch) => branch.cases);
  const found = cases.find(({ syntax }) => syntax.span.line === wanted);
  if (found !== undefined) return found;
  const lines = cases.map(({ syntax }) => syntax.span.line).join(', ');
  throw new UsageError(`no case begins in line ${line}: cases begin in line ${lines}`);
}

function caseWithConditions({ line, cases }: BranchText, text: string): CaseText {
  const wanted = caseConditions(text);
  if (wanted === undefined) throw new UsageError(`'${text}' is not a case: case(<register, value, mask>) is expected`);
  const identity = (conditions: readonly MatchSyntax[]): string =>
    conditions
      .map(({ subject, value, mask }) => `${subject.text} ${value.value} ${mask.value}`)
      .sort()
      .join();
  const found = cases.find(({ syntax }) => identity(syntax.conditions) === identity(wanted));
  if (found === undefined)
    throw new UsageError(`the BRANCH in line ${line} has no case with these conditions: ${text}`);
  return found;
}

function finish(
  args: CommonArguments,
  dataPlane: DataPlane,
  source: string,
  recirculations: number | undefined,
  what: string,
): number {
  const analysis = analyse(source, dataPlane);
  const document = readDocument(args.program, dataPlane);
  const next = analysis.programs.find(({ name }) => name === document.program);
  if (analysis.hasErrors || next === undefined) {
    printFindings(analysis, `${args.file} after the change`, source);
    return EXIT.badInput;
  }
  const state = stateOf([args.program, ...args.state], dataPlane);
  const planned = (most: number | undefined): CaseChange =>
    changeCases(document, next, state, analysis.sourceHash, { recirculations: most });
  const change = planOrSuggest(() => planned(recirculations), planned, dataPlane, document.passes - 1);
  const summary = summaryOf(document, change);
  // The compiled program and the source may be updated in place, each by its own output.
  const { output, operations, sourceOut } = args;
  requireSeparateFiles({ '--output': output, '--operations': operations }, [args.file, ...args.state]);
  requireSeparateFiles({ '--operations': operations, '--source-out': sourceOut }, [args.program, ...args.state]);
  requireSeparateFiles({ '--output': output, '--source-out': sourceOut }, []);
  const results: [output: string | undefined, text: string][] = [
    [output, formatCompiledProgram(change.compiled)],
    [operations, `${JSON.stringify(change.operations, null, 1)}\n`],
    [sourceOut, source],
  ];
  writeResults(results.flatMap(([output, text]) => (output === undefined ? [] : [{ path: output, text }])));
  if (args.json) {
    const { compiled, operations } = change;
    process.stdout.write(
      `${JSON.stringify({ schema: CASE_CHANGE_SCHEMA, program: compiled.program, summary, operations, compiled, source }, null, 1)}\n`,
    );
  } else process.stdout.write(`${document.program}: ${what}\n${summaryText(summary)}`);
  return EXIT.done;
}

/** @throws {DoesNotFit} that names the number of recirculations with which the change would fit, if there is one */
function planOrSuggest(
  plan: () => CaseChange,
  planWith: (recirculations: number) => CaseChange,
  dataPlane: DataPlane,
  taken: number,
): CaseChange {
  try {
    return plan();
  } catch (error) {
    if (!(error instanceof DoesNotFit)) throw error;
    const most = maxRecirculations(dataPlane);
    for (let more = taken + 1; more <= most; more++) {
      try {
        planWith(more);
      } catch (other) {
        if (other instanceof DoesNotFit) continue;
        throw error;
      }
      throw new DoesNotFit(error.program, error.reason, `with --recirculations ${more} (-R ${more}) it fits`);
    }
    throw error;
  }
}

interface Summary {
  /** Entries that stay as they are. */
  readonly kept: number;
  readonly inserted: number;
  readonly replaced: number;
  readonly deleted: number;
  readonly entries: { readonly before: number; readonly after: number };
  readonly passes: { readonly before: number; readonly after: number };
}

function summaryOf(before: CompiledProgram, { compiled, operations }: CaseChange): Summary {
  const ofKind = (kind: Operation['kind']): number => operations.filter((operation) => operation.kind === kind).length;
  const [inserted, replaced, deleted] = [ofKind('insertEntry'), ofKind('replaceEntry'), ofKind('deleteEntry')];
  return {
    kept: compiled.entries.length - inserted - replaced,
    inserted,
    replaced,
    deleted,
    entries: { before: before.entries.length, after: compiled.entries.length },
    passes: { before: before.passes, after: compiled.passes },
  };
}

const summaryText = ({ kept, inserted, replaced, deleted, entries, passes }: Summary): string =>
  `${counted(entries.after, 'entry')} (${entries.before} before): ${kept} kept, ` +
  `${inserted} inserted, ${replaced} replaced, ${deleted} deleted\n` +
  (passes.after === passes.before ? '' : `${counted(passes.after, 'pass')} (${passes.before} before)\n`);
