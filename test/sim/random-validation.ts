/**
 * Validation of many random programs: on an empty switch, and on a small one that others come to and go from until it
 * is nearly full. Used by validation.test.ts and, for long runs, by validate-many.ts.
 */
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import {
  type Allocator,
  analyse,
  chainOf,
  DataPlane,
  defaultDataPlane,
  installOperations,
  type Program,
  programSource,
  revokeOperations,
  SwitchState,
} from '../../compiler/index.js';
import { type Emulator, type EngineName, newEmulator } from '../../sim/index.js';
import {
  formatFailure,
  type Random,
  type Translation,
  type Validation,
  validateTranslation,
} from '../../sim/validation/index.js';
import { wholePrograms } from '../compiler/random-whole-programs.js';
import { itemAt } from '../item-at.js';
import { compileIfFits } from './translations.js';

export interface RandomValidation {
  readonly seed: number;
  readonly programs: number;
  /** Packets for each program. */
  readonly packets: number;
  /** Number of failures after which it stops; all if left out. */
  readonly maxFailures?: number;
  /** The programs take them in turn; one that is quick if left out. */
  readonly allocators?: readonly Allocator[];
}

const inTurn = ({ allocators = [] }: RandomValidation, number: number): Allocator | undefined =>
  allocators[number % allocators.length];

export interface Totals {
  /** Programs that were compiled and validated. */
  programs: number;
  /** Programs that did not fit the switch. */
  doNotFit: number;
  packets: number;
  ran: number;
  undefined: number;
  /** Validations of programs that were there when another came or went. */
  bystanders: number;
  revoked: number;
  statements: { ran: number; all: number };
  /** By recirculations of the compiled programs. */
  recirculations: number[];
  failures: string[];
}

const newTotals = (): Totals => ({
  programs: 0,
  doNotFit: 0,
  packets: 0,
  ran: 0,
  undefined: 0,
  bystanders: 0,
  revoked: 0,
  statements: { ran: 0, all: 0 },
  recirculations: [0, 0, 0, 0],
  failures: [],
});

const ENGINES: readonly EngineName[] = ['interpreted', 'compiled'];
/** Most recirculations of the programs, in turn. */
const RECIRCULATIONS = [0, 1, 2, 3];
const recirculationsOf = ({ switches }: DataPlane, number: number): number =>
  switches > 1 ? 0 : (RECIRCULATIONS[number % RECIRCULATIONS.length] ?? 0);

/** Of a switch: most programs of the crowded one have one to themselves, so that others do not take their packets. */
const PORTS = 512;
/** Programs that are generated at once. */
const CHUNK = 100;

function* texts(dataPlane: DataPlane, seed: number, count: number): Generator<string> {
  const arbitrary = wholePrograms({ dataPlane });
  for (let from = 0; from < count; from += CHUNK) {
    yield* fc.sample(arbitrary, { seed: seed + from, numRuns: Math.min(CHUNK, count - from) });
  }
}

function note(totals: Totals, result: Validation, dataPlane: DataPlane, where: string): void {
  if (result.kind === 'failed') {
    totals.failures.push(`${where}\n${formatFailure(result.failure, dataPlane)}`);
    return;
  }
  totals.packets += result.packets;
  totals.ran += result.ran;
  totals.undefined += result.undefined;
  totals.statements.ran += result.statements.ran;
  totals.statements.all += result.statements.all;
}

