/** Workloads: sequences of arriving programs with their traffic. */

import { readFile } from 'node:fs/promises';
import { must } from '../../compiler/data-plane/must.js';
import {
  type Analysis,
  analyse,
  BUILT_IN_DATA_PLANES,
  type DataPlane,
  defaultDataPlane,
  type Program,
  type SourceFile,
} from '../../compiler/index.js';
import { isModulePath, MODULE_PATHS, readSource } from '../../hw-driver/index.js';
import { MAX_INSTANCES } from '../../sim/made-packet/addresses.js';
import { trafficForProgram } from '../../sim/made-packet/matching-traffic.js';
import { type Arrival, type Workload, WorkloadError } from './arrival.js';
import { drawnKeys, keysOfWorkload, WORKLOAD_NAMES } from './drawn-keys.js';
import { instanceSource, instanceTexts, serverPorts, syntaxOf } from './instance.js';
import { type InstanceMark, markFilter, markSurroundings } from './instance-marks.js';
import { workloadOfModule } from './own-workload.js';
import { requireDataPlane } from './program-data-planes.js';
import { PROGRAM_KINDS, type ProgramKey, programFile } from './program-kind.js';
import { trafficFor } from './traffic.js';
import { markForProgram } from './user-program.js';

export { type Arrival, type Workload, WorkloadError } from './arrival.js';

/** Options of {@link loadWorkload}. */
export interface WorkloadOptions {
  /** Key of a program, `mixed`, `all-mixed`, or path of a .p4runpro file or of a module. */
  readonly name: string;
  /** Size of each memory in bytes; undefined keeps the declared sizes. */
  readonly memoryBytes: number | undefined;
  /** Number of elastic cases. */
  readonly cases: number;
  readonly seed: string;
  readonly dataPlane: DataPlane;
  /** Whether a single program of a .p4runpro file keeps its own filter. */
  readonly asWritten?: boolean;
}

export const BYTES_PER_BUCKET = 4;

/** What can be named as a workload, in words. */
export const WORKLOAD_CHOICES = `${WORKLOAD_NAMES.join(', ')}, a .p4runpro file, or ${MODULE_PATHS}`;

/** @throws {WorkloadError} for an unknown name, an unreadable file, or a program with errors */
export async function loadWorkload(options: WorkloadOptions): Promise<Workload> {
  const keys = keysOfWorkload(options.name);
  if (keys !== undefined) return mixOf(keys, options);
  if (options.name.endsWith('.p4runpro')) return workloadOfFile(options);
  if (isModulePath(options.name)) return workloadOfModule(options.name, options);
  throw new WorkloadError(`there is no workload '${options.name}': it is one of ${WORKLOAD_CHOICES}`);
}

async function mixOf(keys: readonly ProgramKey[], options: WorkloadOptions): Promise<Workload> {
  const sources = new Map<ProgramKey, SourceFile>();
  for (const key of keys) {
    requireDataPlane(key, options.dataPlane);
    sources.set(key, syntaxOf(await readFile(programFile(key), 'utf8')));
  }
  const keyOf = drawnKeys(keys, options.seed);
  const ports = serverPorts(options.cases, options.dataPlane);
  const buckets = options.memoryBytes === undefined ? undefined : options.memoryBytes / BYTES_PER_BUCKET;
  const texts = new Map<string, ReturnType<typeof instanceTexts>>();
  const textsOf = (key: ProgramKey, file: SourceFile, index: number): ReturnType<typeof instanceTexts> => {
    const place = `${key} ${index}`;
    const { resizable, elastic } = PROGRAM_KINDS[key];
    const kind = { buckets: resizable ? buckets : undefined, elastic, cases: options.cases, serverPorts: ports, index };
    const made = texts.get(place) ?? instanceTexts(file, kind);
    texts.set(place, made);
    return made;
  };
  const contents = memoryContents(ports);
  return {
    name: options.name,
    asWritten: false,
    arrival(number) {
      requireInstance(number);
      const key = keyOf(number);
      const { mark } = PROGRAM_KINDS[key];
      const file = must(sources.get(key), `text of program ${key}`);
      const name = `${key}_${number}`;
      const variant = number % Math.max(1, file.programs.length);
      const source = textsOf(key, file, variant)(name, markFilter(mark, number));
      const traffic = once(() => trafficFor(key, number, options.cases, variant));
      return {
        ...arrivalParts(number, key, name, source, mark),
        get traffic() {
          return traffic();
        },
        memoryValue: contents.get(key),
      };
    },
  };
}

