/** The fixed tables of a switch's ports, $PORT and $PORT_STAT, as far as an emulated one has them: to be read. */
import { status } from '@grpc/grpc-js';
import type * as wire from './messages.js';
import { RpcError } from './rpc-error.js';
import { bytesToValue, valueToBytes } from './values.js';

/** Frames that a port has taken and given. */
export interface PortCount {
  readonly received: number;
  readonly sent: number;
}

const DEV_PORT = { id: 1, name: '$DEV_PORT' };
const PORT = {
  id: 0xfe000001,
  name: '$PORT',
  fields: [
    { id: 1, name: '$SPEED', type: { type: 'string', choices: ['BF_SPEED_100G'], default_value: 'BF_SPEED_100G' } },
    { id: 2, name: '$PORT_ENABLE', type: { type: 'bool', default_value: true } },
    { id: 3, name: '$PORT_UP', type: { type: 'bool', default_value: true } },
  ],
} as const;
const PORT_STAT = {
  id: 0xfe000002,
  name: '$PORT_STAT',
  fields: [
    { id: 1, name: '$FramesReceivedAll', type: { type: 'uint64' } },
    { id: 2, name: '$FramesTransmittedAll', type: { type: 'uint64' } },
  ],
} as const;

/** Their document. @param ports how many there can be */
export function portsJson(ports: number): string {
  const tables = [PORT, PORT_STAT].map(({ id, name, fields }) => ({
    name,
    id,
    table_type: name === PORT.name ? 'PortConfigure' : 'PortStat',
    size: ports,
    annotations: [],
    depends_on: [],
    key: [
      {
        ...DEV_PORT,
        repeated: false,
        annotations: [],
        mandatory: true,
        match_type: 'Exact',
        type: { type: 'uint32' },
      },
    ],
    data: fields.map((field) => ({
      mandatory: false,
      read_only: true,
      singleton: { ...field, repeated: false, annotations: [] },
    })),
    supported_operations: [],
    attributes: [],
  }));
  return JSON.stringify({ schema_version: '1.0.0', tables, learn_filters: [] });
}

/** Undefined for what is not of ports. Without a key, ports that packets came or went by. @throws {RpcError} */
export function readPorts(
  { table_entry: asked }: wire.Entity,
  ports: number,
  counters: ReadonlyMap<number, PortCount>,
): wire.Entity[] | undefined {
  const table = [PORT, PORT_STAT].find(({ id }) => id === asked?.table_id);
  if (!asked || table === undefined) return undefined;
  const wanted = asked.key ? [portOf(asked, ports)] : [...counters.keys()].sort((a, b) => a - b);
  return wanted.map((port) => ({
    table_entry: {
      table_id: table.id,
      key: { fields: [{ field_id: DEV_PORT.id, exact: { value: valueToBytes(port, 32) } }] },
      data: { fields: table === PORT ? PORT_UP : countFields(counters.get(port)) },
    },
  }));
}

const PORT_UP: readonly wire.DataField[] = [
  { field_id: 1, str_val: 'BF_SPEED_100G' },
  { field_id: 2, bool_val: true },
  { field_id: 3, bool_val: true },
];

const countFields = ({ received, sent }: PortCount = { received: 0, sent: 0 }): wire.DataField[] =>
  [received, sent].map((frames, i) => {
    const stream = new Uint8Array(8);
    stream.set(valueToBytes(frames, 48), 2);
    return { field_id: i + 1, stream };
  });

function portOf({ key }: wire.TableEntry, ports: number): number {
  const port = bytesToValue(key?.fields[0]?.exact?.value ?? new Uint8Array(0), 32);
  if (port === undefined) throw new RpcError(status.INVALID_ARGUMENT, `${DEV_PORT.name} takes 4 bytes`);
  if (port >= ports) throw new RpcError(status.NOT_FOUND, `there is no port ${port}`);
  return port;
}
