/** The language server: documents, requests, settings and commands over the protocol. */
import {
  type Connection,
  type ExecuteCommandParams,
  type InitializeParams,
  type InitializeResult,
  LSPErrorCodes,
  MessageType,
  ResponseError,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { must } from '../../compiler/index.js';
import { type Client, clientOf } from './client.js';
import { COMMANDS, type CommandName, type CommandResult, obstacle, runCommand } from './commands.js';
import { BadRequest, documentIn, OpenDocuments } from './documents.js';
import { FindingsPublisher } from './findings-publisher.js';
import { Guard, type GuardedServer, type Phase } from './guard.js';
import type { ServerHost } from './host.js';
import { answerRequests } from './requests.js';
import { type ServerSettings, settingsFrom } from './settings.js';
import { say, type TextDisplay, textDisplay } from './shown-text.js';
import { SEMANTIC_LEGEND } from './to-protocol.js';
import { type Workspace, workspaceOf } from './workspace.js';

/**
 * Serves a client on a connection, which starts to listen.
 * @param defaults settings that the client does not set
 * @throws Error with a sentence for the user if the defaults are invalid
 */
export async function serveLanguage(connection: Connection, host: ServerHost, defaults: ServerSettings): Promise<void> {
  const workspace = await workspaceOf(defaults, host, undefined);
  new LanguageServer(connection, host, defaults, workspace).listen();
}

/** The section of a client's configuration. */
const SECTION = 'p4runpro';

class LanguageServer implements GuardedServer {
  phase: Phase = 'new';
  readonly documents: OpenDocuments;
  private readonly guard = new Guard(this);
  private readonly publisher: FindingsPublisher;
  /** Number of times that settings were read: only the last reading counts, as readings may end in another order. */
  private readings = 0;
  private client: Client | undefined;
  private display: TextDisplay | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly host: ServerHost,
    private readonly defaults: ServerSettings,
    private workspace: Workspace,
  ) {
    this.documents = new OpenDocuments(this.workspace.service);
    this.publisher = new FindingsPublisher(connection, this.documents, () => this.workspace);
  }

  listen(): void {
    const { connection, guard } = this;
    connection.onInitialize((params) => this.initialize(params));
    connection.onInitialized(() => this.notified(() => this.readConfiguration()));
    connection.onShutdown(() => this.shutDown());
    connection.onDidChangeConfiguration((params) => this.notified(() => this.configurationChanged(params?.settings)));
    this.listenToDocuments();
    answerRequests({
      connection,
      guard,
      service: () => this.workspace.service,
      client: () => must(this.client, 'client that has initialized'),
    });
    connection.onExecuteCommand((params) => guard.refusal() ?? this.executeCommand(params));
    connection.listen();
  }

  logError(error: unknown): void {
    this.connection.console.error(error instanceof Error ? `${error.stack}` : String(error));
  }

  private listenToDocuments(): void {
    const { connection, documents, publisher } = this;
    connection.onDidOpenTextDocument((params) =>
      this.notified(() => {
        const { uri, version, text } = documentIn(params);
        documents.set(uri, version, text);
        publisher.soon(uri);
      }),
    );
    connection.onDidChangeTextDocument((params) =>
      this.notified(() => {
        const { uri, version } = documentIn(params);
        if (documents.change(uri, version, params.contentChanges) !== undefined) publisher.soon(uri);
      }),
    );
    connection.onDidCloseTextDocument((params) =>
      this.notified(() => {
        const { uri } = documentIn(params);
        if (documents.get(uri) === undefined) return;
        documents.close(uri);
        publisher.forget(uri);
      }),
    );
    // A saved document has no other text than the open one.
    connection.onDidSaveTextDocument(() => undefined);
    connection.onDidChangeWatchedFiles(() => undefined);
  }

  /** Handles a notification: dropped before initialize and after shutdown; errors go to the log, as it has no answer. */
  private notified(work: () => void | Promise<void>): void {
    if (this.phase !== 'running') return;
    try {
      work()?.catch((error: unknown) => this.logError(error));
    } catch (error) {
      if (error instanceof BadRequest) this.connection.console.error(error.message);
      else this.logError(error);
    }
  }

  private async initialize(params: InitializeParams): Promise<InitializeResult> {
    const client = clientOf(params);
    this.client = client;
    this.display = textDisplay(this.connection, this.host, {
      showText: client.showsTexts,
      showDocument: client.showsDocuments,
    });
    this.phase = 'running';
    await this.apply(client.settings);
    return { capabilities: CAPABILITIES, serverInfo: { name: 'p4runpro', version: this.host.version } };
  }

  private shutDown(): void {
    this.phase = 'shut-down';
    this.publisher.stop();
  }

  private async readConfiguration(): Promise<void> {
    if (this.client?.hasConfiguration !== true) return;
    const section: unknown = await this.connection.workspace.getConfiguration(SECTION);
    if (section !== null && this.phase === 'running') await this.apply(section);
  }

  private configurationChanged(settings: unknown): Promise<void> {
    if (this.client?.hasConfiguration === true) return this.readConfiguration();
    const isSectioned = typeof settings === 'object' && settings !== null && SECTION in settings;
    return this.apply(isSectioned ? settings[SECTION] : settings);
  }

  /** Applies settings. Invalid ones are shown to the user, and the previous settings stay. */
  private async apply(json: unknown): Promise<void> {
    const reading = ++this.readings;
    const { settings, problems } = settingsFrom(json, this.defaults);
    for (const problem of problems) this.say(MessageType.Error, problem);
    try {
      const workspace = await workspaceOf(settings, this.host, this.client?.folder);
      if (reading !== this.readings) return;
      this.workspace = workspace;
    } catch (error) {
      this.say(MessageType.Error, error instanceof Error ? error.message : String(error));
      return;
    }
    for (const { uri } of this.documents.moveTo(this.workspace.service)) this.publisher.soon(uri);
    this.refresh();
  }

  /** Asks the client to request hints and lenses again. */
  private refresh(): void {
    const { client, connection } = this;
    const refreshed = [
      ...(client?.refreshesHints === true ? [connection.languages.inlayHint.refresh()] : []),
      ...(client?.refreshesLenses === true ? [connection.sendRequest('workspace/codeLens/refresh')] : []),
    ];
    Promise.all(refreshed).catch((error: unknown) => this.logError(error));
  }

  /** Runs a command, shows its result, and returns it. */
  private async executeCommand(params: ExecuteCommandParams): Promise<CommandResult | ResponseError<void>> {
    const given: readonly unknown[] = Array.isArray(params.arguments) ? params.arguments : [];
    const [name] = Object.entries(COMMANDS).find(([, command]) => command === params.command) ?? [];
    const [uri, program] = given;
    if (name === undefined || typeof uri !== 'string' || typeof program !== 'string') {
      const commands = Object.values(COMMANDS).join(' and ');
      return new ResponseError(LSPErrorCodes.RequestFailed, `the commands are ${commands}, with a URI and a program`);
    }
    const document = this.documents.get(uri);
    const problem = document === undefined ? `${uri} is not open` : obstacle(document.text, program);
    if (document === undefined || problem !== undefined) {
      return new ResponseError(LSPErrorCodes.RequestFailed, problem ?? 'the text is not open');
    }
    const progress = await this.connection.window.createWorkDoneProgress();
    progress.begin(`${name} ${program}`);
    try {
      // The progress message is sent before the work blocks this thread.
      await new Promise((resolve) => setTimeout(resolve));
      const result = runCommand(name as CommandName, document.text, program, this.workspace, this.host);
      this.showResult(`${name}-${program}.txt`, result);
      return result;
    } finally {
      progress.done();
    }
  }

  /** Shows a result without waiting for the client's answer. */
  private showResult(name: string, { text, isGood }: CommandResult): void {
    const lines = text.trim().split('\n');
    const first = must(lines[0], 'line of a text');
    if (lines.length > 1) {
      const shown = must(this.display, 'display of texts').show(name, text);
      shown.catch((error: unknown) => this.logError(error));
    } else if (isGood) this.say(MessageType.Info, first);
    if (!isGood) this.say(MessageType.Error, first);
  }

  private say(type: MessageType, message: string): void {
    say(this.connection, type, message).catch((error: unknown) => this.logError(error));
  }
}

const CAPABILITIES: ServerCapabilities = {
  positionEncoding: 'utf-16',
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  hoverProvider: true,
  completionProvider: { triggerCharacters: ['@', '<', '(', ',', '.'], resolveProvider: true },
  signatureHelpProvider: { triggerCharacters: ['(', '<', ','] },
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  semanticTokensProvider: { legend: SEMANTIC_LEGEND, full: true },
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  codeActionProvider: { codeActionKinds: ['quickfix'] },
  inlayHintProvider: true,
  codeLensProvider: {},
  executeCommandProvider: { commands: Object.values(COMMANDS) },
};
