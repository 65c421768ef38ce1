/** The tables of ports ($PORT, $PORT_STAT …) on the ports of an emulated switch. */
import { status } from '@grpc/grpc-js';
import { TargetError } from '../../../sim/index.js';
import * as wire from '../../bfruntime/messages.js';
import { RpcError } from '../../bfruntime/rpc-error.js';
import type { FrontPorts, PortSettings } from '../ports/front-ports.js';
import type { Undo } from '../write-updates.js';
import { decodeData, decodeKey, encodeEntry, type FixedValue } from './field-values.js';
import type { FixedField, FixedTable } from './fixed-schema.js';
import { LANES_OF_SPEED, PORT, PORT_FP_IDX_INFO, PORT_HDL_INFO, PORT_STAT, PORT_STR_INFO } from './port-schema.js';

export const PORT_TABLES: readonly FixedTable[] = [PORT, PORT_STAT, PORT_HDL_INFO, PORT_FP_IDX_INFO, PORT_STR_INFO];

/** The default settings of an added port. */
const DEFAULTS: PortSettings = new Map(
  PORT.data.flatMap(({ name, readOnly, choices, fallback }): [string, FixedValue][] => {
    const value = choices?.[0] ?? fallback;
    return readOnly || value === undefined ? [] : [[name, value]];
  }),
);

const unsupported = (message: string): RpcError => new RpcError(status.UNIMPLEMENTED, message);

export class PortTables {
  constructor(private readonly ports: FrontPorts) {}

  /**
   * Makes one update.
   * @returns a function that undoes it
   * @throws {TargetError} {@link RpcError}, and changes nothing
   */
  update(table: FixedTable, type: number, message: wire.TableEntry): Undo {
    if (table === PORT) return this.updatePort(type, message);
    if (table === PORT_STAT) return this.updateCounters(type, message);
    throw unsupported(`${table.name} can only be read`);
  }

  isThere(table: FixedTable, message: wire.TableEntry): boolean {
    return table === PORT && this.ports.settings(this.portIn(table, message)) !== undefined;
  }

  usage(table: FixedTable): number {
    if (table === PORT) return this.ports.all().length;
    return table === PORT_STAT ? this.ports.inUse().length : this.ports.count;
  }

  /** @throws {TargetError} {@link RpcError} */
  *read(table: FixedTable, message: wire.TableEntry): Generator<wire.Entity> {
    const { ports } = this;
    if (table === PORT) {
      for (const port of message.key ? [this.portIn(table, message)] : ports.all()) {
        const settings = ports.settings(port);
        if (settings === undefined) throw new TargetError('not-found', `port ${port} was not added`);
        yield encodeEntry(table, message, [port], (field) => this.portValue(port, settings, field));
      }
    } else if (table === PORT_STAT) {
      for (const port of message.key ? [this.portIn(table, message)] : ports.inUse()) {
        if (!ports.has(port)) throw new TargetError('not-found', `port ${port} was not added`);
        yield encodeEntry(table, message, [port], ({ name }) => ports.countersOf(port).get(name));
      }
    } else {
      if (!message.key) throw unsupported(`${table.name} can only be read by key`);
      const key = decodeKey(table, message);
      const port = this.portOfPlace(table, key);
      if (port === undefined) throw new TargetError('not-found', `${table.name} has no ${key.join('/')}`);
      yield encodeEntry(table, message, key, () => port);
    }
  }

  private portIn(table: FixedTable, message: wire.TableEntry): number {
    const [port] = decodeKey(table, message);
    if (typeof port !== 'number' || port >= this.ports.count) {
      throw new TargetError('not-found', `there is no port ${String(port)}`);
    }
    return port;
  }

  private portOfPlace(table: FixedTable, key: readonly FixedValue[]): number | undefined {
    const [first, second] = key;
    if (table === PORT_FP_IDX_INFO) return Number(first) < this.ports.count ? Number(first) : undefined;
    if (table === PORT_HDL_INFO) return this.ports.portAt(Number(first), Number(second));
    const [, connector, lane] = /^(\d{1,6})\/(\d)$/.exec(String(first)) ?? [];
    return connector === undefined ? undefined : this.ports.portAt(Number(connector), Number(lane));
  }

  // $PORT

  private updatePort(type: number, message: wire.TableEntry): Undo {
    if (type === wire.UPDATE.delete) {
      const ports = message.key ? [this.portIn(PORT, message)] : this.ports.all();
      return undoAll(ports.map((port) => this.ports.remove(port)));
    }
    const port = this.portIn(PORT, message);
    const before = this.ports.settings(port);
    switch (type) {
      case wire.UPDATE.insert:
        return this.addPort(port, message);
      case wire.UPDATE.modify:
        return this.ports.change(port, decodeData(PORT, message));
      case wire.UPDATE.insertOrModify:
        return before === undefined ? this.addPort(port, message) : this.ports.change(port, decodeData(PORT, message));
      default:
        throw unsupported(`${PORT.name} does not take updates of type ${type}`);
    }
  }

  private addPort(port: number, message: wire.TableEntry): Undo {
    const given = decodeData(PORT, message);
    const speed = given.get('$SPEED');
    if (speed === undefined || !given.has('$FEC')) {
      throw new RpcError(status.INVALID_ARGUMENT, `$SPEED and $FEC are needed to add a port to ${PORT.name}`);
    }
    const lanes = LANES_OF_SPEED.get(String(speed)) ?? 1;
    return this.ports.add(port, new Map([...DEFAULTS, ['$N_LANES', lanes], ...given]));
  }

  private portValue(port: number, settings: PortSettings, { name, type }: FixedField): FixedValue {
    const { connector, lane } = this.ports.placeOf(port);
    switch (name) {
      case '$MEDIA_TYPE':
        return 'BF_MEDIA_TYPE_UNKNOWN';
      case '$IS_VALID':
        return true;
      case '$IS_INTERNAL':
        return this.ports.isInternal(port);
      case '$CONN_ID':
        return connector;
      case '$CHNL_ID':
        return lane;
      case '$PORT_UP':
        return this.ports.isUp(port);
      case '$PORT_NAME':
        return this.ports.nameOf(port);
      default:
        // PTP time stamps, which these ports do not have.
        return settings.get(name) ?? (type === 'bool' ? false : 0);
    }
  }

  // $PORT_STAT

  /** Sets the counters of a port, or clears those of a port or of all. */
  private updateCounters(type: number, message: wire.TableEntry): Undo {
    const clears = type === wire.UPDATE.delete || type === wire.UPDATE.reset;
    if (!clears && type !== wire.UPDATE.modify) {
      throw unsupported(`${PORT_STAT.name} does not take updates of type ${type}`);
    }
    const ports = message.key || !clears ? [this.portIn(PORT_STAT, message)] : this.ports.inUse();
    const given = clears ? new Map<string, FixedValue>() : decodeData(PORT_STAT, message);
    return undoAll(
      ports.map((port) => {
        if (!this.ports.has(port)) throw new TargetError('not-found', `port ${port} was not added`);
        const counters = this.ports.countersOf(port);
        const before = counters.all();
        if (clears) counters.clear();
        for (const [name, count] of given) counters.set(name, Number(count));
        return () => {
          counters.clear();
          for (const [name, count] of before) counters.set(name, count);
        };
      }),
    );
  }
}

const undoAll = (undos: readonly Undo[]): Undo => {
  return () => {
    for (const undo of [...undos].reverse()) undo();
  };
};
