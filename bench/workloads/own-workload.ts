/**
 * Workloads of other people: a module whose default export is one, or a function of settings that gives one. It says which
 * program comes n-th, as text; packets and addresses follow from the program, as for a user's file, unless it gives them.
 */

import { thrownText, valueText } from '../../compiler/data-plane/thrown-text.js';
import { analyse, type DataPlane, type Program } from '../../compiler/index.js';
import { callWithin, DEFAULT_ANSWER_SECONDS, defaultExportOf } from '../../hw-driver/index.js';
import { trafficForProgram } from '../../sim/made-packet/matching-traffic.js';
import type { TrafficTarget } from '../../traces/generate/packet-template.js';
import { requireTargets } from '../../traces/generate/validate-template.js';
import { type Arrival, type Workload, WorkloadEnd, WorkloadError } from './arrival.js';

/** What a workload gives for one program; a text alone stands for `{ source: text }`. */
export interface OwnProgram {
  /** P4runpro with one program, whose name no other program of the workload has. */
  readonly source: string;
  /** Its packets; if left out, packets that its filter matches. */
  readonly traffic?: TrafficTarget;
  /** The word that the control plane writes into each bucket after deployment; memories are 0 without it. */
  readonly memoryValue?: (memory: string, bucket: number) => number;
}

/** A workload of other people. */
export interface OwnWorkload {
  readonly name: string;
  /**
   * @param number from 0, in the order of arrival; asked again, it has to give the same text
   * @returns undefined where there are no more programs
   */
  program(number: number): string | OwnProgram | undefined;
}

/** What a function that gives a workload is told. */
export interface WorkloadSettings {
  readonly seed: string;
  /** Bytes of each memory; undefined where sizes stay as the programs have them. */
  readonly memoryBytes: number | undefined;
  /** Elastic cases. */
  readonly cases: number;
  readonly dataPlane: DataPlane;
}

/** The default export of a workload module. */
export type WorkloadModule = OwnWorkload | ((settings: WorkloadSettings) => OwnWorkload);

/** @param path relative to the working directory @throws {UsageError} {@link WorkloadError} */
export async function workloadOfModule(path: string, settings: WorkloadSettings): Promise<Workload> {
  const exported = await defaultExportOf(path);
  const made =
    typeof exported === 'function' ? guarded(path, () => exported(settings), 'its default export') : exported;
  return workloadFrom(made, settings.dataPlane, path);
}

/**
 * The same workload, checked: what it gives is compiled, and what is wrong with it is named.
 * @param label what errors call it
 * @throws {WorkloadError} for what is no workload; `arrival` throws it for a program that cannot be used
 */
export function workloadFrom(made: unknown, dataPlane: DataPlane, label?: string): Workload {
  const wrong = (what: string): WorkloadError =>
    new WorkloadError(
      `${label ?? 'what was given'} is no workload: ${what}, where { name, program(number) } was expected`,
    );
  if (typeof made !== 'object' || made === null) throw wrong(`it is ${made === null ? 'null' : `a ${typeof made}`}`);
  const { name, program } = made as Partial<OwnWorkload>;
  if (typeof name !== 'string' || name === '') throw wrong('it has no name');
  if (typeof program !== 'function') throw wrong('it has no function program');
  const checked = new CheckedPrograms(made as OwnWorkload, label ?? name, dataPlane);
  return { name: label ?? name, asWritten: false, arrival: (number) => checked.arrival(number) };
}

/** Calls code of a module. @throws {WorkloadError} also where it does not return */
function guarded(label: string, run: () => unknown, what: string): unknown {
  const seconds = DEFAULT_ANSWER_SECONDS;
  const late = (): Error => new WorkloadError(`workload ${label}: ${what} did not return within ${seconds} s`);
  try {
    return callWithin(seconds, run, late);
  } catch (error) {
    if (error instanceof WorkloadError) throw error;
    throw new WorkloadError(`workload ${label}: ${what} threw ${thrownText(error)}`, { cause: error });
  }
}

/** What a program is made of, copied. */
function copyOf(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || 'then' in given) return given;
  const { source, traffic, memoryValue } = given as Partial<OwnProgram>;
  return { source, traffic, memoryValue };
}

