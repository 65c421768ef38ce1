/** Small switches, programs with memory, packets, and changes that are planned for the programs that run. */
import { changeCases } from '../../../compiler/change/change-cases.js';
import { linkReplacement } from '../../../compiler/change/replacement.js';
import {
  analyse,
  DataPlane,
  DEFAULT_LINK_OPTIONS,
  DomainError,
  link,
  lower,
  must,
  type Program,
  SwitchState,
} from '../../../compiler/index.js';
import { beginInBooks, endInBooks } from '../../../hw-driver/control/deployment/books.js';
import {
  casesTransaction,
  deployTransaction,
  replaceTransaction,
  revokeTransaction,
  type Transaction,
} from '../../../hw-driver/control/deployment/transaction.js';
import type { HistoryChange, RecordedProgram } from '../../../sim/history/index.js';
import { appendPacketBytes, createPacketBatch } from '../../../traces/packets/packet-batch.js';
import { PacketStore } from '../../../traces/packets/packet-store.js';
import { frame } from '../frames.js';
import { dataPlane } from '../test-switch.js';

const BUCKETS = 64;

/** A shipped data plane with little memory, so that all states of a run can be kept. */
export function littleMemory(name: 'default' | 'extended' | 'tofino1'): DataPlane {
  const { description } = dataPlane(name);
  const rpbs = Object.fromEntries(
    Object.entries(description.rpbs).map(([rpb, shape]) => [rpb, { ...shape, buckets: BUCKETS }]),
  );
  return new DataPlane({ ...description, name: `little ${name}`, rpbs });
}

/** What is done to one of the programs of {@link TEXTS}. */
export type Wish =
  | {
      readonly kind: 'deploy' | 'revoke' | 'replace' | 'cases';
      readonly program: number;
      readonly values: readonly number[];
    }
  | { readonly kind: 'write'; readonly program: number; readonly bucket: number; readonly values: readonly number[] };

const caseList = (values: readonly number[], body: string): string =>
  [...new Set(values)].map((value) => `    case(<sar, ${value}, 0xff>) {\n      ${body}\n    }`).join('\n');

/** Programs for destinations 10.0.0.1 …, with other cases or constants for other values. */
export const TEXTS: readonly ((values: readonly number[]) => string)[] = [
  (values) => `@counts 4
program p0(<hdr.ipv4.dst, 10.0.0.1, 255.255.255.255>) {
  LOADI(sar, 1);
  HASH_5_TUPLE_MEM(counts);
  MEMADD(counts);
  BRANCH:
${caseList(values, 'DROP;')};
  FORWARD(1);
}
`,
  (values) => `@last 2
@most 2
@seen 2
program p1(<hdr.ipv4.dst, 10.0.0.2, 255.255.255.255>) {
  EXTRACT(hdr.ipv4.src, sar);
  HASH_5_TUPLE_MEM(last);
  MEMWRITE(last);
  LOADI(sar, ${values[0]});
  HASH_5_TUPLE_MEM(most);
  MEMMAX(most);
  HASH_5_TUPLE_MEM(seen);
  MEMOR(seen);
  MEMREAD(last);
  MODIFY(hdr.ipv4.dst, sar);
  FORWARD(2);
}
`,
  (values) => `@m 16
program p2(<hdr.ipv4.dst, 10.0.0.3, 255.255.255.255>) {
  LOADI(mar, 3);
  LOADI(sar, ${values[0]});
  MEMSUB(m);
  BRANCH:
${caseList(values, 'REPORT;')};
  RETURN;
}
`,
];

/** As {@link TEXTS}, of the data plane `extended`. */
export const PAIR_TEXTS: readonly ((values: readonly number[]) => string)[] = [
  ...TEXTS,
  (values) => `@pair pairs 2
program p3(<hdr.ipv4.dst, 10.0.0.4, 255.255.255.255>) {
  EXTRACT(hdr.ipv4.src, har);
  LOADI(sar, ${values[0]});
  HASH_5_TUPLE_MEM(pairs);
  MEMCAS(pairs);
  RANDOM(mar, 0x3);
  MULTICAST(1);
}
`,
];

export const programName = (program: number): string => `p${program}`;

/** Plans wishes one after another, for the programs that run then. */
export class Planner {
  readonly programs = new Map<string, RecordedProgram>();
  private readonly state: SwitchState;

