/** Conversions from types of the language service to types of the protocol. */
import {
  type CompletionItem as ClientCompletionItem,
  type TextEdit as ClientEdit,
  type SignatureHelp as ClientSignatureHelp,
  type DocumentSymbol as ClientSymbol,
  type CodeAction,
  CodeActionKind,
  CompletionItemKind,
  type Diagnostic,
  DiagnosticSeverity,
  FoldingRangeKind,
  InsertTextFormat,
  InsertTextMode,
  type Range,
  SymbolKind,
} from 'vscode-languageserver/node';
import {
  type Completion,
  type CompletionItem,
  type CompletionKind,
  type DocumentSymbol,
  type Finding,
  type FoldingRange,
  type QuickFix,
  SEMANTIC_TOKEN_KINDS,
  type SemanticToken,
  type SemanticTokenKind,
  type SignatureHelp,
  type TextEdit,
  type TextLines,
  type TextRange,
} from '../../compiler/service/index.js';

export function rangeOf(lines: TextLines, { start, end }: TextRange): Range {
  const from = lines.positionAt(start);
  const to = lines.positionAt(end);
  return { start: { line: from.line, character: from.column }, end: { line: to.line, character: to.column } };
}

export const editOf = (lines: TextLines, edit: TextEdit): ClientEdit => ({
  range: rangeOf(lines, edit),
  newText: edit.newText,
});

export const SOURCE = 'p4runpro';

/** The hint is a second line of the message, as the protocol has no field for it. */
export const diagnosticOf = (lines: TextLines, { range, code, severity, message, hint }: Finding): Diagnostic => ({
  range: rangeOf(lines, range),
  severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
  code,
  source: SOURCE,
  message: hint === undefined ? message : `${message}\n${hint}`,
});

export const actionOf = (lines: TextLines, uri: string, { title, edit, finding }: QuickFix): CodeAction => ({
  title,
  kind: CodeActionKind.QuickFix,
  diagnostics: [diagnosticOf(lines, finding)],
  isPreferred: true,
  edit: { changes: { [uri]: [editOf(lines, edit)] } },
});

const COMPLETION_KINDS: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  keyword: CompletionItemKind.Keyword,
  primitive: CompletionItemKind.Function,
  field: CompletionItemKind.Field,
  register: CompletionItemKind.Variable,
  memory: CompletionItemKind.Struct,
  value: CompletionItemKind.Value,
  snippet: CompletionItemKind.Snippet,
};

/** @param takesSnippets whether the client supports tab stops */
export function completionItemsOf(
  lines: TextLines,
  { range, items }: Completion,
  takesSnippets: boolean,
): ClientCompletionItem[] {
  const where = rangeOf(lines, range);
  return items.map((item, i) => ({
    label: item.label,
    kind: COMPLETION_KINDS[item.kind],
    detail: item.detail,
    sortText: String(i).padStart(4, '0'),
    insertTextFormat: item.isSnippet && takesSnippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    insertTextMode: InsertTextMode.adjustIndentation,
    textEdit: { range: where, newText: takesSnippets ? item.insert : plainText(item) },
  }));
}

/** A snippet with its default values. */
const plainText = ({ insert, isSnippet }: CompletionItem): string =>
  isSnippet ? insert.replaceAll(/\$\{\d+:([^}]*)\}|\$0/g, (_, text: string | undefined) => text ?? '') : insert;

/** @param takesOffsets whether the client supports parameters as ranges of the label */
export function signatureHelpOf(help: SignatureHelp, takesOffsets: boolean): ClientSignatureHelp {
  const { label, summary, parameters, active } = help;
  const labels = parameters.map(([start, end]) => ({
    label: takesOffsets ? ([start, end] as [number, number]) : label.slice(start, end),
  }));
  const signature = { label, documentation: summary, parameters: labels };
  return { signatures: [signature], activeSignature: 0, activeParameter: active };
}

const SYMBOL_KINDS: Readonly<Record<DocumentSymbol['kind'], SymbolKind>> = {
  memory: SymbolKind.Array,
  program: SymbolKind.Function,
  case: SymbolKind.EnumMember,
};

export const symbolOf = (lines: TextLines, symbol: DocumentSymbol): ClientSymbol => ({
  name: symbol.name,
  detail: symbol.detail,
  kind: SYMBOL_KINDS[symbol.kind],
  range: rangeOf(lines, symbol.range),
  selectionRange: rangeOf(lines, symbol.nameRange),
  children: symbol.inner.map((inner) => symbolOf(lines, inner)),
});

export const foldingOf = ({ kind, startLine, endLine }: FoldingRange) => ({
  startLine,
  endLine,
  kind: kind === 'comment' ? FoldingRangeKind.Comment : FoldingRangeKind.Region,
});

/** Token types of the protocol. */
const TOKEN_TYPES: Readonly<Record<SemanticTokenKind, string>> = {
  keyword: 'keyword',
  primitive: 'function',
  program: 'class',
  memory: 'variable',
  register: 'parameter',
  field: 'property',
  number: 'number',
  comment: 'comment',
};

export const SEMANTIC_LEGEND = {
  tokenTypes: SEMANTIC_TOKEN_KINDS.map((kind) => TOKEN_TYPES[kind]),
  tokenModifiers: ['declaration'],
};

/** Five numbers per token: line and column relative to the token before, length, type, modifiers; split at line ends. */
export function tokenNumbers(lines: TextLines, tokens: readonly SemanticToken[]): number[] {
  const numbers: number[] = [];
  let before = { line: 0, column: 0 };
  for (const { start, end, kind, isDeclaration } of tokens.flatMap((token) => linesOf(lines, token))) {
    const at = lines.positionAt(start);
    const columns = at.line === before.line ? at.column - before.column : at.column;
    const type = SEMANTIC_TOKEN_KINDS.indexOf(kind);
    numbers.push(at.line - before.line, columns, end - start, type, isDeclaration ? 1 : 0);
    before = at;
  }
  return numbers;
}

function linesOf(lines: TextLines, token: SemanticToken): SemanticToken[] {
  const parts: SemanticToken[] = [];
  for (let line = lines.lineAt(token.start); line < lines.count && lines.startOf(line) < token.end; line++) {
    const start = Math.max(token.start, lines.startOf(line));
    const end = Math.min(token.end, lines.endOf(line));
    if (end > start) parts.push({ ...token, start, end });
  }
  return parts;
}