const MAX_WORD = 2 ** 32 - 1;

class CheckedPrograms {
  private readonly numbers = new Map<string, number>();
  /** Hashes of the texts, by number. */
  private readonly texts = new Map<number, string>();

  constructor(
    private readonly own: OwnWorkload,
    private readonly label: string,
    private readonly dataPlane: DataPlane,
  ) {}

  /** @throws {WorkloadError} */
  arrival(number: number): Arrival {
    const given = this.given(number);
    const program = this.compiled(number, given.source);
    const { memoryValue } = given;
    return {
      number,
      key: program.name,
      name: program.name,
      source: given.source,
      traffic:
        given.traffic === undefined
          ? trafficForProgram(program, this.dataPlane, number)
          : this.traffic(number, given.traffic),
      address: { forward: [], reverse: [] },
      memoryValue: memoryValue && ((memory, bucket) => this.word(number, memoryValue, memory, bucket)),
    };
  }

  private wrong(number: number, what: string): WorkloadError {
    return new WorkloadError(`workload ${this.label}: program ${number} ${what}`);
  }

  private given(number: number): OwnProgram {
    // Getters are code of the module too.
    const given = guarded(this.label, () => copyOf(this.own.program(number)), `program(${number})`);
    if (typeof given === 'string') return { source: given };
    if (given === undefined && number > 0) {
      throw new WorkloadEnd(`workload ${this.label} has no program ${number}: it ends before that`);
    }
    if (typeof given !== 'object' || given === null) {
      throw this.wrong(number, `is ${valueText(given)}, where a text or { source } was expected`);
    }
    if ('then' in given) {
      Promise.resolve(given).catch(() => undefined);
      throw this.wrong(number, 'is a promise: program() has to return the text itself');
    }
    const { source, memoryValue } = given as Partial<OwnProgram>;
    if (typeof source !== 'string')
      throw this.wrong(number, `has source ${valueText(source)}, where a text was expected`);
    if (memoryValue !== undefined && typeof memoryValue !== 'function') {
      throw this.wrong(number, 'has a memoryValue that is no function');
    }
    return given as OwnProgram;
  }

  private compiled(number: number, source: string): Program {
    const { programs, diagnostics, hasErrors, sourceHash } = analyse(source, this.dataPlane);
    const error = diagnostics.find(({ severity }) => severity === 'error');
    if (hasErrors) {
      const where = error === undefined ? '' : `: line ${error.span.line}: ${error.message}`;
      throw this.wrong(number, `does not compile${where}`);
    }
    const [program, ...others] = programs;
    if (program === undefined || others.length > 0) {
      throw this.wrong(number, `is a text of ${programs.length} programs, where one was expected`);
    }
    const other = this.numbers.get(program.name);
    if (other !== undefined && other !== number) {
      throw this.wrong(number, `has the name ${program.name} of program ${other}: each needs a name of its own`);
    }
    this.numbers.set(program.name, number);
    const before = this.texts.get(number);
    if (before !== undefined && before !== sourceHash) throw this.wrong(number, 'is another text than it was before');
    this.texts.set(number, sourceHash);
    return program;
  }

  private traffic(number: number, traffic: TrafficTarget): TrafficTarget {
    if (typeof traffic !== 'object' || traffic === null || !Array.isArray(traffic.variants)) {
      throw this.wrong(number, `has traffic ${valueText(traffic)}, where { variants: [...] } was expected`);
    }
    try {
      requireTargets([traffic]);
    } catch (error) {
      throw this.wrong(number, `has traffic that cannot be generated: ${thrownText(error)}`);
    }
    return traffic;
  }

  private word(
    number: number,
    memoryValue: (memory: string, bucket: number) => number,
    memory: string,
    bucket: number,
  ): number {
    let word: unknown;
    try {
      word = memoryValue(memory, bucket);
    } catch (error) {
      throw this.wrong(number, `has a memoryValue that threw ${thrownText(error)} for ${memory}[${bucket}]`);
    }
    if (typeof word === 'number' && Number.isInteger(word) && word >= 0 && word <= MAX_WORD) return word;
    throw this.wrong(number, `gives ${valueText(word)} for ${memory}[${bucket}], where a word of 32 bits was expected`);
  }
}
