/** `p4runpro studio`: the page in which programs are written, run and stepped through, served on loopback. */
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Argv } from 'yargs';
import { interruptible, reasonOf } from '../../../traces/system/index.js';
import { errorCode } from '../../../traces/system/reason.js';
import { serveUntil, thisLaunch } from '../../server/ports/launch.js';
import { exportedFile } from '../../studio/export/built-page.js';
import { scenarioOfFiles } from '../../studio/export/scenario-of-files.js';
import { LOOPBACK, type StudioFiles, serveStudio } from '../../studio/server/studio-server.js';
import type { SessionProgress } from '../../studio/session/protocol.js';
import { type ArgumentsOf, command } from '../kit/command.js';
import { EXIT, UsageError } from '../kit/command-line.js';
import { loadDataPlane, readJson, readSource, wholeNumber } from '../kit/inputs.js';
import { writeResult } from '../kit/program-documents.js';
import { requireSeparateFiles } from '../kit/separate-files.js';
import { DATA_PLANE_OPTION } from '../kit/shared-options.js';
import { StatusLine } from '../kit/status-line.js';

const MAX_PORT = 65_535;

const studioOptions = (yargs: Argv) =>
  yargs
    .positional('files', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: 'none',
      describe: 'P4runpro source files for the editor',
    })
    .option('trace', {
      type: 'string',
      describe: 'Capture for the list of packets: pcap or pcapng, also compressed by gzip',
    })
    .options(DATA_PLANE_OPTION)
    .option('port', { type: 'string', default: '0', describe: 'TCP port of the page; 0 picks a free one' })
    .option('open', { type: 'boolean', default: true, describe: 'Open the page in the browser of the system' })
    .option('export', {
      type: 'string',
      describe: 'Write the page with these files, after their packets have run, as one HTML file, and end',
    })
    .option('title', {
      type: 'string',
      default: '',
      defaultDescription: 'none',
      describe: 'Title of the exported page',
    })
    .epilogue(
      'The command runs until SIGINT (Ctrl-C), SIGTERM or SIGHUP. It listens on loopback only, prints the address of ' +
        'the page to standard output, and serves the page and the named files, nothing else.',
    )
    .example('$0 studio bench/programs/cache.p4runpro', 'Open a program in the page')
    .example('$0 studio lb.p4runpro --trace packets.pcapng', 'The same with the packets of a capture')
    .example('$0 studio lb.p4runpro --trace packets.pcapng --export lb.html', 'One file that opens without a network');

type StudioArguments = ArgumentsOf<typeof studioOptions>;

async function studio(args: StudioArguments): Promise<number> {
  const port = wholeNumber('--port', args.port, 0, MAX_PORT);
  const files = filesFrom(args);
  requireSeparateFiles({ '--export': args.export }, [...args.files, ...(args.trace === undefined ? [] : [args.trace])]);
  if (args.title !== '' && args.export === undefined)
    throw new UsageError('--title is for --export: it names its page');
  if (args.export !== undefined) return exportTo(args.export, files, args.title);
  const server = await serveStudio(files, port).catch((error: unknown) => {
    const code = errorCode(error);
    const reason = code === 'EADDRINUSE' ? `port ${port} is in use` : (code ?? reasonOf(error));
    throw new UsageError(`cannot listen on ${LOOPBACK} for the page: ${reason}`);
  });
  try {
    const address = `http://${LOOPBACK}:${server.port}/`;
    process.stdout.write(`studio on ${address} (Ctrl-C ends it)\n`);
    if (args.open) openInBrowser(address);
    await interruptible((signal) => serveUntil(signal, thisLaunch()));
  } finally {
    await server.close();
  }
  process.stdout.write('stopped\n');
  return EXIT.done;
}

/** Writes the files as one page. @throws {DomainError} where a program or the capture is refused */
async function exportTo(path: string, files: StudioFiles, title: string): Promise<number> {
  const status = new StatusLine();
  const html = await interruptible(async (signal) => {
    const show = (what: string, { done, total, unit }: SessionProgress): void =>
      status.show(`${what}: ${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} ${unit}`);
    const tell = (note: string): void => void process.stderr.write(`p4runpro: warning: ${note}\n`);
    return exportedFile(await scenarioOfFiles(files, title, show, tell, signal), title);
  }).finally(() => status.stop());
  writeResult(path, html);
  process.stdout.write(`${path}: ${Buffer.byteLength(html).toLocaleString('en-US')} bytes\n`);
  return EXIT.done;
}

/** Exit status 2 if a file cannot be read or the port cannot be had. */
export const studioCommand = command(studioOptions, studio);

/** @throws {UsageError} */
function filesFrom(args: StudioArguments): StudioFiles {
  const { name } = loadDataPlane(args.dataplane);
  const dataPlane = name === args.dataplane ? name : jsonObject(args.dataplane);
  const programs = args.files.map((path) => ({ name: basename(path), text: readSource(path) }));
  const trace = args.trace === undefined ? {} : { trace: captureAt(args.trace) };
  return { dataPlane, programs, ...trace };
}

/** What the file of a data plane says. @throws {UsageError} */
function jsonObject(path: string): object {
  const json = readJson(path);
  if (typeof json !== 'object' || json === null) throw new UsageError(`${path}: a JSON object was expected`);
  return json;
}

/** @throws {UsageError} */
function captureAt(path: string): NonNullable<StudioFiles['trace']> {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw new UsageError(`${path}: not a file, and a capture was expected`);
    return { path, name: basename(path), bytes: stat.size };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path}: ${errorCode(error) === 'ENOENT' ? 'no such file' : reasonOf(error)}`);
  }
}

/** Programs that open an address in the browser of the system, by platform. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, Opener>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};
const OTHER_OPENER: Opener = ['xdg-open'];
type Opener = readonly [program: string, ...args: string[]];

/** A system without a browser is none of the command's faults: its user has the address. */
function openInBrowser(address: string): void {
  const [program, ...args] = OPENERS[process.platform] ?? OTHER_OPENER;
  const child = spawn(program, [...args, address], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
