/** A switch behind BF Runtime as a {@link SwitchTarget}. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { counted } from '../../compiler/data-plane/counting.js';
import { must } from '../../compiler/data-plane/must.js';
import type { DataPlane, MulticastGroup, Operation, TableEntry } from '../../compiler/index.js';
import { isGroupOperation, planesWhere, registerTables } from '../../compiler/index.js';
import { type EntryHits, type SwitchTarget, TargetError, TargetUnreachable } from '../../sim/index.js';
import { countedPackets, decodeEntry, encodeEntry, encodeKey, matchTable, registerEntry } from './entry-codec.js';
import { deleteGroupUpdates, groupsIn, insertGroupUpdates, readGroupsEntities } from './group-codec.js';
import * as wire from './messages.js';
import { NotUsable } from './not-usable.js';
import { RpcError, targetError } from './rpc-error.js';
import { BfRuntimeSession, type ConnectOptions } from './session.js';
import {
  packetCounter,
  type SchemaTable,
  SYNC_COUNTERS,
  schemaDifferences,
  schemaOfDataPlane,
} from './table-schema.js';
import { bytesToValue } from './values.js';

/** Options of a connection to a switch behind BF Runtime. */
export interface BfRuntimeOptions extends ConnectOptions {
  readonly dataPlane: DataPlane;
  /** Maximum number of updates in one write. */
  readonly batch?: number;
  /** Time in which packets in the pipe leave it, recirculations included. */
  readonly drainMs?: number;
}

/**
 * Updates have about 150 bytes each: a write then fits the initial HTTP/2 window of 64 KiB, and waits for no window
 * update.
 */
const BATCH = 250;
/** More than the latency of an uncongested switch; the queues of a congested one take longer. */
const DRAIN_MS = 1;

/**
 * Connects to a switch, and checks its tables before anything is written.
 * @throws {NotUsable} with the differences, if its tables are not those of the data plane
 * @throws {TargetUnreachable}
 */
export async function connectBfRuntime(options: BfRuntimeOptions): Promise<BfRuntimeTarget> {
  return new BfRuntimeTarget(options, await usableSession(options));
}

/** Differences of a switch that are listed. */
const MAX_DIFFERENCES = 20;

async function usableSession(options: BfRuntimeOptions): Promise<BfRuntimeSession> {
  const session = await BfRuntimeSession.connect(options);
  const { dataPlane, address } = options;
  const differences = schemaDifferences(schemaOfDataPlane(dataPlane), session.schema);
  if (differences.length === 0) return session;
  await session.close();
  const said = `${address}: the tables of the switch differ from those of data plane '${dataPlane.name}'`;
  const [plane] = planesWhere((other) => schemaDifferences(schemaOfDataPlane(other), session.schema).length === 0);
  const hint = plane === undefined ? '' : `; it has those of '${plane}': --dataplane ${plane}`;
  const more = differences.length - MAX_DIFFERENCES;
  const lines = [
    `${said}${hint}:`,
    ...differences.slice(0, MAX_DIFFERENCES),
    ...(more > 0 ? [`and ${counted(more, 'more difference')}`] : []),
  ];
  throw new NotUsable(lines.join('\n  '));
}

/** A switch behind BF Runtime, as a target of a controller. */
export class BfRuntimeTarget implements SwitchTarget {
  constructor(
    private readonly options: BfRuntimeOptions,
    private session: BfRuntimeSession,
  ) {}

  get dataPlane(): { readonly name: string; readonly hash: string } {
    return this.options.dataPlane;
  }

  /** Applies operations in writes; the next write is encoded while the switch makes the one before. */
  async apply(operations: readonly Operation[]): Promise<void> {
    const most = this.options.batch ?? BATCH;
    let updates: Numbered[] = [];
    let underWay: Promise<void> | undefined;
    const send = async (): Promise<void> => {
      const encoded = this.encoded(updates);
      await underWay;
      underWay = this.write(updates, encoded);
      // A failure reaches the caller that awaits it next.
      underWay.catch(() => undefined);
      updates = [];
      // The request is sent in the next turn of the event loop; without the wait, the next batch would be encoded
      // first.
      await nextTurn();
    };
    const sendAndWait = async (): Promise<void> => {
      await send();
      await underWay;
    };
    for (const [i, operation] of operations.entries()) {
      // BF Runtime has no operation for it.
      if (operation.kind === 'declareMemory') continue;
      if (operation.kind === 'drain') {
        await sendAndWait();
        await new Promise((resolve) => setTimeout(resolve, this.options.drainMs ?? DRAIN_MS));
        continue;
      }
      for (const update of await this.updatesOf(operation, i, sendAndWait)) {
        updates.push({ operation: i, update });
        // Those of a group are made together or not at all.
        if (updates.length >= most && !isGroupOperation(operation)) await send();
      }
      if (updates.length >= most) await send();
    }
    await sendAndWait();
  }

