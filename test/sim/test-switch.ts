/** A switch whose entries tests write by hand, and what becomes of a packet in it. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  builtInDataPlane,
  DataPlane,
  type DataPlaneDescription,
  defaultForwardEntry,
  FIXED_NAMES,
  type KeyField,
  RPB_KEYS,
  type TableEntry,
} from '../../compiler/index.js';
import { type EngineName, Switch, TargetError, type TargetErrorCause } from '../../sim/index.js';
import {
  allocatePacketBatchMemory,
  appendPacketBytes,
  clearPacketBatch,
  DROPPED,
  packetBatchOver,
  packetBytes,
} from '../../traces/index.js';
import { cases } from '../tiers.js';

/** A file of the source tree, seen from dist/test/sim. */
export const sourceFile = (...parts: readonly string[]): string =>
  join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', ...parts);

export function dataPlane(name: string): DataPlane {
  const found = builtInDataPlane(name);
  if (found === undefined) throw new Error(`no data plane ${name}`);
  return found;
}

/** `default` with other numbers, small enough to fill. */
export function smallDataPlane(
  change: (description: DataPlaneDescription) => Partial<DataPlaneDescription>,
): DataPlane {
  const { description } = dataPlane('default');
  return new DataPlane({ ...description, name: 'small', ...change(description) });
}

export interface Where {
  readonly program?: number;
  readonly branch?: number;
  /** Left out: the branch id in full. */
  readonly branchMask?: number;
  readonly pass?: number;
  readonly priority?: number;
  readonly registers?: Readonly<Partial<Record<'har' | 'sar' | 'mar', readonly [value: number, mask: number]>>>;
}

/** An entry of an RPB; parameters in the order of the action. */
export function rpbEntry(
  plane: DataPlane,
  rpb: number,
  action: string,
  parameters: readonly number[] = [],
  where: Where = {},
): TableEntry {
  const { program = 1, branch = 0, branchMask, pass = 0, priority = 0, registers = {} } = where;
  const { control, table, actions } = plane.rpb(rpb);
  return {
    table,
    key: [
      { name: RPB_KEYS.program, match: 'exact', value: program },
      branchMask === undefined
        ? { name: RPB_KEYS.branch, match: 'exact', value: branch }
        : { name: RPB_KEYS.branch, match: 'ternary', value: branch, mask: branchMask },
      { name: RPB_KEYS.recirculation, match: 'exact', value: pass },
      ...(['mar', 'sar', 'har'] as const).map((register): KeyField => {
        const [value, mask] = registers[register] ?? [0, 0];
        return { name: RPB_KEYS[register], match: 'ternary', value, mask };
      }),
    ],
    priority,
    action: `${control}.${action}`,
    parameters: (actions.get(action)?.parameters ?? []).map(({ name }, i) => ({ name, value: parameters[i] ?? 0 })),
  };
}

export type Masked = readonly [value: number, mask: number];

/** An entry of the filter table of a parsing path. */
export function filterEntry(
  plane: DataPlane,
  path: string,
  program: number,
  keys: Readonly<Record<string, Masked>> = {},
  priority = 0,
): TableEntry {
  const table = plane.filterTables.find((candidate) => candidate.path === path)?.table ?? `no table for ${path}`;
  return {
    table,
    key: Object.entries(keys).map(([name, [value, mask]]) => ({ name, match: 'ternary', value, mask })),
    priority,
    action: FIXED_NAMES.setProgram,
    parameters: [{ name: FIXED_NAMES.programParameter, value: program }],
  };
}

export function recirculationEntry(which: 'first' | 'middle' | 'last', program: number, pass: number): TableEntry {
  return {
    table: FIXED_NAMES.recirculationTable,
    key: [
      { name: RPB_KEYS.program, match: 'exact', value: program },
      { name: RPB_KEYS.recirculation, match: 'exact', value: pass },
    ],
    priority: 0,
    action: FIXED_NAMES[`${which}Recirculate`],
    parameters: [],
  };
}

export interface Outcome {
  /** The port, or undefined if the packet was dropped. */
  readonly port: number | undefined;
  readonly bytes: Uint8Array;
  readonly program: number;
  readonly recirculations: number;
}

/** Packets come in on port 1 and leave by port 2 unless a program says otherwise. */
export const INGRESS_PORT = 1;
export const EGRESS_PORT = 2;

export class TestSwitch {
  readonly emulator: Switch;
  private readonly batch = packetBatchOver(allocatePacketBatchMemory(1, 4096));
  private installed: TableEntry[] = [];

  constructor(
    readonly plane: DataPlane,
    engine?: EngineName,
  ) {
    this.emulator = new Switch(plane, engine && { engine });
    this.emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, INGRESS_PORT, EGRESS_PORT) });
  }

  insert(...entries: readonly TableEntry[]): this {
    for (const entry of entries) {
      this.emulator.apply({ kind: 'insertEntry', entry });
      this.installed.push(entry);
    }
    return this;
  }

  delete(...entries: readonly TableEntry[]): this {
    for (const entry of entries) {
      this.emulator.apply({ kind: 'deleteEntry', entry });
      this.installed = this.installed.filter((other) => other !== entry);
    }
    return this;
  }

  /** Leaves no entry but default forwarding. */
  clear(): this {
    for (const entry of this.installed) this.refusal('deleteEntry', entry);
    this.installed = [];
    return this;
  }

  /** Why an operation was refused, or undefined if it was not. */
  refusal(kind: 'insertEntry' | 'deleteEntry', entry: TableEntry): TargetErrorCause | undefined {
    try {
      if (kind === 'insertEntry') this.insert(entry);
      else this.delete(entry);
    } catch (error) {
      if (error instanceof TargetError) return error.code;
      throw error;
    }
    return undefined;
  }

  send(packet: Uint8Array, ingressPort = INGRESS_PORT): Outcome {
    const { batch } = this;
    clearPacketBatch(batch);
    appendPacketBytes(batch, packet, ingressPort);
    this.emulator.process(batch);
    const port = batch.egressPort[0];
    return {
      port: port === DROPPED ? undefined : port,
      bytes: packetBytes(batch, 0).slice(),
      program: batch.programId[0] ?? 0,
      recirculations: batch.recirculations[0] ?? 0,
    };
  }
}

/** The program of every packet, of any kind, on `default`. */
export const anyPacket = (plane: DataPlane, program = 1): TableEntry => filterEntry(plane, 'L2', program);

/** Runs a property with a fixed seed; a failure prints the seed and the path that replays it. */
export const property = (numRuns: number): { seed: number; numRuns: number } => ({
  seed: 20240806,
  numRuns: cases(numRuns),
});