  constructor(
    private readonly plane: DataPlane,
    private readonly texts: readonly ((values: readonly number[]) => string)[],
    programs: ReadonlyMap<string, RecordedProgram> = new Map(),
  ) {
    this.state = new SwitchState(plane);
    for (const [name, program] of programs) {
      this.programs.set(name, program);
      this.state.commit(program.compiled);
    }
  }

  /** Undefined for a wish that makes no sense now, or does not fit. */
  plan(wish: Wish): HistoryChange | undefined {
    try {
      return this.planned(wish);
    } catch (error) {
      if (error instanceof DomainError) return undefined;
      throw error;
    }
  }

  private planned(wish: Wish): HistoryChange | undefined {
    if (wish.program >= this.texts.length) return undefined;
    const name = programName(wish.program);
    const running = this.programs.get(name);
    if (wish.kind === 'write') return running && write(this.plane, running, wish.bucket, wish.values);
    if (wish.kind === 'deploy') {
      if (running !== undefined) return undefined;
      const { program, source, hash } = this.analysed(wish);
      const compiled = link(lower(program, this.plane, 1), this.state, hash);
      const { operations } = this.book(deployTransaction(compiled));
      this.programs.set(name, { compiled, source });
      return { kind: 'deploy', program: { compiled, source }, memory: [], operations };
    }
    if (running === undefined) return undefined;
    if (wish.kind === 'revoke') {
      const { operations } = this.book(revokeTransaction(running.compiled));
      this.programs.delete(name);
      return { kind: 'revoke', program: running, memory: [], operations };
    }
    const { program, source, hash } = this.analysed(wish);
    const { transaction, compiled } = this.changed(wish.kind, running, program, hash);
    const { operations } = this.book(transaction);
    const after = { compiled, source };
    this.programs.set(name, after);
    return { kind: wish.kind, before: running, after, memory: [], operations };
  }

  private changed(
    kind: 'replace' | 'cases',
    running: RecordedProgram,
    next: Program,
    hash: string,
  ): { transaction: Transaction; compiled: RecordedProgram['compiled'] } {
    const before = running.compiled;
    if (kind === 'cases') {
      const change = changeCases(before, next, this.state, hash);
      return { transaction: casesTransaction(before, change), compiled: change.compiled };
    }
    const compiled = linkReplacement(before, lower(next, this.plane, 1), this.state, hash, DEFAULT_LINK_OPTIONS);
    return { transaction: replaceTransaction(before, compiled), compiled };
  }

  private book<T extends Transaction>(transaction: T): T {
    beginInBooks(this.state, transaction);
    endInBooks(this.state, transaction, 'after');
    return transaction;
  }

  private analysed({ program, values }: Wish): { program: Program; source: string; hash: string } {
    const source = must(this.texts[program], 'text of a program')(values);
    const analysis = analyse(source, this.plane);
    return { program: must(analysis.programs[0], `program in ${source}`), source, hash: analysis.sourceHash };
  }
}

function write(
  plane: DataPlane,
  { compiled }: RecordedProgram,
  bucket: number,
  values: readonly number[],
): HistoryChange | undefined {
  const block = must(compiled.memories[bucket % compiled.memories.length], 'memory of a program');
  const { words } = plane.rpb(block.rpb);
  const at = bucket % block.buckets;
  const kept = values.slice(0, (block.buckets - at) * words);
  const whole = Uint32Array.from(kept.slice(0, kept.length - (kept.length % words)));
  if (whole.length === 0) return undefined;
  const memory = [{ rpb: block.rpb, base: block.base + at, values: whole }];
  return { kind: 'write', program: compiled.program, name: block.name, bucket: at, memory, operations: [] };
}

/** A packet for one of the programs, or for none. */
export interface SmallPacket {
  readonly destination: number;
  readonly source: number;
  readonly port: number;
  /** Bytes of the frame that were captured; all if it has fewer. */
  readonly captured: number;
}

export function storeOf(packets: readonly SmallPacket[]): PacketStore {
  const store = new PacketStore();
  const batch = createPacketBatch(packets.length, packets.length * 128);
  for (const { destination, source, port, captured } of packets) {
    const bytes = frame({ ipv4: { dst: 0x0a000001 + destination, src: source }, udp: { dst: port, src: 9 } });
    appendPacketBytes(batch, bytes.subarray(0, captured), port % 4);
  }
  store.add(batch);
  return store;
}
