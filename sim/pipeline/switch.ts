/** The switch: puts the blocks together and takes packets through them. */
import {
  type DataPlane,
  type EntryKey,
  entryIdentity,
  FIXED_NAMES,
  type Operation,
  type TableEntry,
} from '../../compiler/index.js';
import { DROPPED, type PacketBatch } from '../../traces/packets/packet-batch.js';
import { ActionUnit } from '../blocks/actions.js';
import { type Counters, emptyCounters } from '../blocks/counters.js';
import { Deparser } from '../blocks/deparser.js';
import { isOfShare } from '../blocks/digest.js';
import { checkPriority } from '../blocks/entry-values.js';
import { InitBlock } from '../blocks/init-block.js';
import { FieldOperands } from '../blocks/instructions.js';
import { MemoryOwners } from '../blocks/memory-owners.js';
import { type PacketParser, Parser, parsesAgain } from '../blocks/parser.js';
import { NO_PORT, Phv } from '../blocks/phv.js';
import { RecirculationTable } from '../blocks/recirculation.js';
import { RegisterArrays } from '../blocks/register-arrays.js';
import { RpbTables } from '../blocks/rpb-tables.js';
import { CompiledEngine, canGenerateCode } from '../engines/compiled/compiled-engine.js';
import { CompiledParser } from '../engines/compiled/compiled-parser.js';
import { compiledLookups } from '../engines/compiled/filter-code.js';
import { InterpretedEngine } from '../engines/interpreted-engine.js';
import type { EngineName, RpbEngine } from '../engines/rpb-engine.js';
import { TargetError } from '../target/target.js';

const EXACT_TABLES: ReadonlySet<string> = new Set([FIXED_NAMES.forwardTable, FIXED_NAMES.recirculationTable]);

export class Switch {
  readonly memory: RegisterArrays;
  readonly counters: Counters = emptyCounters();
  private readonly parser: PacketParser;
  /** Whether headers may be others after a pass. */
  private readonly reparses: boolean;
  protected readonly init: InitBlock;
  /** What was declared of the memory of its programs. */
  readonly owners: MemoryOwners;
  protected readonly tables: RpbTables;
  protected engine: RpbEngine;
  protected readonly recirculation: RecirculationTable;
  protected readonly deparser: Deparser;
  protected readonly phv: Phv;
  private readonly cpuPort: number;
  protected readonly recirculationPort: number;
  /** What packets that nobody forwards have for their egress port. */
  protected readonly nowhere: number;
  private readonly initOnEveryPass: boolean;
  /** By identity, the entry and what removes it; in order of insertion. */
  private readonly installed = new Map<string, { readonly entry: TableEntry; readonly remove: () => void }>();

  /**
   * @param memory register arrays to share with other switches of the same data plane
   * @param engine what finds headers, filters and runs the RPBs; where no code can be generated, it is interpreted
   */
  constructor(
    readonly dataPlane: DataPlane,
    memory?: SharedArrayBuffer,
    engine: EngineName = 'compiled',
  ) {
    const operands = new FieldOperands(dataPlane);
    this.memory = new RegisterArrays(dataPlane, memory);
    this.owners = new MemoryOwners(dataPlane);
    const actions = new ActionUnit(dataPlane, operands, this.memory);
    actions.guard = (programId, rpb, address) => {
      const bucket = this.memory.index(rpb, address) - this.memory.index(rpb, 0);
      if (this.owners.isOwn(programId, rpb, bucket) === false) this.counters.outsideAccesses++;
    };
    this.tables = new RpbTables(dataPlane, operands, actions, this.owners);
    const ingressRpbs = dataPlane.rpbs.filter(({ gress }) => gress === 'ingress').length;
    this.reparses = parsesAgain(dataPlane);
    if (engine === 'compiled' && canGenerateCode()) {
      this.init = new InitBlock(dataPlane, compiledLookups());
      this.parser = new CompiledParser(dataPlane);
      this.engine = new CompiledEngine(dataPlane, this.tables, actions, this.memory, operands);
    } else {
      this.init = new InitBlock(dataPlane);
      this.parser = new Parser(dataPlane);
      this.engine = new InterpretedEngine(this.tables, ingressRpbs, dataPlane.rpbCount);
    }
    this.recirculation = new RecirculationTable(dataPlane);
    this.deparser = new Deparser(dataPlane);
    this.phv = new Phv(dataPlane.headers.length);
    const { ports, init } = dataPlane.description;
    this.cpuPort = ports.cpu;
    this.recirculationPort = ports.recirculation;
    this.nowhere = dataPlane.discardPort ?? NO_PORT;
    this.initOnEveryPass = init.onEveryPass;
  }