/** Each program alone, in a switch that holds nothing else. */
export function validateAlone(options: RandomValidation, dataPlane = defaultDataPlane()): Totals {
  const { seed, programs, packets, maxFailures = Number.POSITIVE_INFINITY } = options;
  const totals = newTotals();
  const random = seedrandom.alea(String(seed));
  const state = new SwitchState(dataPlane);
  const switches = ENGINES.map((engine) => newEmulator(dataPlane, { engine }));
  let number = 0;
  for (const text of texts(dataPlane, seed, programs)) {
    const recirculations = recirculationsOf(dataPlane, number);
    const emulator = itemAt(switches, (number >> 2) % switches.length);
    const allocator = inTurn(options, number >> 3);
    number++;
    const compile = (source: string) => compileIfFits(source, state, { recirculations, allocator });
    // A shorter program may have errors that the whole one has not.
    const recompile = (program: Program) => {
      const shorter = programSource(program);
      return analyse(shorter, dataPlane).hasErrors ? undefined : compile(shorter);
    };
    const translation = compile(text);
    if (translation === undefined) {
      totals.doNotFit++;
      continue;
    }
    totals.programs++;
    count(totals, translation);
    const result = validateTranslation(translation, dataPlane, {
      packets,
      random,
      makeSwitch: () => emulator,
      recompile,
    });
    note(totals, result, dataPlane, `alone, program ${number - 1} of seed ${seed}, R = ${recirculations}`);
    if (totals.failures.length >= maxFailures) break;
  }
  return totals;
}

const count = (totals: Totals, { compiled }: Translation): void => {
  const at = compiled.passes - 1;
  totals.recirculations[at] = (totals.recirculations[at] ?? 0) + 1;
};

/** A data plane with room for some dozens of programs. */
function crowdedDataPlane({ description, switches }: DataPlane): DataPlane {
  const rpbs = Object.entries(description.rpbs).map(([key, rpb]) => [key, { ...rpb, entries: 48 }] as const);
  return chainOf(new DataPlane({ ...description, name: 'crowded', rpbs: Object.fromEntries(rpbs) }), switches);
}

/** Programs come and go, about half of those that come do not fit; programs that are there must not notice. */
export function validateCrowded(options: RandomValidation, whole = defaultDataPlane()): Totals {
  const { seed, programs, packets, maxFailures = Number.POSITIVE_INFINITY } = options;
  const dataPlane = crowdedDataPlane(whole);
  const totals = newTotals();
  const random = seedrandom.alea(String(seed));
  const state = new SwitchState(dataPlane);
  const emulator = newEmulator(dataPlane, { engine: 'interpreted' });
  const running: Translation[] = [];
  let number = 0;
  for (const text of texts(dataPlane, seed, programs)) {
    const recirculations = recirculationsOf(dataPlane, number);
    const allocator = inTurn(options, number >> 3);
    const name = `p${number++}`;
    const where = `crowded, program ${name} of seed ${seed}, R = ${recirculations}`;
    const filterPriority = number;
    const ingressPort = number % 4 === 0 ? undefined : number % PORTS;
    const build = (source: string) =>
      compileIfFits(source, state, { recirculations, filterPriority, name, ingressPort, allocator });
    const translation = build(text);
    if (translation === undefined) {
      totals.doNotFit++;
      revokeOne(running, state, emulator, random);
      totals.revoked++;
      continue;
    }
    totals.programs++;
    count(totals, translation);
    const recompile = (program: Program) => build(programSource(program));
    const result = validateTranslation(translation, dataPlane, {
      packets,
      random,
      makeSwitch: () => emulator,
      recompile,
    });
    note(totals, result, dataPlane, where);
    for (const operation of installOperations(translation.compiled)) emulator.apply(operation);
    state.commit(translation.compiled);
    running.push(translation);
    const other = running[Math.floor(random() * running.length)];
    if (other !== undefined) {
      totals.bystanders++;
      const again = validateTranslation(other, dataPlane, {
        packets,
        random,
        makeSwitch: () => emulator,
        isInstalled: true,
      });
      note(totals, again, dataPlane, `${other.program.name} after ${where}`);
    }
    if (totals.failures.length >= maxFailures) break;
  }
  while (running.length > 0) revokeOne(running, state, emulator, random);
  if (emulator.memory.words.some((value) => value !== 0)) totals.failures.push('memory that nobody owns is not 0');
  return totals;
}

function revokeOne(running: Translation[], state: SwitchState, emulator: Emulator, random: Random): void {
  const [gone] = running.splice(Math.floor(random() * running.length), 1);
  if (gone === undefined) return;
  state.beginRevoke(gone.program.name);
  for (const operation of revokeOperations(gone.compiled)) emulator.apply(operation);
  state.release(gone.program.name);
}
