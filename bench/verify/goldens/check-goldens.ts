/** Writes goldens to traces/golden from their declarations, and replays them. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeResult } from '../../../hw-driver/cli/kit/program-documents.js';
import { readJson, readSource } from '../../../hw-driver/index.js';
import type { BranchCoverage } from '../../../sim/validation/index.js';
import { packetFrame } from '../../../traces/generate/packet-frame.js';
import { makeFolders } from '../../../traces/system/index.js';
import { packageFile } from '../../../traces/system/package-root.js';
import { formatMemoryContents, type MemoryContents, memoryContentsFrom } from '../../workloads/memory-contents.js';
import { programFile } from '../../workloads/program-kind.js';
import { type CapturedPacket, readCapture, writeCapture } from '../replay/captured-packets.js';
import { checkReplay, type ReplayCheck, type ReplayInput, type ReplayOutcome, replay } from '../replay/check-replay.js';
import { type ReplayOptions, ReplaySwitch, type SourceText } from '../replay/replay.js';
import type { Golden } from './golden.js';
import { GOLDENS } from './goldens.js';

/** The folder of goldens in the package. */
export const GOLDEN_FOLDER = packageFile('traces', 'golden');

/** File names of one golden. */
export function goldenFiles(folder: string, { name }: Pick<Golden, 'name'>) {
  const file = (part: string): string => join(folder, name, part);
  return {
    trace: file('trace.pcapng'),
    expected: file('expected.pcapng'),
    /** Memory before and after; absent for programs without memory, and `before` if all words are 0. */
    before: file('before.json'),
    after: file('after.json'),
  };
}

/** Options of a golden: those of a replay, except for its queue. */
export type GoldenOptions = Omit<ReplayOptions, 'queue'>;

const withQueue = (options: GoldenOptions, { queueNanoseconds = 0, groups }: Golden): ReplayOptions => ({
  ...options,
  ...(groups === undefined ? {} : { groups }),
  queue: { nanoseconds: queueNanoseconds, cells: 0 },
});

const sourcesOf = ({ key }: Golden): SourceText[] => {
  const file = programFile(key);
  return [{ file, text: readSource(file) }];
};

/** Nanoseconds between packets. */
const GAP_NS = 1000;

/** The packets of a declaration, which may depend on the placement of its program. */
export async function goldenPackets(golden: Golden, options: GoldenOptions): Promise<CapturedPacket[]> {
  const { programs } = await ReplaySwitch.of(sourcesOf(golden), withQueue(options, golden));
  const [first] = programs;
  if (first === undefined) throw new Error(`${golden.name} has no program`);
  const templates = golden.packets({ compiled: first.compiled, dataPlane: options.dataPlane });
  return templates.map((template, i) => {
    const bytes = packetFrame(template);
    return {
      bytes,
      originalLength: bytes.length,
      port: template.ingressPort,
      timeSeconds: 0,
      timeNanoseconds: i * GAP_NS,
    };
  });
}

/** Writes the input and the current output as the golden. */
export async function writeGolden(folder: string, golden: Golden, options: GoldenOptions): Promise<void> {
  const files = goldenFiles(folder, golden);
  makeFolders(join(folder, golden.name));
  writeCapture(files.trace, await goldenPackets(golden, options));
  if (golden.memory === undefined) rmSync(files.before, { force: true });
  else {
    const { bucketsOf } = await ReplaySwitch.of(sourcesOf(golden), withQueue(options, golden));
    writeResult(files.before, formatMemoryContents(memoryContentsFrom(golden.memory, golden.name, bucketsOf)));
  }
  const outcome = await replay(await inputOf(folder, golden), withQueue(options, golden));
  writeCapture(files.expected, outcome.packets);
  if (outcome.after.size === 0) rmSync(files.after, { force: true });
  else writeResult(files.after, formatMemoryContents(outcome.after));
}

async function inputOf(folder: string, golden: Golden): Promise<ReplayInput> {
  const { trace, before } = goldenFiles(folder, golden);
  return {
    sources: sourcesOf(golden),
    packets: await readCapture(trace),
    memory: existsSync(before) ? { json: readJson(before), file: before } : undefined,
  };
}

export interface GoldenResult {
  readonly golden: Golden;
  readonly input: ReplayInput;
  /** Those of its replay. */
  readonly options: ReplayOptions;
  readonly outcome: ReplayOutcome;
  readonly packetsIn: number;
  readonly expected: readonly CapturedPacket[];
  readonly expectedMemory: MemoryContents;
  readonly check: ReplayCheck;
  /** Coverage in the order of programs. */
  readonly coverage: readonly BranchCoverage[];
}

/** Replays one golden. @throws {ReplayError} and {@link CaptureError} for missing files */
export async function checkGolden(folder: string, golden: Golden, options: GoldenOptions): Promise<GoldenResult> {
  const { expected: goldenFile, after } = goldenFiles(folder, golden);
  const input = await inputOf(folder, golden);
  const expected = await readCapture(goldenFile);
  const replayed = withQueue(options, golden);
  const outcome = await replay(input, replayed);
  const expectedMemory = existsSync(after)
    ? memoryContentsFrom(readJson(after), after, outcome.bucketsOf)
    : (new Map() as MemoryContents);
  const check = checkReplay(outcome, expected, expectedMemory);
  return {
    golden,
    input,
    options: replayed,
    outcome,
    packetsIn: input.packets.length,
    expected,
    expectedMemory,
    check,
    coverage: outcome.coverage(),
  };
}

export const goldensOf = (names: readonly string[]): readonly Golden[] =>
  names.length === 0 ? GOLDENS : GOLDENS.filter(({ name, key }) => names.includes(name) || names.includes(key));
