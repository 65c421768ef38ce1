/** Checks of every request: phase of the server, open document, cancellation; errors become error responses. */
import { setImmediate } from 'node:timers/promises';
import { type CancellationToken, ErrorCodes, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import { BadRequest, type OpenDocument, type OpenDocuments } from './documents.js';

export type Phase = 'new' | 'running' | 'shut-down';

export interface GuardedServer {
  readonly phase: Phase;
  readonly documents: OpenDocuments;
  /** Writes to the client's log. */
  logError(error: unknown): void;
}

/** The common parameter of requests about a document. */
interface AboutDocument {
  readonly textDocument: { readonly uri: string };
}

/** Turns of the event loop after which messages that already arrived have been read. */
const TURNS = 2;

type Answer<Result> = Result | ResponseError<void>;

export class Guard {
  constructor(private readonly server: GuardedServer) {}

  /** A request without a document. */
  any<Params, Result>(handler: (params: Params) => Result): (params: Params) => Answer<Result> {
    return (params) => this.refusal() ?? this.answer(() => handler(params));
  }

  /** A request about a document; null if it is not open. */
  document<Params extends AboutDocument, Result>(
    handler: (document: OpenDocument, params: Params) => Result,
  ): (params: Params) => Answer<Result> | null {
    return (params) => {
      const refusal = this.refusal();
      if (refusal !== undefined) return refusal;
      const document = this.documentOf(params);
      return document === undefined ? null : this.answer(() => handler(document, params));
    };
  }

  /** A slower request about a document: waiting messages are read first, and may cancel it or change the document. */
  patient<Params extends AboutDocument, Result>(
    handler: (document: OpenDocument, params: Params) => Result,
  ): (params: Params, token: CancellationToken) => Promise<Answer<Result>> {
    return async (params, token) => {
      const before = this.documentOf(params);
      for (let turn = 0; turn < TURNS; turn++) await setImmediate();
      if (token.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
      const refusal = this.refusal();
      if (refusal !== undefined) return refusal;
      const document = this.documentOf(params);
      if (document === undefined) return new ResponseError(ErrorCodes.InvalidParams, 'the document is not open');
      if (document !== before) return new ResponseError(LSPErrorCodes.ContentModified, 'the text has changed');
      return this.answer(() => handler(document, params));
    };
  }

  /** The error for a request at the wrong time. */
  refusal(): ResponseError<void> | undefined {
    switch (this.server.phase) {
      case 'new':
        return new ResponseError(ErrorCodes.ServerNotInitialized, 'the server waits for initialize');
      case 'shut-down':
        return new ResponseError(ErrorCodes.InvalidRequest, 'the server is shut down');
      case 'running':
        return undefined;
    }
  }

  /** Parameters are what the client sent, and may be anything. */
  private documentOf(params: AboutDocument | undefined | null): OpenDocument | undefined {
    const uri: string | undefined = params?.textDocument?.uri;
    return uri === undefined ? undefined : this.server.documents.get(uri);
  }

  /** An answer, or the error that a request ends with: what the client sent wrong, or a fault of the server's. */
  private answer<Result>(work: () => Result): Answer<Result> {
    try {
      return work();
    } catch (error) {
      if (error instanceof BadRequest) return new ResponseError(ErrorCodes.InvalidParams, error.message);
      this.server.logError(error);
      const message = error instanceof Error ? error.message : String(error);
      return new ResponseError(ErrorCodes.InternalError, `internal error: ${message}`);
    }
  }
}
