/** Capabilities and settings of a client, from its initialize request. */

import { fileURLToPath } from 'node:url';
import type { InitializeParams } from 'vscode-languageserver/node';

export interface Client {
  readonly takesSnippets: boolean;
  readonly takesLabelOffsets: boolean;
  readonly hoversMarkdown: boolean;
  /** In the documentation of completion items. */
  readonly completesMarkdown: boolean;
  readonly showsDocuments: boolean;
  /** It handles the notification `p4runpro/showText`. */
  readonly showsTexts: boolean;
  /** It answers `workspace/configuration`. */
  readonly hasConfiguration: boolean;
  readonly refreshesHints: boolean;
  readonly refreshesLenses: boolean;
  /** Its `initializationOptions`. */
  readonly settings: unknown;
  /** The base of relative file names: its first workspace folder. */
  readonly folder: string | undefined;
}

export function clientOf({ capabilities, initializationOptions, workspaceFolders, rootUri }: InitializeParams): Client {
  const { textDocument, window, workspace } = capabilities ?? {};
  const options: unknown = initializationOptions;
  const item = textDocument?.completion?.completionItem;
  // A client that lists no formats takes Markdown.
  const takesMarkdown = (formats: readonly string[] | undefined): boolean => formats?.includes('markdown') !== false;
  return {
    takesSnippets: item?.snippetSupport === true,
    takesLabelOffsets:
      textDocument?.signatureHelp?.signatureInformation?.parameterInformation?.labelOffsetSupport === true,
    hoversMarkdown: takesMarkdown(textDocument?.hover?.contentFormat),
    completesMarkdown: takesMarkdown(item?.documentationFormat),
    showsDocuments: window?.showDocument?.support === true,
    showsTexts: typeof options === 'object' && options !== null && 'showText' in options && options.showText === true,
    hasConfiguration: workspace?.configuration === true,
    refreshesHints: workspace?.inlayHint?.refreshSupport === true,
    refreshesLenses: workspace?.codeLens?.refreshSupport === true,
    settings: options,
    folder: folderOf(workspaceFolders?.[0]?.uri ?? rootUri),
  };
}

function folderOf(uri: string | null | undefined): string | undefined {
  if (typeof uri !== 'string' || !uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}