  /**
   * The updates of an operation; if it cannot be encoded, the operations before it are written first.
   * @throws {TargetError}
   */
  private async updatesOf(operation: Change, i: number, writeBefore: () => Promise<void>): Promise<wire.Update[]> {
    try {
      return this.encode(operation);
    } catch (error) {
      await writeBefore();
      if (error instanceof TargetError) error.applied = i;
      throw error;
    }
  }

  private encode(operation: Change): wire.Update[] {
    const { schema } = this.connected();
    switch (operation.kind) {
      case 'insertEntry':
        return [update(wire.UPDATE.insert, encodeEntry(schema, operation.entry))];
      case 'deleteEntry':
        return [update(wire.UPDATE.delete, encodeKey(matchTable(schema, operation.entry.table), operation.entry))];
      case 'replaceEntry':
        return [update(wire.UPDATE.modify, encodeEntry(schema, operation.entry))];
      case 'insertGroup':
        this.requireGroups();
        return insertGroupUpdates(operation.group);
      case 'deleteGroup':
        this.requireGroups();
        return deleteGroupUpdates(operation.group);
      case 'resetMemory':
        return this.zeroUpdates(operation.rpb, operation.base, operation.buckets);
    }
  }

  /**
   * Writes updates so that those before the first refused one are made, and none after it: the switch rolls all back,
   * and those before it are written again.
   */
  private async write(updates: readonly Numbered[], encoded: Buffer): Promise<void> {
    if (updates.length === 0) return;
    const errors = await this.writeAll(encoded);
    const refused = errors.findIndex(({ canonical_code }) => canonical_code !== 0);
    if (refused < 0) return;
    const { operation } = must(updates[refused], 'refused update');
    const before = updates.filter((other) => other.operation < operation);
    if (before.length > 0) await this.writeAll(this.encoded(before));
    const { canonical_code, message } = must(errors[refused], 'error of a refused update');
    const error = targetError({ canonical_code, message });
    if (error === undefined) throw new RpcError(canonical_code, message);
    error.applied = operation;
    throw error;
  }

  private encoded(updates: readonly Numbered[]): Buffer {
    const all = updates.map(({ update: one }) => one);
    return this.connected().encode(all, wire.ATOMICITY.rollbackOnError);
  }

  private async writeAll(encoded: Buffer): Promise<readonly wire.UpdateError[]> {
    const session = await this.reconnected();
    return session.send(encoded);
  }

  /** Reads words of a register, which have one value for each pipe, in the order of the pipes. */
  async readMemory(rpb: number, base: number, buckets: number): Promise<readonly Uint32Array[]> {
    const table = this.register(rpb, base, buckets);
    const entities = Array.from({ length: buckets }, (_, i) => ({
      table_entry: { ...registerEntry(table, base + i), data: null, table_flags: { from_hw: true } },
    }));
    const perBucket = table.data.length;
    const pipes = [new Uint32Array(buckets * perBucket)];
    for (const { table_entry: entry } of await this.read(entities)) {
      const index = wordIn(entry?.key?.fields[0]?.exact?.value, 'an index') - base;
      const fields = entry?.data?.fields ?? [];
      for (const [word, { id }] of table.data.entries()) {
        const ofPipes = fields.filter(({ field_id }) => field_id === id);
        for (const [pipe, { stream }] of ofPipes.entries()) {
          const words = pipes[pipe] ?? new Uint32Array(buckets * perBucket);
          pipes[pipe] = words;
          words[index * perBucket + word] = wordIn(stream ?? undefined, 'a word');
        }
      }
    }
    return pipes;
  }

  async writeMemory(rpb: number, base: number, values: ArrayLike<number>): Promise<void> {
    const most = this.options.batch ?? BATCH;
    const updates = this.registerUpdates(rpb, base, Uint32Array.from(values));
    for (let i = 0; i < updates.length; i += most) {
      const part = updates.slice(i, i + most).map((one) => ({ operation: 0, update: one }));
      await this.write(part, this.encoded(part));
    }
  }

  async entryCount(table: string): Promise<number> {
    const { id } = matchTable(this.connected().schema, table);
    const [answer] = await this.read([{ table_usage: { table_id: id } }]);
    return answer?.table_usage?.usage ?? 0;
  }

  async entries(): Promise<readonly TableEntry[]> {
    return (await this.readEntries(await this.matchTables())).map(({ table, message }) => decodeEntry(table, message));
  }

  async groups(): Promise<readonly MulticastGroup[]> {
    if (this.options.dataPlane.description.replication === undefined) return [];
    return groupsIn(await this.read(readGroupsEntities));
  }

  /** @throws {TargetError} unknown-table */
  private requireGroups(): void {
    const { name, description } = this.options.dataPlane;
    if (description.replication !== undefined) return;
    throw new TargetError('unknown-table', `data plane '${name}' has no multicast groups`);
  }

