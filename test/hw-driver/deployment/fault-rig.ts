/** A switch with a neighbour, traffic, and a controller that fails, is killed and comes again. */

import * as assert from 'uvu/assert';
import type { CompiledProgram, DataPlane, TableEntry } from '../../../compiler/index.js';
import { Controller, frontPortForwarding } from '../../../hw-driver/index.js';
import {
  ChainTarget,
  type Emulator,
  newEmulator,
  type Switch,
  SwitchChain,
  type SwitchTarget,
} from '../../../sim/index.js';
import {
  clearPacketBatch,
  createPacketBatch,
  createTrafficGenerator,
  type PacketBatch,
  packetBytes,
} from '../../../traces/index.js';
import { itemAt } from '../../item-at.js';
import { type PreparedProgram, plane as singlePlane } from '../fifteen.js';
import { type FaultKind, Faults, FaultyTarget, MemoryJournal } from './faulty-target.js';

const PACKETS = 6;
const SEED = 'faults-1';

/** What becomes of the packets on a switch whose memory of these programs is 0; it is as it was afterwards. */
class Traffic {
  private readonly batch = createPacketBatch(PACKETS, 2 ** 14);
  private readonly sent: PacketBatch;

  constructor(program: PreparedProgram, count = PACKETS) {
    this.sent = createPacketBatch(PACKETS, 2 ** 14);
    const generator = createTrafficGenerator({
      targets: [program.arrival.traffic],
      seed: SEED,
      packetsPerSecond: 1e6,
    });
    generator.generateInto(this.sent, 0, count);
  }

  outcome(emulator: Emulator, programs: readonly CompiledProgram[]): string {
    const { batch, sent } = this;
    const blocks = programs.flatMap(({ memories }) =>
      memories.map(({ rpb, base, buckets }) => emulator.memory.range(rpb, base, buckets)),
    );
    const kept = blocks.map((block) => block.slice());
    for (const block of blocks) block.fill(0);
    clearPacketBatch(batch);
    batch.bytes.set(sent.bytes);
    for (const name of ['offset', 'capturedLength', 'ingressPort'] as const) batch[name].set(sent[name]);
    batch.count = sent.count;
    emulator.process(batch);
    for (const [i, block] of blocks.entries()) block.set(itemAt(kept, i));
    return Array.from({ length: batch.count }, (_, i) => {
      const bytes = Buffer.from(packetBytes(batch, i)).toString('latin1');
      return itemAt(batch.egressPort, i) < 0 ? 'dropped' : `${batch.egressPort[i]} ${bytes}`;
    }).join('|');
  }
}

/** Of entries, which nobody changes: those of a neighbour are looked at after every fault. */
const texts = new WeakMap<TableEntry, string>();

function textOf(entry: TableEntry): string {
  const known = texts.get(entry);
  if (known !== undefined) return known;
  const text = JSON.stringify(entry);
  texts.set(entry, text);
  return text;
}

/** Entries as a set. */
const listed = (entries: readonly TableEntry[]): string[] => entries.map(textOf).sort();

export class FaultRig {
  readonly emulator: Emulator;
  /** When the switch fails; of a chain, each of its switches. */
  readonly faults = new Faults();
  journal: MemoryJournal;
  controller: Controller;
  private readonly target: SwitchTarget;
  private traffic: Traffic;
  private allowed: ReadonlySet<string> = new Set();
  private watched: readonly CompiledProgram[] = [];
  /** Looks at what became of the packets, between every two changes. */
  looks = 0;

  /** @param plane of the switch, or of a chain of them */
  constructor(
    program: PreparedProgram,
    private readonly plane: DataPlane = singlePlane,
  ) {
    this.emulator = newEmulator(plane, { engine: 'interpreted' });
    const members = this.emulator instanceof SwitchChain ? this.emulator.members : [this.emulator as Switch];
    const targets = members.map((member) => new FaultyTarget(member, () => this.look(), this.faults));
    this.target = plane.switches > 1 ? new ChainTarget(plane, targets) : itemAt(targets, 0);
    this.journal = new MemoryJournal(plane);
    this.controller = new Controller(plane, this.target, this.journal);
    for (const operation of frontPortForwarding(singlePlane)) this.emulator.apply(operation);
    this.traffic = new Traffic(program);
  }

  /** From now on every packet has to be treated by one of these versions as a whole, or by none. */
  allow(versions: readonly CompiledProgram[]): void {
    this.watched = versions;
    this.allowed = new Set([[], ...versions.map((version) => [version])].map((installed) => this.alone(installed)));
  }

  private alone(installed: readonly CompiledProgram[]): string {
    const emulator = newEmulator(this.plane, { engine: 'interpreted' });
    for (const operation of frontPortForwarding(singlePlane)) emulator.apply(operation);
    for (const { entries } of installed) for (const entry of entries) emulator.apply({ kind: 'insertEntry', entry });
    return this.traffic.outcome(emulator, installed);
  }

  /** How many ways there are to treat the packets: a fault that mixes two must not look like one of them. */
  get ways(): number {
    return this.allowed.size;
  }

  look(): void {
    if (this.allowed.size === 0) return;
    this.looks++;
    assert.ok(this.allowed.has(this.traffic.outcome(this.emulator, this.watched)), 'packets saw half a program');
  }

  deploy({ arrival, lowered, sourceHash }: PreparedProgram): Promise<CompiledProgram> {
    return this.controller.deploy(lowered, sourceHash, { filterPriority: arrival.number });
  }

  /** A new controller with what is left of the journal. */
  restart(): void {
    this.faults.heal();
    this.controller = new Controller(this.plane, this.target, this.journal, this.journal.reopen());
  }

  /** Leaves out of the journal what has ended, as opening a long one does. */
  shortenJournal(): void {
    const state = this.journal.reopen();
    this.journal = new MemoryJournal(this.plane);
    for (const program of state.programs.values()) this.journal.append({ kind: 'adopt', program });
    this.faults.heal();
    this.controller = new Controller(this.plane, this.target, this.journal, state);
  }

  /** All that must be as before, or as after, line by line. @param kept the programs whose memory counts */
  state(kept: readonly CompiledProgram[]): string {
    const { state } = this.controller;
    const programs = [...state.programs].map(([name, { compiled, status }]) => ({ name, compiled, status }));
    return [
      JSON.stringify(state.snapshot()),
      JSON.stringify(programs.sort((a, b) => (a.name < b.name ? -1 : 1))),
      ...listed(this.emulator.entries()),
      JSON.stringify(this.plane.rpbs.map(({ table }) => this.emulator.entryCount(table))),
      ...this.words(kept),
    ].join('\n');
  }

  /** Words of all blocks of these programs, as text of their bytes: it is made and compared faster than numbers. */
  private words(programs: readonly CompiledProgram[]): string[] {
    return programs.flatMap(({ memories }) =>
      memories.map(({ rpb, base, buckets }) => {
        const { buffer, byteOffset, byteLength } = this.emulator.memory.range(rpb, base, buckets);
        return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
      }),
    );
  }

  /** Fills memories, each word with another value than 0. */
  fill(programs: readonly CompiledProgram[], value: number): void {
    for (const { memories } of programs) {
      for (const { rpb, base, buckets } of memories) {
        this.emulator.memory.range(rpb, base, buckets).forEach((_, bucket, words) => {
          words[bucket] = value * 1000 + bucket;
        });
      }
    }
  }
}

export const FAULT_KINDS: readonly FaultKind[] = [
  'refused',
  'line-cut-before',
  'line-cut-after',
  'killed-before',
  'killed-after',
];
