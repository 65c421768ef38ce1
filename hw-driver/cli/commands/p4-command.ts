/** `p4runpro p4`: the P4 source of a data plane. */
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { resourceReport } from '../../../compiler/data-plane/resources/resources.js';
import { MAIN_P4_FILE, type P4File, p4CompileCommand, p4Source } from '../../../compiler/p4/generate.js';
import { makeFolders, reasonOf, removeFolders } from '../../../traces/system/index.js';
import { type ArgumentsOf, command } from '../kit/command.js';
import { EXIT, UsageError } from '../kit/command-line.js';
import { loadDataPlane } from '../kit/inputs.js';
import { writeResults } from '../kit/program-documents.js';
import { DATA_PLANE_OPTION } from '../kit/shared-options.js';
import { excessText } from './dataplane-command.js';

const p4Options = (yargs: Argv) =>
  yargs
    .options({ dataplane: { ...DATA_PLANE_OPTION.dataplane, default: 'tofino1' } })
    .option('output', { alias: 'o', type: 'string', default: 'p4src', describe: 'Output folder of the P4 files' })
    .example('$0 p4 -o p4src', `p4src/${MAIN_P4_FILE} and the files that it includes, one for each block`)
    .epilogue(`The first lines of ${MAIN_P4_FILE} have the command by which the open p4c compiles it.`);

type P4Arguments = ArgumentsOf<typeof p4Options>;

function p4(args: P4Arguments): number {
  const dataPlane = loadDataPlane(args.dataplane);
  const files = p4Source(dataPlane);
  const { excesses, chip } = resourceReport(dataPlane);
  if (excesses.length > 0) {
    const lines = excesses.map(excessText).join('\n');
    process.stderr.write(
      `p4runpro: '${dataPlane.name}' does not fit a ${chip}, so the source will not compile:\n${lines}\n`,
    );
  }
  writeFiles(args.output, files);
  const command = p4CompileCommand(dataPlane, join(args.output, MAIN_P4_FILE));
  process.stdout.write(`${files.length} files in ${args.output}; to compile: ${command}\n`);
  return EXIT.done;
}

/** Writes the files, and lists on stderr the resources of the chip that they exceed. */
export const p4Command = command(p4Options, p4);

/** Writes all files or none. */
function writeFiles(folder: string, files: readonly P4File[]): void {
  let made: string | undefined;
  try {
    made = makeFolders(folder);
  } catch (error) {
    throw new UsageError(`cannot write ${folder}: ${reasonOf(error)}`);
  }
  try {
    writeResults(files.map(({ name, text }) => ({ path: join(folder, name), text })));
  } catch (error) {
    removeFolders(folder, made);
    throw error;
  }
}
