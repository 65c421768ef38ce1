/** What a client can do, and what it sets, as it says in its initialization. */

import { fileURLToPath } from 'node:url';
import type { InitializeParams } from 'vscode-languageserver/node';

export interface Client {
  readonly takesSnippets: boolean;
  readonly takesLabelOffsets: boolean;
  readonly hoversMarkdown: boolean;
  /** In the documentation of completion items. */
  readonly completesMarkdown: boolean;
  readonly showsDocuments: boolean;
  /** It knows our notification for texts. */
  readonly showsTexts: boolean;
  /** It can be asked for its configuration. */
  readonly hasConfiguration: boolean;
  readonly refreshesHints: boolean;
  readonly refreshesLenses: boolean;
  /** The settings of its initialization. */
  readonly settings: unknown;
  /** What names of files are relative to: the first of its folders on this machine. */
  readonly folder: string | undefined;
}

export function clientOf({ capabilities, initializationOptions, workspaceFolders, rootUri }: InitializeParams): Client {
  const { textDocument, window, workspace } = capabilities ?? {};
  const options: unknown = initializationOptions;
  const item = textDocument?.completion?.completionItem;
  // A client that says nothing of it takes Markdown, as all did before the formats were told apart.
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
