/**
 * The register arrays of an emulated switch in BF Runtime: a value for each pipe, and the shadow that a plain
 * read returns until the next Sync. Writes go to all pipes.
 */

import { status } from '@grpc/grpc-js';
import { must } from '../../compiler/data-plane/must.js';
import { WORD_BITS } from '../../compiler/data-plane/tables.js';
import { registerTables } from '../../compiler/index.js';
import { type Switch, TargetError } from '../../sim/index.js';
import { registerEntry } from '../bfruntime/entry-codec.js';
import * as wire from '../bfruntime/messages.js';
import { RpcError } from '../bfruntime/rpc-error.js';
import type { SchemaTable, TableSchema } from '../bfruntime/table-schema.js';
import { bytesToValue } from '../bfruntime/values.js';
import type { Undo } from './write-updates.js';

interface RegisterTable {
  /** Number of the RPB, from 1. */
  readonly rpb: number;
  /** The shadow of each pipe. */
  readonly shadows: readonly Uint32Array[];
}

export class ServedRegisters {
  private readonly registers = new Map<number, RegisterTable>();

  constructor(
    private readonly emulator: Switch,
    schema: TableSchema,
  ) {
    for (const [i, { name, words, width }] of registerTables(emulator.dataPlane).entries()) {
      const table = schema.table(name);
      if (table === undefined) throw new Error(`the schema has no register ${name}`);
      const shadows = emulator.registersOfPipes.map(() => new Uint32Array((words * width) / WORD_BITS));
      this.registers.set(table.id, { rpb: i + 1, shadows });
    }
  }

  /**
   * Makes one update.
   * @returns a function that undoes it
   * @throws {TargetError} {@link RpcError}, and changes nothing
   */
  update(table: SchemaTable, type: number, message: wire.TableEntry): Undo {
    const isWrite = type === wire.UPDATE.insert || type === wire.UPDATE.modify || type === wire.UPDATE.insertOrModify;
    if (type === wire.UPDATE.delete || type === wire.UPDATE.reset) {
      const [from, count] = message.key ? [registerIndex(table, message), 1] : [0, table.size];
      return this.fill(table, from, new Uint32Array(count * table.data.length));
    }
    if (!isWrite) throw new RpcError(status.UNIMPLEMENTED, `registers do not take updates of type ${type}`);
    return this.fill(table, registerIndex(table, message), bucketWords(table, message));
  }

  *read(table: SchemaTable, message: wire.TableEntry): Generator<wire.Entity> {
    const fromDevice = message.table_flags?.from_hw === true || message.table_read_flag?.from_hw === true;
    const pipes = fromDevice ? this.live(table, 0, table.size) : this.registerOf(table).shadows;
    const [from, to] = message.key
      ? [registerIndex(table, message), registerIndex(table, message) + 1]
      : [0, table.size];
    for (let i = from; i < to; i++) {
      yield { table_entry: registerEntry(table, i, ...pipes.map((words) => bucketOf(table, words, i))) };
    }
  }

  /** Copies the registers into the shadow. */
  sync(table: SchemaTable): void {
    const live = this.live(table, 0, table.size);
    for (const [pipe, shadow] of this.registerOf(table).shadows.entries())
      shadow.set(must(live[pipe], `register of pipe ${pipe}`));
  }

  /** Sets all words to 0. */
  clear(): void {
    for (const { words } of this.emulator.registersOfPipes) words.fill(0);
    for (const { shadows } of this.registers.values()) for (const shadow of shadows) shadow.fill(0);
  }

  private registerOf(table: SchemaTable): RegisterTable {
    const register = this.registers.get(table.id);
    if (register === undefined) throw new RpcError(status.INVALID_ARGUMENT, `${table.name} is not a register`);
    return register;
  }

  private live(table: SchemaTable, from: number, count: number): Uint32Array[] {
    const { rpb } = this.registerOf(table);
    return this.emulator.registersOfPipes.map((memory) => memory.range(rpb, from, count));
  }

  private fill(table: SchemaTable, from: number, words: Uint32Array): Undo {
    const start = from * table.data.length;
    const shadows = this.registerOf(table).shadows.map((shadow) => shadow.subarray(start, start + words.length));
    const all = [...this.live(table, from, words.length / table.data.length), ...shadows];
    const before = all.map((part) => part.slice());
    for (const part of all) part.set(words);
    return () => {
      for (const [i, part] of all.entries()) part.set(must(before[i], 'words as they were'));
    };
  }
}

function registerIndex(table: SchemaTable, { key }: wire.TableEntry): number {
  const [field, ...more] = key?.fields ?? [];
  const bytes = more.length === 0 && field?.field_id === table.keys[0]?.id ? field?.exact?.value : undefined;
  const index = bytes && bytesToValue(bytes, 32);
  if (index === undefined) throw new RpcError(status.INVALID_ARGUMENT, `${table.name} takes an index of 4 bytes`);
  if (index >= table.size) throw new TargetError('out-of-range', `${table.name} has no index ${index}`);
  return index;
}

/** The words of a bucket. */
const bucketOf = ({ data }: SchemaTable, words: Uint32Array, index: number): Uint32Array =>
  words.subarray(index * data.length, (index + 1) * data.length);

/** The words of a bucket in a message, which has all of them. */
function bucketWords(table: SchemaTable, { data }: wire.TableEntry): Uint32Array {
  const fields = data?.fields ?? [];
  const words = table.data.map(({ id, width }) => {
    const [field, ...more] = fields.filter(({ field_id }) => field_id === id);
    return more.length === 0 && field?.stream ? bytesToValue(field.stream, width) : undefined;
  });
  const isWhole = fields.length === words.length && words.every((word) => word !== undefined);
  if (!isWhole) {
    const what = words.length === 1 ? 'a word of 4 bytes' : `${words.length} words of 4 bytes`;
    throw new RpcError(status.INVALID_ARGUMENT, `${table.name} takes ${what}`);
  }
  return Uint32Array.from(words, (word) => must(word, 'word of a bucket'));
}
