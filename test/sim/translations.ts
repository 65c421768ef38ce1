/** Programs with what they were compiled to, deployed on an emulator, and documents changed on purpose. */

import seedrandom from 'seedrandom';
import * as assert from 'uvu/assert';
import {
  type Allocator,
  analyse,
  type CompiledProgram,
  type DataPlane,
  DEFAULT_RECIRCULATIONS,
  DoesNotFit,
  defaultDataPlane,
  defaultForwardEntry,
  installOperations,
  link,
  lower,
  ones,
  type PlacedStep,
  type Program,
  priceAllocator,
  revokeOperations,
  SwitchState,
  type TableEntry,
} from '../../compiler/index.js';
import { Switch } from '../../sim/index.js';
import {
  type Failure,
  formatFailure,
  type Translation,
  type Validation,
  validateTranslation,
} from '../../sim/validation/index.js';
import { appendPacketBytes, clearPacketBatch, createPacketBatch, DROPPED, packetBytes } from '../../traces/index.js';

export const plane: DataPlane = defaultDataPlane();

/** Quick also where nothing fits. */
const ALLOCATOR = priceAllocator();

/** The only program of a text that must have no error. */
export function parse(text: string, dataPlane = plane): Program {
  const { programs, hasErrors, diagnostics } = analyse(text, dataPlane);
  const [program] = programs;
  if (hasErrors || program === undefined) throw new Error(`${text}\n${JSON.stringify(diagnostics, null, 1)}`);
  return program;
}

export interface CompileOptions {
  readonly recirculations?: number;
  readonly filterPriority?: number;
  readonly allocator?: Allocator | undefined;
  readonly name?: string;
  /** The program gets packets from this port only. */
  readonly ingressPort?: number | undefined;
}

function withPort(program: Program, dataPlane: DataPlane, port: number): Program {
  const field = dataPlane.field('ig_intr_md.ingress_port');
  const others = program.filters.filter((filter) => filter.field !== field);
  return { ...program, filters: [...others, { field, value: port, mask: ones(field.width) }] };
}

/** @throws {DoesNotFit} */
export function compileText(text: string, state: SwitchState, options: CompileOptions = {}): Translation {
  const {
    recirculations = DEFAULT_RECIRCULATIONS,
    filterPriority = 0,
    name,
    ingressPort,
    allocator = ALLOCATOR,
  } = options;
  const parsed = parse(text, state.dataPlane);
  const named = name === undefined ? parsed : { ...parsed, name };
  const program = ingressPort === undefined ? named : withPort(named, state.dataPlane, ingressPort);
  const lowered = lower(program, state.dataPlane, recirculations);
  return { program, compiled: link(lowered, state, '0'.repeat(64), { allocator, filterPriority }) };
}

/** As {@link compileText}; undefined for a program that does not fit. */
export function compileIfFits(text: string, state: SwitchState, options?: CompileOptions): Translation | undefined {
  try {
    return compileText(text, state, options);
  } catch (error) {
    if (error instanceof DoesNotFit) return undefined;
    throw error;
  }
}

export interface Sent {
  /** Undefined for a packet that was dropped. */
  readonly port: number | undefined;
  readonly bytes: Uint8Array;
}

/** An emulator with the books of what runs on it. Packets come in on port 1 and leave by port 17 by default. */
export class Deployment {
  readonly state = new SwitchState(plane);
  readonly emulator = new Switch(plane, { engine: 'interpreted' });
  private readonly batch = createPacketBatch(1, 4096);

  constructor() {
    this.emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, 1, 17) });
  }

  deploy(text: string, options?: CompileOptions): Translation {
    const translation = compileText(text, this.state, options);
    this.install(translation.compiled);
    return translation;
  }

  install(compiled: CompiledProgram): void {
    this.state.commit(compiled);
    for (const operation of installOperations(compiled)) this.emulator.apply(operation);
  }

  revoke(name: string): void {
    const compiled = this.state.beginRevoke(name);
    if (compiled === undefined) throw new Error(`no program ${name}`);
    for (const operation of revokeOperations(compiled)) this.emulator.apply(operation);
    this.state.release(name);
  }

  send(bytes: Uint8Array): Sent {
    const { batch } = this;
    clearPacketBatch(batch);
    appendPacketBytes(batch, bytes, 1);
    this.emulator.process(batch);
    const port = batch.egressPort[0];
    return { port: port === DROPPED ? undefined : port, bytes: packetBytes(batch, 0).slice() };
  }

  /** Words of a program's memory, a view. */
  memory({ compiled }: Translation, name: string): Uint32Array {
    const block = compiled.memories.find((candidate) => candidate.name === name);
    if (block === undefined) throw new Error(`${compiled.program} has no block for ${name}`);
    return this.emulator.memory.range(block.rpb, block.base, block.buckets);
  }

  /** Every running program does what it says. */
  assertSound(translation: Translation): void {
    const makeSwitch = () => this.emulator;
    assertVerified(validate(translation, { makeSwitch, isInstalled: true }));
  }
}

export interface ValidateOptions {
  readonly packets?: number;
  readonly makeSwitch?: () => Switch;
  readonly isInstalled?: boolean;
  readonly recompile?: (program: Program) => Translation | undefined;
}

export function validate(translation: Translation, options: ValidateOptions = {}): Validation {
  return validateTranslation(translation, plane, { packets: 300, random: seedrandom.alea('translations'), ...options });
}

export function assertVerified(result: Validation): void {
  if (result.kind === 'failed') assert.unreachable(formatFailure(result.failure, plane));
}

/** The failure of a document that was changed. */
export function failureOf(translation: Translation, options?: ValidateOptions): Failure {
  const result = validate(translation, options);
  if (result.kind === 'verified') throw new Error('a wrong document was verified');
  return result.failure;
}

/** The translation with other entries, and perhaps another placement. */
export function withEntries(
  { program, compiled }: Translation,
  change: (entries: readonly TableEntry[]) => readonly TableEntry[],
  place: (step: PlacedStep) => PlacedStep = (step) => step,
): Translation {
  const entries = change(compiled.entries);
  return { program, compiled: { ...compiled, entries, placement: compiled.placement.map(place) } };
}

export const actionOf = ({ action }: TableEntry): string => action.split('.').at(-1) ?? '';

/** The entry, in the table of another RPB. */
export function movedTo(entry: TableEntry, rpb: number): TableEntry {
  const { table, control } = plane.rpb(rpb);
  return { ...entry, table, action: `${control}.${actionOf(entry)}` };
}

export const rpbOf = (entry: TableEntry): number => 1 + plane.rpbs.findIndex(({ table }) => table === entry.table);
