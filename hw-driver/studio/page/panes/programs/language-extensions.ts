/** What the language service says of the text in the editor: findings, hover, completion, format. */
import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  type Completion as EditorCompletion,
  snippet,
} from '@codemirror/autocomplete';
import { type Diagnostic, linter } from '@codemirror/lint';
import type { Extension } from '@codemirror/state';
import { type EditorView, hoverTooltip, type Tooltip } from '@codemirror/view';
import type { CompletionItem, HoverArticle } from '../../../../../compiler/service/index.js';
import type { FindingWithFixes } from '../../../language/protocol.js';
import { askLanguage } from '../../language-client.js';
import { articleElement } from './article-element.js';

/** After the last key. */
const FINDINGS_DELAY_MS = 120;

function diagnosticOf({ range, severity, message, hint, fixes }: FindingWithFixes): Diagnostic {
  return {
    from: range.start,
    to: range.end,
    severity,
    message: hint === undefined ? message : `${message}\n${hint}`,
    actions: fixes.map(({ title, edit }) => ({
      name: title,
      apply: (view) => view.dispatch({ changes: { from: edit.start, to: edit.end, insert: edit.newText } }),
    })),
  };
}

/** @param onFindings what the pane shows of them: called for each version of the text that was looked at */
const findings = (onFindings: (text: string, found: readonly FindingWithFixes[]) => void): Extension =>
  linter(
    async ({ state }) => {
      const text = state.doc.toString();
      const found = await askLanguage('findings', { text });
      onFindings(text, found);
      return found.map(diagnosticOf);
    },
    { delay: FINDINGS_DELAY_MS },
  );

const hover = hoverTooltip(async ({ state }, offset): Promise<Tooltip | null> => {
  const found = await askLanguage('hover', { text: state.doc.toString(), offset });
  if (found === null) return null;
  return { pos: found.range.start, end: found.range.end, create: () => ({ dom: articleElement(found) }) };
});

const ICONS: Readonly<Record<CompletionItem['kind'], string>> = {
  keyword: 'keyword',
  primitive: 'function',
  field: 'property',
  register: 'variable',
  memory: 'class',
  value: 'constant',
  snippet: 'text',
};

/** The place where typing goes on has no number in templates of CodeMirror. */
const templateOf = (insert: string): string => insert.replaceAll('$0', `\${}`);

function optionOf({ label, kind, detail, insert, isSnippet }: CompletionItem, rank: number): EditorCompletion {
  const isWord = kind === 'primitive' || kind === 'field' || kind === 'register' || kind === 'keyword';
  return {
    label,
    detail,
    type: ICONS[kind],
    apply: isSnippet ? snippet(templateOf(insert)) : insert,
    boost: -Math.min(rank, 99),
    ...(isWord ? { info: () => articleOf(label) } : {}),
  };
}

async function articleOf(word: string): Promise<HTMLElement | null> {
  const article: HoverArticle | null = await askLanguage('article', { word });
  return article === null ? null : articleElement(article);
}

async function completions({ state, pos, explicit }: CompletionContext): Promise<CompletionResult | null> {
  const { range, items } = await askLanguage('completion', { text: state.doc.toString(), offset: pos });
  if (items.length === 0 || (!explicit && range.start === pos)) return null;
  return { from: range.start, to: range.end, options: items.map(optionOf), validFor: /^[\w.]*$/ };
}

/** Puts the text into the form that `p4runpro` prints. @returns a sentence where it cannot */
export async function formatText(view: EditorView): Promise<void> {
  const text = view.state.doc.toString();
  const edits = await askLanguage('formatting', { text });
  if (view.state.doc.toString() !== text) return;
  view.dispatch({ changes: edits.map(({ start, end, newText }) => ({ from: start, to: end, insert: newText })) });
}

/** All but the format, which a command asks for. */
export const languageExtensions = (
  onFindings: (text: string, found: readonly FindingWithFixes[]) => void,
): Extension => [findings(onFindings), hover, autocompletion({ override: [completions], icons: false })];
