/** The fifteen programs as instances that can run side by side, and all there is to see of a switch. */
import { PAPER_KEYS, type PaperKey } from '../../bench/workloads/program-kind.js';
import { type Arrival, loadWorkload } from '../../bench/workloads/workload.js';
import {
  analyse,
  type CompiledProgram,
  type DataPlane,
  DEFAULT_RECIRCULATIONS,
  defaultDataPlane,
  defaultForwardEntry,
  FIXED_NAMES,
  type LoweredProgram,
  lower,
} from '../../compiler/index.js';
import { Controller } from '../../hw-driver/index.js';
import { InProcessTarget, Switch, stateDigest } from '../../sim/index.js';

export const plane = defaultDataPlane();

export interface PreparedProgram {
  readonly arrival: Arrival;
  readonly lowered: LoweredProgram;
  readonly sourceHash: string;
}

/** One instance of each; the place in the list is its number, and the priority of its filter. */
export async function fifteenPrograms(): Promise<PreparedProgram[]> {
  return Promise.all(PAPER_KEYS.map((key, number) => instanceOf(key, number)));
}

export async function instanceOf(key: PaperKey, number: number): Promise<PreparedProgram> {
  const workload = await loadWorkload({ name: key, memoryBytes: 1024, cases: 2, seed: '1', dataPlane: plane });
  const arrival = workload.arrival(number);
  const analysis = analyse(arrival.source, plane);
  const [program] = analysis.programs;
  if (program === undefined) throw new Error(`no program in the text of ${key}`);
  return { arrival, lowered: lower(program, plane, DEFAULT_RECIRCULATIONS), sourceHash: analysis.sourceHash };
}

const FRONT_PORTS = 32;

export class Rig {
  readonly emulator: Switch;
  readonly controller: Controller;

  constructor(
    target = (emulator: Switch) => new InProcessTarget(emulator),
    private readonly dataPlane: DataPlane = plane,
  ) {
    this.emulator = new Switch(dataPlane);
    for (let port = 0; port < FRONT_PORTS; port++) {
      this.emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(dataPlane, port, port ^ 1) });
    }
    this.controller = new Controller(dataPlane, target(this.emulator));
  }

  deploy({ arrival, lowered, sourceHash }: PreparedProgram): Promise<CompiledProgram> {
    return this.controller.deploy(lowered, sourceHash, { filterPriority: arrival.number });
  }

  /** As {@link look}, with a digest of every memory word. */
  lookClosely() {
    return { ...this.look(), memory: stateDigest(this.emulator.memory.words) };
  }

  /** The books, and the number of entries of every table. */
  look() {
    const { dataPlane } = this;
    const tables = [
      ...dataPlane.rpbs.map(({ table }) => table),
      ...dataPlane.filterTables.map(({ table }) => table),
      FIXED_NAMES.forwardTable,
      FIXED_NAMES.recirculationTable,
    ];
    return {
      books: this.controller.state.snapshot(),
      programs: [...this.controller.state.programs].map(([name, { status }]) => `${name} ${status}`),
      entries: Object.fromEntries(tables.map((table) => [table, this.emulator.entryCount(table)])),
    };
  }

  /** Fills a program's memories with a value, each word with another. */
  async fill({ program, memories }: CompiledProgram, value: number): Promise<void> {
    for (const { name, buckets } of memories) {
      const words = Uint32Array.from({ length: buckets }, (_, bucket) => value * 1000 + bucket);
      await this.controller.writeMemory(program, name, words);
    }
  }

  async memories({ program, memories }: CompiledProgram): Promise<Record<string, number[]>> {
    const words: Record<string, number[]> = {};
    for (const { name } of memories) words[name] = [...(await this.controller.readMemory(program, name))];
    return words;
  }
}
