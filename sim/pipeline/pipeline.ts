/**
 * One pipe: its blocks, put together, and one pass of a packet as steps. A driver takes a packet through them:
 *
 *     load, init, then for each pass: ingress, egress, nextPass; and verdict
 *
 * The driver determines the order of packets (one to its end before the next, by the clock, from queues).
 */
import { chipOf, type DataPlane } from '../../compiler/for-switches.js';
import { COPIED, DROPPED, type PacketBatch } from '../../traces/packets/packet-batch.js';
import { type ActionWatch, watchedActions } from '../blocks/action-watch.js';
import { ActionUnit } from '../blocks/actions.js';
import type { Counters } from '../blocks/counters.js';
import { Deparser } from '../blocks/deparser.js';
import type { InitBlock } from '../blocks/init-block.js';
import type { FieldOperands } from '../blocks/instructions/field-operands.js';
import { InterpretedParser, type PacketParser, parsesAgain } from '../blocks/parser.js';
import { FIRST_GROUP, NO_PORT, Phv } from '../blocks/phv.js';
import type { RegisterArrays } from '../blocks/register-arrays.js';
import type { CopyList } from '../blocks/replication-engine.js';
import { CompiledEngine } from '../engines/compiled/compiled-engine.js';
import { CompiledParser } from '../engines/compiled/compiled-parser.js';
import { VectorEngine } from '../engines/compiled/vector-engine.js';
import { createVectorParser, type VectorParser } from '../engines/compiled/vector-parser.js';
import { InterpretedEngine } from '../engines/interpreted-engine.js';
import type { EngineName, RpbEngine } from '../engines/rpb-engine.js';
import type { HitCounters, LookupBlocks } from './hits/hit-counters.js';
import type { SwitchTables } from './switch-tables.js';

/** Of the 16 bits that a chip has for the length of a packet. */
const LENGTH_MASK = 0xffff;

export interface PipelineParts {
  readonly tables: SwitchTables;
  readonly operands: FieldOperands;
  readonly memory: RegisterArrays;
  readonly counters: Counters;
  /** Finds headers and runs the RPBs. */
  readonly engine: EngineName;
  /** Counts the packets that hit each entry; absent: nothing is counted. */
  readonly hits?: HitCounters | undefined;
  /** Whether passes of packets are in switches of a chain: they do not recirculate. */
  readonly isInChain?: boolean;
  /** Sees the actions of the interpreted engine; absent: nobody does. */
  readonly watch?: ActionWatch | undefined;
}

/** The blocks of a pipe for vectors of packets. */
export interface VectorBlocks {
  readonly init: InitBlock;
  readonly parser: VectorParser;
  readonly engine: VectorEngine;
}

export class Pipeline {
  readonly tables: SwitchTables;
  readonly memory: RegisterArrays;
  readonly counters: Counters;
  readonly engine: RpbEngine;
  /**
   * Absent where no code is generated, where hits are counted, and on data planes whose later passes can find other
   * headers.
   */
  readonly vectors: VectorBlocks | undefined;
  readonly recirculationPort: number;
  /** Port numbers that belong to a pipe. */
  readonly portsPerPipe: number;
  /** The egress port of packets that nobody forwards. */
  readonly nowhere: number;
  private readonly parser: PacketParser;
  private readonly initBlock: LookupBlocks['init'];
  private readonly recirculation: LookupBlocks['recirculation'];
  private readonly deparser: Deparser;
  /** Runs single RPBs, with any engine. */
  private readonly interpreter: InterpretedEngine;
  private readonly actions: ActionUnit;
  private readonly cpuPort: number;
  private readonly headerCount: number;
  /** Whether the parser can find other headers on a later pass. */
  private readonly reparses: boolean;
  private readonly initOnEveryPass: boolean;
  private readonly isInChain: boolean;