  async hits(): Promise<readonly EntryHits[] | undefined> {
    const tables = await this.matchTables();
    if (!tables.every((table) => packetCounter(table) !== undefined)) return undefined;
    const { session } = this;
    const syncs = tables.map(({ id: table_id }) => ({
      type: wire.UPDATE.insert,
      entity: { table_operation: { table_id, table_operations_type: SYNC_COUNTERS } },
    }));
    const errors = await session.send(session.encode(syncs, wire.ATOMICITY.continueOnError));
    const failed = errors.find(({ canonical_code }) => canonical_code !== 0);
    if (failed !== undefined) throw new RpcError(failed.canonical_code, failed.message);
    return (await this.readEntries(tables)).map(({ table, message }) => ({
      entry: decodeEntry(table, message),
      packets: must(countedPackets(table, message), `counter of an entry of ${table.name}`),
    }));
  }

  /** The match tables of the data plane, as the switch has them. */
  private async matchTables(): Promise<readonly SchemaTable[]> {
    const { schema } = await this.reconnected();
    const needed = schemaOfDataPlane(this.options.dataPlane).tables;
    return schema.tables.filter(({ kind, name }) => kind === 'match' && needed.some((one) => one.name === name));
  }

  private async readEntries(
    tables: readonly SchemaTable[],
  ): Promise<{ readonly table: SchemaTable; readonly message: wire.TableEntry }[]> {
    const byId = new Map(tables.map((table) => [table.id, table]));
    const found = await this.read(
      tables.map(({ id }) => ({ table_entry: { table_id: id, table_flags: { from_hw: true } } })),
    );
    return found.flatMap(({ table_entry: entry }) => {
      const table = entry && byId.get(entry.table_id);
      return entry && table && !entry.is_default_entry ? [{ table, message: entry }] : [];
    });
  }

  async close(): Promise<void> {
    await this.session.close();
  }

  /** Reads entities; as reading changes nothing, it is repeated once after a lost connection. */
  private async read(entities: readonly wire.Entity[]): Promise<wire.Entity[]> {
    try {
      return await (await this.reconnected()).read(entities);
    } catch (error) {
      if (!(error instanceof TargetUnreachable)) throw asTargetError(error);
    }
    return (await this.reconnected()).read(entities).catch((error: unknown) => {
      throw asTargetError(error);
    });
  }

  /** The session, or a new one if it is lost. */
  private async reconnected(): Promise<BfRuntimeSession> {
    if (!this.session.open) this.session = await usableSession(this.options);
    return this.session;
  }

  private connected(): BfRuntimeSession {
    return this.session;
  }

  /** @throws {TargetError} unknown-table, out-of-range */
  private register(rpb: number, base: number, buckets: number): SchemaTable {
    const name = registerTables(this.options.dataPlane)[rpb - 1]?.name;
    const table = name === undefined ? undefined : this.connected().schema.table(name);
    if (table === undefined) throw new TargetError('unknown-table', `there is no RPB ${rpb}`);
    const isRange = [base, buckets].every((value) => Number.isInteger(value) && value >= 0);
    if (!isRange || base + buckets > table.size) {
      throw new TargetError('out-of-range', `RPB ${rpb} has no buckets ${base} to ${base + buckets - 1}`);
    }
    return table;
  }

  private registerUpdates(rpb: number, base: number, words: Uint32Array): wire.Update[] {
    const perBucket = this.register(rpb, base, 0).data.length;
    const buckets = words.length / perBucket;
    const table = this.register(rpb, base, buckets);
    return Array.from({ length: buckets }, (_, i) => {
      const bucket = words.subarray(i * perBucket, (i + 1) * perBucket);
      return update(wire.UPDATE.modify, registerEntry(table, base + i, bucket));
    });
  }

  private zeroUpdates(rpb: number, base: number, buckets: number): wire.Update[] {
    const { data } = this.register(rpb, base, buckets);
    return this.registerUpdates(rpb, base, new Uint32Array(buckets * data.length));
  }
}

type Change = Exclude<Operation, { readonly kind: 'drain' | 'declareMemory' }>;

interface Numbered {
  /** Its index among the applied operations. */
  readonly operation: number;
  readonly update: wire.Update;
}

/** @throws {TargetError} wrong-width */
function wordIn(bytes: Uint8Array | undefined, what: string): number {
  const value = bytes === undefined ? undefined : bytesToValue(bytes, 32);
  if (value === undefined)
    throw new TargetError('wrong-width', `the switch answered with a register word without ${what} of 32 bits`);
  return value;
}

const update = (type: number, entry: wire.TableEntry): wire.Update => ({ type, entity: { table_entry: entry } });

function asTargetError(error: unknown): unknown {
  return error instanceof RpcError
    ? (targetError({ canonical_code: error.code, message: error.message }) ?? error)
    : error;
}
