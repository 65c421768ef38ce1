/** An emulated switch behind BF Runtime in this process, and clients of it. */
import { on } from 'node:events';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { test } from 'uvu';
import type { TableEntry } from '../../compiler/index.js';
import * as wire from '../../hw-driver/bfruntime/messages.js';
import { BfRuntimeSession } from '../../hw-driver/bfruntime/session.js';
import { type RunningServer, type ServeOptions, serveBfRuntime } from '../../hw-driver/server/index.js';
import { Switch } from '../../sim/index.js';
import { dataPlane, rpbEntry } from '../sim/test-switch.js';

export const plane = dataPlane('default');

export interface Served {
  readonly emulator: Switch;
  readonly server: RunningServer;
  readonly address: string;
  readonly session: BfRuntimeSession;
}

/** A test with a switch of its own, and a session that has bound its program. */
export const served = (name: string, body: (served: Served) => Promise<void>, options: ServeOptions = {}): void =>
  void test(name, async () => {
    const emulator = new Switch(plane);
    const server = await serveBfRuntime(emulator, { port: 0, maxClients: 3, ...options });
    const address = `127.0.0.1:${server.port}`;
    const session = await BfRuntimeSession.connect({ address });
    try {
      await body({ emulator, server, address, session });
    } finally {
      await session.close();
      await server.close();
    }
  });

export interface Answer<Response> {
  /** Undefined where the call went well. */
  readonly code: number | undefined;
  readonly message: string | undefined;
  readonly response: Response | undefined;
  /** Of what failed in parts: how each ended. */
  readonly errors: readonly wire.UpdateError[];
}

function ended(error: ServiceError | null): Omit<Answer<never>, 'response'> {
  const [details] = error?.metadata.get('grpc-status-details-bin') ?? [];
  const errors = details === undefined ? [] : wire.unpackErrors(Buffer.from(details));
  return { code: error?.code, message: error?.details, errors };
}

const metadataOf = (values: Readonly<Record<string, string>>): Metadata => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(values)) metadata.set(name, value);
  return metadata;
};

/** A call by a client of its own. @param said beside the request, as metadata */
export async function unary<Request, Response>(
  address: string,
  { path, requestSerialize, responseDeserialize }: wire.Method<Request, Response>,
  request: Request,
  said: Readonly<Record<string, string>> = {},
): Promise<Answer<Response>> {
  const client = new Client(address, credentials.createInsecure());
  const answer = await new Promise<Answer<Response>>((resolve) =>
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadataOf(said), (error, response) =>
      resolve({ ...ended(error), response }),
    ),
  );
  client.close();
  return answer;
}

/** A read by a client of its own: all that arrives, and how the call ends. */
export async function readAll(
  address: string,
  request: wire.ReadRequest,
  said: Readonly<Record<string, string>> = {},
): Promise<Answer<readonly wire.ReadResponse[]>> {
  const client = new Client(address, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = wire.METHODS.Read;
  const response: wire.ReadResponse[] = [];
  const answer = await new Promise<Answer<readonly wire.ReadResponse[]>>((resolve) =>
    client
      .makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadataOf(said))
      .on('data', (one: wire.ReadResponse) => response.push(one))
      .on('error', (error: ServiceError) => resolve({ ...ended(error), response }))
      .on('end', () => resolve({ ...ended(null), response })),
  );
  client.close();
  return answer;
}

/** A client with a stream that has bound nothing. */
export async function subscribed(address: string, client_id: number) {
  const client = new Client(address, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = wire.METHODS.StreamChannel;
  const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  stream.on('error', () => undefined);
  // From now on, so that none is missed.
  const messages = on(stream, 'data');
  const told = async (): Promise<wire.StreamMessage> => (await messages.next()).value[0];
  stream.write({ client_id, subscribe: {} });
  await told();
  return { stream, told, end: () => client.close() };
}

export const entry = (value: number, program = 1): TableEntry =>
  rpbEntry(plane, 4, 'loadi_har', [value], { program, branchMask: 0xfff });

export const update = (type: number, table_entry: wire.TableEntry): wire.Update => ({ type, entity: { table_entry } });

export const codes = (errors: readonly wire.UpdateError[]): number[] =>
  errors.map(({ canonical_code }) => canonical_code);