  constructor(
    dataPlane: DataPlane,
    { tables, operands, memory, counters, engine, hits, watch, isInChain = false }: PipelineParts,
  ) {
    this.tables = tables;
    this.memory = memory;
    this.counters = counters;
    const actions = new ActionUnit(dataPlane, operands, memory);
    this.actions = actions;
    actions.guard = (programId, rpb, address) => {
      if (tables.owners.isOwn(programId, rpb, memory.bucket(rpb, address)) === false) counters.outsideAccesses++;
    };
    const executor = watch === undefined ? actions : watchedActions(actions, watch);
    this.interpreter = new InterpretedEngine(dataPlane, tables.rpbs, executor);
    const isCompiled = engine === 'compiled';
    this.parser = isCompiled ? new CompiledParser(dataPlane) : new InterpretedParser(dataPlane);
    const blocks: LookupBlocks = {
      init: tables.init,
      engine: isCompiled ? new CompiledEngine(dataPlane, tables.rpbs, actions, memory, operands) : this.interpreter,
      recirculation: tables.recirculation,
    };
    const used = hits === undefined ? blocks : hits.counted(blocks, this.interpreter, tables.rpbs);
    this.initBlock = used.init;
    this.engine = used.engine;
    this.recirculation = used.recirculation;
    this.deparser = new Deparser(dataPlane);
    const { ports, init } = dataPlane.description;
    this.cpuPort = ports.cpu;
    this.recirculationPort = ports.recirculation;
    this.nowhere = dataPlane.discardPort ?? NO_PORT;
    this.portsPerPipe = chipOf(dataPlane).portsPerPipe;
    this.headerCount = dataPlane.headers.length;
    this.reparses = parsesAgain(dataPlane);
    this.initOnEveryPass = init.onEveryPass;
    this.isInChain = isInChain;
    if (isCompiled && hits === undefined && !this.reparses) {
      const { init: initBlock, rpbs, recirculation } = tables;
      const parts = { init: initBlock, rpbs, recirculation, actions, memory, operands, counters };
      this.vectors = {
        init: initBlock,
        parser: createVectorParser(dataPlane),
        engine: new VectorEngine(dataPlane, parts, this.nowhere),
      };
    }
  }

  /** A header vector for this pipeline's packets; a driver has one for each packet in flight. */
  newPhv(): Phv {
    return new Phv(this.headerCount);
  }

  /** Parses packet i of a batch, which has its arrival number, ready for its first pass. */
  load(phv: Phv, batch: PacketBatch, i: number): void {
    const start = batch.offset[i] as number;
    phv.begin(batch.bytes, start, start + (batch.capturedLength[i] as number), batch.ingressPort[i] as number);
    phv.arrival = batch.arrival[i] as number;
    phv.timestamp = batch.timestamp[i] as number;
    phv.packetLength = (batch.originalLength[i] as number) & LENGTH_MASK;
    this.parser.parse(phv);
  }

  /** The seed of random numbers, of 32 bits. */
  set seed(seed: number) {
    this.actions.seed = seed;
  }

  /** The init block on the first pass: default forwarding, and the program that the filters give. */
  init(phv: Phv): void {
    this.initBlock.run(phv);
  }

  /** As {@link init}, for a packet whose program is known. */
  initClassified(phv: Phv, programId: number): void {
    this.initBlock.forwardByPort(phv, phv.ingressPort);
    phv.programId = programId;
  }

  /** The program that the filters give to a packet, 0 for none. */
  classify(phv: Phv): number {
    return this.initBlock.classify(phv);
  }

  /** The RPBs of the ingress and the recirculation block. Whether the packet goes on to an egress. */
  ingress(phv: Phv): boolean {
    this.engine.ingress(phv);
    return this.leaveIngress(phv);
  }

  /** What follows the RPBs of the ingress, for drivers that take a packet through them by {@link runRpb}. */
  leaveIngress(phv: Phv): boolean {
    // Dropped packets finish the ingress, but neither reach egress nor recirculate.
    if (phv.dropped) return false;
    phv.recirculates = this.recirculation.recirculates(phv.programId, phv.pass);
    return phv.recirculates || phv.egressPort !== NO_PORT;
  }

  /** The RPBs of the egress and, before a recirculation, the deparser. Whether the packet recirculates. */
  egress(phv: Phv): boolean {
    this.engine.egress(phv);
    return this.leaveEgress(phv);
  }

