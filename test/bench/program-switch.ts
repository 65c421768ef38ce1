/** One of the fifteen programs in a switch of its own, as a user deploys it, and packets through it. */

import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { dataPlaneOf } from '../../bench/workloads/program-data-planes.js';
import { type ProgramKey, programFile } from '../../bench/workloads/program-kind.js';
import {
  analyse,
  type CompiledProgram,
  type DataPlane,
  DEFAULT_RECIRCULATIONS,
  defaultDataPlane,
  defaultForwardEntry,
  lower,
} from '../../compiler/index.js';
import { Controller } from '../../hw-driver/index.js';
import { HashUnit, InProcessTarget, Switch } from '../../sim/index.js';
import { appendPacketBytes, clearPacketBatch, createPacketBatch, DROPPED, packetBytes } from '../../traces/index.js';
import { itemAt } from '../item-at.js';
import { checksumsOf } from '../sim/frames.js';

export const plane: DataPlane = defaultDataPlane();
export const CPU_PORT = plane.description.ports.cpu;

/** Ports 1 to 4 and where packets go that no program forwards. */
export const DEFAULT_FORWARDING: readonly (readonly [ingress: number, egress: number])[] = [
  [1, 11],
  [2, 12],
  [3, 13],
  [4, 14],
];

export const programText = (key: ProgramKey): string => readFileSync(programFile(key), 'utf8');

export interface Sent {
  /** The port the packet left by; undefined if it was dropped. */
  readonly port: number | undefined;
  readonly bytes: Uint8Array;
  readonly programId: number;
}

export class ProgramSwitch {
  readonly emulator: Switch;
  readonly target: InProcessTarget;
  readonly controller: Controller;
  readonly compiled: CompiledProgram[] = [];
  private readonly batch = createPacketBatch(1, 4096);

  private constructor(
    readonly text: string,
    private readonly dataPlane: DataPlane,
    seed: number,
  ) {
    this.emulator = new Switch(dataPlane, { seed });
    this.target = new InProcessTarget(this.emulator);
    this.controller = new Controller(dataPlane, this.target);
  }

  /** Deploys all programs of a text. @param seed of random numbers */
  static async of(text: string, dataPlane = plane, seed = 0): Promise<ProgramSwitch> {
    const made = new ProgramSwitch(text, dataPlane, seed);
    await made.target.apply(
      DEFAULT_FORWARDING.map(([ingress, egress]) => ({
        kind: 'insertEntry',
        entry: defaultForwardEntry(dataPlane, ingress, egress),
      })),
    );
    const analysis = analyse(text, dataPlane);
    assert.equal(analysis.diagnostics, [], 'the program has no finding');
    for (const program of analysis.programs) {
      const lowered = lower(program, dataPlane, DEFAULT_RECIRCULATIONS);
      made.compiled.push(await made.controller.deploy(lowered, analysis.sourceHash));
    }
    return made;
  }

  static ofKey(key: ProgramKey): Promise<ProgramSwitch> {
    return ProgramSwitch.of(programText(key), dataPlaneOf(key));
  }

  get program(): CompiledProgram {
    const [first] = this.compiled;
    if (first === undefined) throw new Error('no program was deployed');
    return first;
  }

  /** Takes one packet through the switch; its checksums must be right afterwards. @param nanoseconds when it comes */
  send(packet: Uint8Array, ingressPort = 1, nanoseconds = 0): Sent {
    const { batch } = this;
    clearPacketBatch(batch);
    appendPacketBytes(batch, packet, ingressPort);
    batch.timeSeconds[0] = Math.floor(nanoseconds / 1e9);
    batch.timeNanoseconds[0] = nanoseconds % 1e9;
    this.emulator.process(batch);
    const bytes = packetBytes(batch, 0).slice();
    const egress = batch.egressPort[0];
    if (egress !== DROPPED && isTcpOrUdp(bytes)) {
      const { ipv4, transport } = checksumsOf(bytes);
      assert.ok(ipv4 && transport !== false, `checksums: IPv4 ${ipv4}, transport ${transport}`);
    }
    return { port: egress === DROPPED ? undefined : egress, bytes, programId: itemAt(batch.programId, 0) };
  }

  memory(name: string): Promise<Uint32Array> {
    return this.controller.readMemory(this.program.program, name);
  }

  /** The hash unit of the RPB that the compiled document gives the step on the source line that holds `statement`. */
  hashOf(statement: string): HashUnit {
    const line = 1 + this.text.split('\n').findIndex((candidate) => candidate.includes(statement));
    const steps = this.program.placement.filter((step) => step.line === line && step.action.startsWith('hash_'));
    assert.is(steps.length, 1, `one hash step for ${statement}`);
    return new HashUnit(this.dataPlane.rpb(itemAt(steps, 0).rpb).hash);
  }
}

const isTcpOrUdp = (bytes: Uint8Array): boolean =>
  bytes[12] === 0x08 && bytes[13] === 0x00 && (bytes[23] === 6 || bytes[23] === 17);
