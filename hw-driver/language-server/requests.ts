/** Requests about documents, answered by the language service. */
import {
  CodeActionKind,
  CompletionItemKind,
  type Connection,
  DocumentHighlightKind,
  LSPErrorCodes,
  type MarkupContent,
  MarkupKind,
  type Range,
  ResponseError,
} from 'vscode-languageserver/node';
import {
  articleMarkdown,
  articlePlainText,
  type HoverArticle,
  type LanguageService,
  type TextRange,
} from '../../compiler/service/index.js';
import type { Client } from './client.js';
import { COMMANDS } from './commands.js';
import { BadRequest, type ClientPosition, type OpenDocument, positionOf } from './documents.js';
import type { Guard } from './guard.js';
import {
  actionOf,
  completionItemsOf,
  editOf,
  foldingOf,
  rangeOf,
  signatureHelpOf,
  symbolOf,
  tokenNumbers,
} from './to-protocol.js';

/** The part of the server that requests use. */
export interface RequestContext {
  readonly connection: Connection;
  readonly guard: Guard;
  service(): LanguageService;
  client(): Client;
}

export function answerRequests(context: RequestContext): void {
  answerWords(context);
  answerNames(context);
  answerTexts(context);
  answerEdits(context);
}

const offsetOf = ({ text }: OpenDocument, position: ClientPosition): number =>
  text.lines.offsetAt(positionOf(position));

/** @throws {BadRequest} where the client sent no range */
const stretchOf = ({ text: { lines } }: OpenDocument, range: Range | undefined | null): TextRange => ({
  start: lines.offsetAt(positionOf(range?.start)),
  end: lines.offsetAt(positionOf(range?.end)),
});

const articleContent = (article: HoverArticle, takesMarkdown: boolean): MarkupContent =>
  takesMarkdown
    ? { kind: MarkupKind.Markdown, value: articleMarkdown(article) }
    : { kind: MarkupKind.PlainText, value: articlePlainText(article) };

/** Hover, completion, signatures. */
function answerWords({ connection, guard, service, client }: RequestContext): void {
  connection.onHover(
    guard.document((document, { position }) => {
      const hover = service().hover(document.text, offsetOf(document, position));
      if (hover === undefined) return null;
      const contents = articleContent(hover, client().hoversMarkdown);
      return { contents, range: rangeOf(document.text.lines, hover.range) };
    }),
  );
  connection.onCompletion(
    guard.document((document, { position }) => {
      const completion = service().completion(document.text, offsetOf(document, position));
      return completionItemsOf(document.text.lines, completion, client().takesSnippets);
    }),
  );
  connection.onCompletionResolve(
    guard.any((item) => {
      // A memory may have the name of a topic of the reference.
      const isWord = typeof item.label === 'string' && item.kind !== CompletionItemKind.Struct;
      const article = isWord ? service().article(item.label) : undefined;
      if (article === undefined) return item;
      return { ...item, documentation: articleContent(article, client().completesMarkdown) };
    }),
  );
  connection.onSignatureHelp(
    guard.document((document, { position }) => {
      const help = service().signatureHelp(document.text, offsetOf(document, position));
      return help === undefined ? null : signatureHelpOf(help, client().takesLabelOffsets);
    }),
  );
}

/** Definition, references, rename. */
function answerNames({ connection, guard, service }: RequestContext): void {
  connection.onDefinition(
    guard.document((document, { position }) => {
      const range = service().definition(document.text, offsetOf(document, position));
      return range === undefined ? null : { uri: document.uri, range: rangeOf(document.text.lines, range) };
    }),
  );
  connection.onReferences(
    guard.document((document, { position, context }) =>
      service()
        .references(document.text, offsetOf(document, position), context?.includeDeclaration !== false)
        .map((range) => ({ uri: document.uri, range: rangeOf(document.text.lines, range) })),
    ),
  );
  connection.onDocumentHighlight(
    guard.document((document, { position }) =>
      service()
        .references(document.text, offsetOf(document, position), true)
        .map((range) => ({ range: rangeOf(document.text.lines, range), kind: DocumentHighlightKind.Text })),
    ),
  );
  connection.onPrepareRename(
    guard.document((document, { position }) => {
      const name = service().renamable(document.text, offsetOf(document, position));
      return name === undefined ? null : { range: rangeOf(document.text.lines, name.range), placeholder: name.name };
    }),
  );
  connection.onRenameRequest(
    guard.document((document, { position, newName }) => {
      if (typeof newName !== 'string') throw new BadRequest(`newName is a text, not ${JSON.stringify(newName)}`);
      const result = service().rename(document.text, offsetOf(document, position), newName);
      if (result.kind === 'refused') return new ResponseError(LSPErrorCodes.RequestFailed, result.reason);
      return { changes: { [document.uri]: result.edits.map((edit) => editOf(document.text.lines, edit)) } };
    }),
  );
}

/** Requests about whole documents. */
function answerTexts({ connection, guard, service }: RequestContext): void {
  connection.onDocumentSymbol(
    guard.document(({ text }) =>
      service()
        .symbols(text)
        .map((symbol) => symbolOf(text.lines, symbol)),
    ),
  );
  connection.onFoldingRanges(guard.document(({ text }) => service().foldingRanges(text).map(foldingOf)));
  connection.languages.semanticTokens.on(
    guard.patient(({ text }) => ({ data: tokenNumbers(text.lines, service().semanticTokens(text)) })),
  );
  connection.languages.inlayHint.on(
    guard.patient((document, { range }) => {
      const { lines } = document.text;
      return service()
        .inlayHints(document.text, stretchOf(document, range))
        .map(({ offset, label, tooltip }) => {
          const { start } = rangeOf(lines, { start: offset, end: offset });
          return { position: start, label, tooltip, paddingLeft: true };
        });
    }),
  );
  connection.onCodeLens(
    guard.patient(({ uri, text }) =>
      service()
        .codeLenses(text)
        .map(({ kind, title, program, range }) => ({
          range: rangeOf(text.lines, range),
          command:
            kind === 'cost' ? { title, command: '' } : { title, command: COMMANDS[kind], arguments: [uri, program] },
        })),
    ),
  );
}

/** Formatting and quick fixes. */
function answerEdits({ connection, guard, service }: RequestContext): void {
  connection.onDocumentFormatting(
    guard.document(({ text }) =>
      service()
        .formatting(text)
        .map((edit) => editOf(text.lines, edit)),
    ),
  );
  connection.onDocumentRangeFormatting(
    guard.document((document, { range }) => {
      const { start, end } = stretchOf(document, range);
      const { text } = document;
      const inside = service()
        .formatting(text)
        .filter((edit) => edit.start >= start && edit.end <= end);
      return inside.map((edit) => editOf(text.lines, edit));
    }),
  );
  connection.onCodeAction(
    guard.document((document, { range, context }) => {
      const wanted = context?.only;
      const isWanted = wanted?.some((kind) => CodeActionKind.QuickFix === kind || kind === CodeActionKind.Empty);
      if (isWanted === false) return [];
      const fixes = service().quickFixes(document.text, stretchOf(document, range));
      return fixes.map((fix) => actionOf(document.text.lines, document.uri, fix));
    }),
  );
}