/** A function that makes its value the first time that it is asked for it. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function requireInstance(number: number): void {
  if (number >= MAX_INSTANCES)
    throw new WorkloadError(`the maximum is ${MAX_INSTANCES.toLocaleString('en-US')} instances`);
}

function arrivalParts(number: number, key: string, name: string, source: string, mark: InstanceMark) {
  const filter = markFilter(mark, number);
  return {
    number,
    key,
    name,
    source,
    address: {
      forward: [filter, ...markSurroundings(mark, number, true)],
      reverse: [filter, ...markSurroundings(mark, number, false)],
    },
  };
}

/** What the controller writes into the memories of programs, of those where it writes anything. */
function memoryContents(ports: readonly number[]): ReadonlyMap<ProgramKey, NonNullable<Arrival['memoryValue']>> {
  const server = (memory: string, bucket: number): number => serverValue(memory, bucket, ports);
  return new Map([
    ['lb', server],
    // The number of connections starts from 0.
    ['cheetah', (memory, bucket) => (memory === 'turn' ? 0 : server(memory, bucket))],
    ['coco', (memory, bucket) => (memory === 'largest' ? largestOf(Math.max(1, bucket)) : 0)],
    ['pint', (_memory, bucket) => largestOf(hopOfBucket(bucket))],
  ]);
}

/** The largest number of 32 bits such that a random one is at most it with probability 1 / n. */
const largestOf = (n: number): number => Math.floor(2 ** 32 / n) - 1;

/** Of packets that start with a TTL of 64, whose lowest six bits are the number of the bucket. */
const hopOfBucket = (bucket: number): number => (bucket === 0 ? 1 : 65 - bucket);

/** Servers of a load balancer: bucket b belongs to server b mod ports, and each server has its own address. */
function serverValue(memory: string, bucket: number, ports: readonly number[]): number {
  const server = bucket % ports.length;
  return memory === 'port' ? must(ports[server], `port of server ${server}`) : (0xac100000 + server) >>> 0;
}

async function workloadOfFile(options: WorkloadOptions): Promise<Workload> {
  const text = readSource(options.name);
  const analysis = analyse(text, options.dataPlane);
  const [program] = analysis.programs;
  if (analysis.hasErrors || program === undefined) {
    throw new WorkloadError(
      `${options.name} has errors; see: p4runpro check ${options.name}${dataPlaneOption(options.dataPlane)}`,
    );
  }
  const buckets = options.memoryBytes === undefined ? undefined : options.memoryBytes / BYTES_PER_BUCKET;
  if (options.asWritten === true) return writtenWorkload(options, text, analysis, program, buckets);
  const mark = markForProgram(program, options.dataPlane);
  return {
    name: options.name,
    asWritten: false,
    arrival(number) {
      requireInstance(number);
      const name = `${program.name}_${number}`;
      const source = instanceSource(analysis.syntax, {
        name,
        filter: markFilter(mark, number),
        buckets,
        elastic: undefined,
        cases: options.cases,
        serverPorts: [],
        index: 0,
      });
      const [instance] = analyse(source, options.dataPlane).programs;
      if (instance === undefined) throw new WorkloadError(`${name}: no instance can be made; its text is:\n${source}`);
      const traffic = once(() => trafficForProgram(instance, options.dataPlane, number));
      return {
        ...arrivalParts(number, program.name, name, source, mark),
        get traffic() {
          return traffic();
        },
        memoryValue: undefined,
      };
    },
  };
}

/** The option by which a command of p4runpro gets a data plane; empty for the default one. */
function dataPlaneOption({ name, hash }: DataPlane): string {
  if (hash === defaultDataPlane().hash) return '';
  return ` --dataplane ${BUILT_IN_DATA_PLANES.includes(name) ? name : 'FILE'}`;
}

/** The first program of a file, once; its text is the user's, so that lines are those of the file. */
function writtenWorkload(
  { name, cases, dataPlane }: WorkloadOptions,
  text: string,
  { syntax, programs }: Analysis,
  program: Program,
  buckets: number | undefined,
): Workload {
  const isWhole = programs.length === 1 && buckets === undefined;
  const own = { name: program.name, filter: undefined, buckets, elastic: undefined, cases, serverPorts: [], index: 0 };
  const source = isWhole ? text : instanceSource(syntax, own);
  return {
    name,
    asWritten: true,
    arrival(number) {
      if (number > 0)
        throw new WorkloadError(`program ${program.name} keeps its own filter and can be deployed only once`);
      return {
        number,
        key: program.name,
        name: program.name,
        source,
        traffic: trafficForProgram(program, dataPlane, number),
        address: { forward: [], reverse: [] },
        memoryValue: undefined,
      };
    },
  };
}
