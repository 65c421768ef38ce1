/** The open documents of a client. */
import {
  type LanguageService,
  type ServiceDocument,
  TextLines,
  type TextPosition,
} from '../../compiler/service/index.js';

/** One version of an open document. */
export interface OpenDocument {
  readonly uri: string;
  readonly version: number;
  readonly text: ServiceDocument;
}

/** A position as a client sends it, not validated. */
export interface ClientPosition {
  readonly line?: unknown;
  readonly character?: unknown;
}

/** A change of a document: of a range, or of the whole text if there is no range. */
export interface ClientChange {
  readonly range?: { readonly start?: ClientPosition; readonly end?: ClientPosition } | undefined;
  readonly text?: unknown;
}

/** An invalid message of a client; the error message is for the client's log. */
export class BadRequest extends Error {}

/** @throws {BadRequest} unless line and character are whole numbers */
export function positionOf(position: ClientPosition | undefined): TextPosition {
  const { line, character } = position ?? {};
  if (!isWhole(line) || !isWhole(character)) {
    throw new BadRequest(`a position has a whole line and character, not ${JSON.stringify(position)}`);
  }
  return { line, column: character };
}

/** The document that a notification of a client names. @throws {BadRequest} where it names none */
export function documentIn(params: unknown): {
  readonly uri: string;
  readonly version?: unknown;
  readonly text?: unknown;
} {
  const document: unknown = isObject(params) && 'textDocument' in params ? params.textDocument : undefined;
  if (!isObject(document) || !('uri' in document) || typeof document.uri !== 'string') {
    throw new BadRequest('a notification about a document has a textDocument with a uri');
  }
  return { ...document, uri: document.uri };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isWhole = (value: unknown): value is number => Number.isInteger(value);

export class OpenDocuments {
  private readonly open = new Map<string, OpenDocument>();

  constructor(private service: LanguageService) {}

  get(uri: string): OpenDocument | undefined {
    return this.open.get(uri);
  }

  /** @throws {BadRequest} for what is no text */
  set(uri: unknown, version: unknown, text: unknown): OpenDocument {
    if (typeof uri !== 'string' || typeof text !== 'string') throw new BadRequest('a document has a URI and a text');
    const document = { uri, version: isWhole(version) ? version : 0, text: this.service.document(text) };
    this.open.set(uri, document);
    return document;
  }

  /** Applies changes; undefined if the document is not open. @throws {BadRequest} without changing the document */
  change(uri: string, version: unknown, changes: unknown): OpenDocument | undefined {
    const before = this.open.get(uri);
    if (before === undefined) return undefined;
    if (!Array.isArray(changes) || !changes.every(isObject))
      throw new BadRequest('contentChanges is a list of changes');
    let text = before.text.text;
    for (const change of changes satisfies ClientChange[]) text = changed(text, change);
    return this.set(uri, version, text);
  }

  close(uri: string): void {
    this.open.delete(uri);
  }

  /** Gives all documents to another service. */
  moveTo(service: LanguageService): readonly OpenDocument[] {
    this.service = service;
    return [...this.open.values()].map(({ uri, version, text }) => this.set(uri, version, text.text));
  }
}

function changed(text: string, { range, text: newText }: ClientChange): string {
  if (typeof newText !== 'string') throw new BadRequest('a change has a text');
  if (range === undefined || range === null) return newText;
  const lines = new TextLines(text);
  const start = lines.offsetAt(positionOf(range.start));
  const end = lines.offsetAt(positionOf(range.end));
  return text.slice(0, Math.min(start, end)) + newText + text.slice(Math.max(start, end));
}
