/** Publishes the findings of open documents, once after several changes in a row. */
import type { Connection } from 'vscode-languageserver/node';
import type { OpenDocument, OpenDocuments } from './documents.js';
import { diagnosticOf } from './to-protocol.js';
import type { Workspace } from './workspace.js';

/** Milliseconds without a change before findings are computed. */
const PAUSE_MS = 10;

export class FindingsPublisher {
  private readonly waiting = new Map<string, NodeJS.Timeout>();
  /** Milliseconds that the last findings took: the pause is at least as long. */
  private lastTook = 0;

  constructor(
    private readonly connection: Connection,
    private readonly documents: OpenDocuments,
    private readonly workspace: () => Workspace,
  ) {}

  /** Publishes the findings of the version that is open after the pause. */
  soon(uri: string): void {
    clearTimeout(this.waiting.get(uri));
    const timer = setTimeout(
      () => {
        this.waiting.delete(uri);
        const document = this.documents.get(uri);
        if (document !== undefined) this.publishOrLog(document);
      },
      Math.max(PAUSE_MS, this.lastTook),
    );
    this.waiting.set(uri, timer);
  }

  /** Clears the findings of a closed document. */
  forget(uri: string): void {
    clearTimeout(this.waiting.get(uri));
    this.waiting.delete(uri);
    this.send(uri, undefined, []);
  }

  stop(): void {
    for (const timer of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
  }

  /** An internal error is logged; it does not end the server. */
  private publishOrLog(document: OpenDocument): void {
    try {
      this.publish(document);
    } catch (error) {
      this.connection.console.error(error instanceof Error ? `${error.stack}` : String(error));
    }
  }

  private publish({ uri, version, text }: OpenDocument): void {
    const started = performance.now();
    const { lines } = text;
    const diagnostics = this.workspace()
      .service.findings(text)
      .map((finding) => diagnosticOf(lines, finding));
    this.send(uri, version, diagnostics);
    this.lastTook = performance.now() - started;
  }

  private send(uri: string, version: number | undefined, diagnostics: ReturnType<typeof diagnosticOf>[]): void {
    const params = version === undefined ? { uri, diagnostics } : { uri, version, diagnostics };
    this.connection.sendDiagnostics(params).catch((error: unknown) => this.connection.console.error(String(error)));
  }
}
