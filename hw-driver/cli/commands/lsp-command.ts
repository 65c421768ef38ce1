/** `p4runpro lsp`: the language server, on standard input and output. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import type { Argv } from 'yargs';
import { packageVersion } from '../../../traces/system/package-root.js';
import { type ServerHost, type ServerSettings, serveLanguage } from '../../language-server/index.js';
import { ALLOCATOR_OPTIONS, allocatorFrom } from '../kit/allocators.js';
import { type ArgumentsOf, command } from '../kit/command.js';
import { EXIT, endProcess } from '../kit/command-line.js';
import { loadDataPlane } from '../kit/inputs.js';
import { stateOf, writeResult } from '../kit/program-documents.js';
import { randomNumbers } from '../kit/random-numbers.js';
import { DATA_PLANE_OPTION, RECIRCULATIONS_OPTION, recirculationsFrom, STATE_OPTION } from '../kit/shared-options.js';
import { isModulePath } from '../kit/user-modules.js';

const { allocator: ALLOCATOR_OPTION } = ALLOCATOR_OPTIONS;

const lspOptions = (yargs: Argv) =>
  yargs
    .options(DATA_PLANE_OPTION)
    .options(RECIRCULATIONS_OPTION)
    .option('allocator', ALLOCATOR_OPTION)
    .options(STATE_OPTION)
    .option('stdio', { type: 'boolean', default: true, describe: 'Standard input and output; the only transport' })
    .option('clientProcessId', {
      type: 'number',
      describe: 'Process id of the editor, with which the server ends',
    });

type LspArguments = ArgumentsOf<typeof lspOptions>;

/** @throws {UsageError} */
async function lsp(args: LspArguments): Promise<number> {
  const dataPlane = loadDataPlane(args.dataplane);
  const defaults: ServerSettings = {
    dataplane: args.dataplane,
    recirculations: recirculationsFrom(args.recirculations, dataPlane),
    allocator: args.allocator,
    state: args.state,
  };
  // The library ends the process at `exit`: with status 0 after `shutdown`, with 1 without.
  const connection = createConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));
  // The end of the input ends the process too; a timer of the library would keep it alive.
  process.stdin.on('end', () => endProcess(EXIT.failed));
  await serveLanguage(connection, host(), defaults);
  if (process.stdin.isTTY)
    process.stderr.write('The language server waits for the messages of an editor: see docs/EDITORS.md\n');
  return new Promise(() => undefined);
}

/** Exit status 1 if the input ends without `exit`, 2 for invalid options. */
export const lspCommand = command(lspOptions, lsp);

/** The default seed of `p4runpro check --verify`. */
const SEED = '1';

/** Relative file names are relative to the workspace folder of the client, if it has one. */
function host(): ServerHost {
  const texts = new KeptTexts();
  const fileIn = (folder: string | undefined, file: string): string =>
    folder === undefined || isAbsolute(file) ? file : resolve(folder, file);
  return {
    version: packageVersion,
    dataPlane: (nameOrFile, folder) =>
      loadDataPlane(nameOrFile.endsWith('.json') ? fileIn(folder, nameOrFile) : nameOrFile),
    running: (files, dataPlane, folder) => {
      const state = stateOf(
        files.map((file) => fileIn(folder, file)),
        dataPlane,
      );
      return [...state.programs.values()].map(({ compiled }) => compiled);
    },
    allocator: (name, folder) =>
      allocatorFrom({ allocator: name !== undefined && isModulePath(name) ? fileIn(folder, name) : name }),
    randomOf: randomNumbers(SEED),
    keepText: (name, text) => texts.keep(name, text),
  };
}

/** Files in a temporary folder, which is removed when the process exits. */
class KeptTexts {
  private folder: string | undefined;

  /** Writes a text, over an earlier one of the same name, and returns its URI. */
  keep(name: string, text: string): string {
    const folder = this.folder ?? this.makeFolder();
    const file = join(folder, name);
    writeResult(file, text);
    return pathToFileURL(file).href;
  }

  private makeFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'p4runpro-lsp-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    this.folder = folder;
    return folder;
  }
}
