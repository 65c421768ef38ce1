/** A language server in this process, and a client that speaks to it over the protocol. */
import { PassThrough } from 'node:stream';
import {
  createConnection,
  createMessageConnection,
  type Diagnostic,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { builtInDataPlane, type CompiledProgram, priceAllocator } from '../../compiler/index.js';
import { type ServerHost, type ServerSettings, serveLanguage } from '../../hw-driver/language-server/index.js';

export interface PublishedFindings {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: readonly Diagnostic[];
}

export interface TestClient {
  readonly connection: MessageConnection;
  /** Everything that the server sent unasked, in order. */
  readonly published: PublishedFindings[];
  /** Other notifications and requests of the server, by method. */
  readonly heard: { readonly method: string; readonly params: unknown }[];
  request(method: string, params?: unknown): Promise<unknown>;
  notify(method: string, params?: unknown): Promise<void>;
  open(uri: string, text: string, version?: number): Promise<void>;
  /** The findings of a version, once they are published. */
  findings(uri: string, version?: number): Promise<readonly Diagnostic[]>;
  /** Says shutdown, and closes both ends. */
  end(): Promise<void>;
}

/** What the server's host does, unless a test says otherwise. */
export const testHost: ServerHost = {
  version: '0',
  dataPlane: (name) => {
    const dataPlane = builtInDataPlane(name);
    if (dataPlane === undefined) throw new Error(`there is no data plane '${name}'`);
    return dataPlane;
  },
  running: (): readonly CompiledProgram[] => [],
  allocator: async () => priceAllocator(),
  randomOf: () => {
    let state = 1;
    return () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
  },
  keepText: (name) => `file:///kept/${name}`,
};

export const DEFAULTS: ServerSettings = { dataplane: 'default', recirculations: 1, allocator: undefined, state: [] };

/** What most clients can do. */
export const CAPABILITIES = {
  textDocument: {
    completion: { completionItem: { snippetSupport: true } },
    signatureHelp: { signatureInformation: { parameterInformation: { labelOffsetSupport: true } } },
  },
  window: { workDoneProgress: true, showDocument: { support: true } },
};

/** A client and its server, not yet initialized. */
export async function connect(host: Partial<ServerHost> = {}): Promise<TestClient> {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const server = createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient));
  await serveLanguage(server, { ...testHost, ...host }, DEFAULTS);
  const connection = createMessageConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
  const published: PublishedFindings[] = [];
  const heard: { method: string; params: unknown }[] = [];
  const waiting = new Set<() => void>();
  connection.onNotification((method: string, params: unknown) => {
    if (method === 'textDocument/publishDiagnostics') published.push(params as PublishedFindings);
    else heard.push({ method, params });
    for (const wake of waiting) wake();
  });
  connection.onRequest((method: string, params: unknown) => {
    heard.push({ method, params });
    return method === 'window/showDocument' ? { success: true } : null;
  });
  connection.onUnhandledProgress((params) => heard.push({ method: '$/progress', params }));
  connection.listen();
  const request = (method: string, params?: unknown): Promise<unknown> => connection.sendRequest(method, params);
  const client: TestClient = {
    connection,
    published,
    heard,
    request,
    notify: (method, params) => connection.sendNotification(method, params),
    open: (uri, text, version = 1) =>
      connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId: 'p4runpro', version, text },
      }),
    findings: async (uri, version = 1) => {
      for (;;) {
        const found = published.findLast((each) => each.uri === uri && each.version === version);
        if (found !== undefined) return found.diagnostics;
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
    },
    end: async () => {
      await request('shutdown');
      connection.dispose();
      server.dispose();
      toServer.destroy();
      toClient.destroy();
    },
  };
  return client;
}

/** A client that has initialized. */
export async function startClient(
  host: Partial<ServerHost> = {},
  initialize: Readonly<Record<string, unknown>> = {},
): Promise<TestClient> {
  const client = await connect(host);
  await client.request('initialize', { processId: null, rootUri: null, capabilities: CAPABILITIES, ...initialize });
  await client.notify('initialized', {});
  return client;
}