  /** Makes one change; it takes effect between two packets. @throws {TargetError} and changes nothing */
  apply(operation: Operation): void {
    switch (operation.kind) {
      case 'insertEntry':
        return this.insert(operation.entry);
      case 'deleteEntry':
        return this.delete(operation.entry);
      case 'replaceEntry':
        return this.replace(operation.before, operation.entry);
      case 'drain':
        // A packet runs to its end, recirculations included, before the next one starts: none is in flight.
        return;
      case 'resetMemory':
        this.memory.range(operation.rpb, operation.base, operation.buckets).fill(0);
        return;
      case 'declareMemory':
        this.owners.declare(operation.programId, operation.blocks);
        this.tables.changed(operation.programId);
    }
  }

  /** To be called when no packet is in flight that entered before the last deletion of an entry. */
  forgetRetiredBranchIds(): void {
    this.tables.forgetRetiredBranchIds();
  }

  /** The register arrays of each pipe; this switch has one. */
  get registersOfPipes(): readonly RegisterArrays[] {
    return [this.memory];
  }

  /** All entries, in the order in which they came: inserted so into another switch, they do there what they do here. */
  entries(): TableEntry[] {
    return Array.from(this.installed.values(), ({ entry }) => entry);
  }

  /** The entry of this key and priority. */
  entryLike(key: EntryKey): TableEntry | undefined {
    return this.installed.get(this.identity(key))?.entry;
  }

  /** Entries in a table now. @throws {TargetError} unknown-table */
  entryCount(table: string): number {
    if (this.tables.isRpbTable(table)) return this.tables.entryCount(table);
    if (this.init.isInitTable(table)) return this.init.entryCount(table);
    if (table === FIXED_NAMES.recirculationTable) return this.recirculation.entryCount;
    throw new TargetError('unknown-table', `there is no table ${table}`);
  }

  /** Takes packets `from` … `to - 1` of a batch through the switch, in order; they are rewritten in place. */
  process(batch: PacketBatch, from = 0, to = batch.count): void {
    for (let i = from; i < to; i++) {
      this.load(this.phv, batch, i);
      this.init.run(this.phv);
      batch.programId[i] = this.phv.programId;
      this.finish(batch, i);
    }
  }