  /** As {@link leaveIngress}, of the egress. */
  leaveEgress(phv: Phv): boolean {
    if (!phv.recirculates || phv.dropped) return false;
    this.deparser.deparse(phv);
    return true;
  }

  /** Takes a packet through one RPB of its pass, entry by entry. @param rpb from 0 */
  runRpb(phv: Phv, rpb: number): void {
    this.interpreter.run(phv, rpb, rpb + 1);
  }

  /** A recirculated packet is back at the ingress. */
  nextPass(phv: Phv): void {
    phv.pass++;
    if (this.reparses) this.parseAgain(phv);
    if (this.initOnEveryPass) this.initAgain(phv);
  }

  /** Deparses a packet that has ended, writes its verdict and counts it; the batch holds its first program already. */
  verdict(phv: Phv, batch: PacketBatch, i: number): void {
    const { counters } = this;
    this.deparser.deparse(phv);
    const left = !phv.dropped && phv.egressPort !== this.nowhere;
    batch.egressPort[i] = left ? phv.egressPort : DROPPED;
    const recirculations = this.isInChain ? 0 : phv.pass;
    batch.recirculations[i] = recirculations;
    counters.in++;
    counters.recirculations += recirculations;
    if (left) counters.out++;
    else counters.dropped++;
    if (left && phv.egressPort === this.cpuPort) counters.reported++;
    if (batch.programId[i] === 0) counters.unmatched++;
  }

  /** The copies of a packet that goes to a group; undefined if the group is not there or has no ports. */
  copyList({ egressPort }: Phv): CopyList | undefined {
    const list = this.tables.replication.copies(egressPort - FIRST_GROUP);
    return list === undefined || list.ports.length === 0 ? undefined : list;
  }

  /** The verdict of a packet that has gone to a group. @param list its copies, which have verdicts of their own */
  groupVerdict(phv: Phv, batch: PacketBatch, i: number, list: CopyList | undefined): void {
    const { counters } = this;
    batch.egressPort[i] = list === undefined ? DROPPED : COPIED;
    const recirculations = this.isInChain ? 0 : phv.pass;
    batch.recirculations[i] = recirculations;
    counters.in++;
    counters.recirculations += recirculations;
    if (list === undefined) {
      counters.dropped++;
      counters.noGroup++;
    } else {
      counters.copied++;
      counters.copies += list.ports.length;
    }
    if (batch.programId[i] === 0) counters.unmatched++;
  }

  /** Deparses a copy that has ended, writes its verdict and counts it. @param j its place in the batch of copies */
  copyVerdict(phv: Phv, copies: PacketBatch, j: number): void {
    const { counters } = this;
    this.deparser.deparse(phv);
    copies.egressPort[j] = phv.dropped ? DROPPED : phv.egressPort;
    if (phv.dropped) counters.dropped++;
    else {
      counters.out++;
      if (phv.egressPort === this.cpuPort) counters.reported++;
    }
  }

  /**
   * The verdict of a packet that was lost before the parser. No filter has seen it, so it counts for no program and not
   * as one that matches none.
   */
  lostAtInput(batch: PacketBatch, i: number): void {
    batch.egressPort[i] = DROPPED;
    batch.programId[i] = 0;
    batch.recirculations[i] = 0;
    this.counters.in++;
    this.counters.dropped++;
  }

  /** Whether a packet that has ended was dropped because nobody forwarded it. */
  isUnforwarded(phv: Phv): boolean {
    return !phv.dropped && phv.egressPort === this.nowhere;
  }

  /** A packet that the parser drops has no program any more. */
  private parseAgain(phv: Phv): void {
    this.parser.parse(phv);
    if (phv.dropped) phv.programId = 0;
  }

  /** On the prototype's data plane recirculated packets pass the init block again, from the recirculation port. */
  private initAgain(phv: Phv): void {
    this.initBlock.forwardByPort(phv, this.recirculationPort);
    const programId = this.initBlock.classify(phv);
    // Branch ids are numbered by program: one of another program means nothing here.
    if (programId !== phv.programId) phv.branch = 0;
    phv.programId = programId;
    if (phv.egressPort === NO_PORT) phv.dropped = true;
  }
}