  /** Sets `batch.programId` of packets `from` … `to - 1` and does nothing else to them. */
  classify(batch: PacketBatch, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      this.load(this.phv, batch, i);
      batch.programId[i] = this.init.classify(this.phv);
    }
  }

  /** As {@link process}, for the classified packets that belong to one of several shares. */
  processShare(batch: PacketBatch, from: number, to: number, share: number, shares: number): void {
    for (let i = from; i < to; i++) {
      if (!isOfShare(batch, i, share, shares)) continue;
      const program = batch.programId[i] as number;
      this.load(this.phv, batch, i);
      this.init.forwardByPort(this.phv, this.phv.ingressPort);
      this.phv.programId = program;
      this.finish(batch, i);
    }
  }

  /** Parses packet i of a batch, ready for its first pass. */
  protected load(phv: Phv, batch: PacketBatch, i: number): void {
    const start = batch.offset[i] as number;
    phv.begin(batch.bytes, start, start + (batch.capturedLength[i] as number), batch.ingressPort[i] as number);
    this.parser.parse(phv);
  }

  /** The rest of a packet's way, from the first RPB to its verdict. */
  private finish(batch: PacketBatch, i: number): void {
    const { phv } = this;
    this.runPasses(phv);
    this.settle(phv, batch, i);
  }

  /** Writes the verdict of a packet whose way has ended; its first program must stand there already. */
  protected settle(phv: Phv, batch: PacketBatch, i: number): void {
    const { counters } = this;
    this.deparser.deparse(phv);
    const left = !phv.dropped && phv.egressPort !== this.nowhere;
    batch.egressPort[i] = left ? phv.egressPort : DROPPED;
    batch.recirculations[i] = phv.pass;
    counters.in++;
    counters.recirculations += phv.pass;
    if (left) counters.out++;
    else counters.dropped++;
    if (left && phv.egressPort === this.cpuPort) counters.reported++;
    if (batch.programId[i] === 0) counters.unmatched++;
  }

  /** Makes the code of programs that changed; without it, the first packet of each waits for that. */
  prepare(): void {
    this.engine.prepare();
  }

  /** What runs the RPBs. */
  get engineName(): EngineName {
    return this.engine.name;
  }

  private runPasses(phv: Phv): void {
    while (this.ingress(phv) && this.egress(phv)) this.comeRound(phv);
  }

  /** Takes a packet through one ingress, its init block aside. Whether it goes on to an egress. */
  protected ingress(phv: Phv): boolean {
    this.engine.ingress(phv);
    // Dropped packets finish the ingress, but neither reach egress nor recirculate.
    if (phv.dropped) return false;
    phv.recirculates = this.recirculation.recirculates(phv.programId, phv.pass);
    return phv.recirculates || phv.egressPort !== NO_PORT;
  }

  /** Takes a packet through one egress. Whether it comes round again. */
  protected egress(phv: Phv): boolean {
    this.engine.egress(phv);
    if (!phv.recirculates || phv.dropped) return false;
    this.deparser.deparse(phv);
    return true;
  }

  /** Back at the ingress, for the next pass. */
  protected comeRound(phv: Phv): void {
    phv.pass++;
    if (this.reparses) this.parseAgain(phv);
    if (this.initOnEveryPass) this.rerunInit(phv);
  }

  /** A packet that the parser drops has no program any more. */
  private parseAgain(phv: Phv): void {
    this.parser.parse(phv);
    if (phv.dropped) phv.programId = 0;
  }

  /** The prototype's init block meets recirculated packets again, on the recirculation port. */
  private rerunInit(phv: Phv): void {
    this.init.forwardByPort(phv, this.recirculationPort);
    const programId = this.init.classify(phv);
    // Branch ids are numbered by program: one of another program says nothing here.
    if (programId !== phv.programId) phv.branch = 0;
    phv.programId = programId;
    if (phv.egressPort === NO_PORT) phv.dropped = true;
  }

  private insert(entry: TableEntry): void {
    const identity = this.identity(entry);
    if (this.installed.has(identity)) {
      throw new TargetError('already-exists', `${entry.table} already has an entry with this key and priority`);
    }
    checkPriority(entry);
    this.installed.set(identity, { entry, remove: this.insertInto(entry) });
  }

  /** A switch that refuses the new entry keeps the old one. */
  private replace(before: TableEntry, after: TableEntry): void {
    if (this.identity(before) !== this.identity(after)) {
      throw new TargetError('not-found', `${before.table}: an entry can only be replaced by one of the same key`);
    }
    this.delete(before);
    try {
      this.insert(after);
    } catch (error) {
      this.insert(before);
      throw error;
    }
  }

  /** Exact tables know no priority. */
  private identity({ table, key, priority }: EntryKey): string {
    return entryIdentity({ table, key, priority: EXACT_TABLES.has(table) ? 0 : priority });
  }

  private insertInto(entry: TableEntry): () => void {
    if (this.init.isInitTable(entry.table)) return this.init.insert(entry);
    if (entry.table === FIXED_NAMES.recirculationTable) return this.recirculation.insert(entry);
    return this.tables.insert(entry);
  }

  private delete(entry: TableEntry): void {
    const identity = this.identity(entry);
    const found = this.installed.get(identity);
    if (found === undefined) throw new TargetError('not-found', `${entry.table} has no such entry`);
    found.remove();
    this.installed.delete(identity);
  }
}
