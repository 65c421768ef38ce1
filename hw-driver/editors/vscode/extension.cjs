/** P4runpro in VS Code: starts the language server, restarts it where its command changes, shows the texts that it sends. */
'use strict';
const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

const SECTION = 'p4runpro';
/** Explanations and verifications are documents that nobody saves. */
const SCHEME = 'p4runpro-text';

/** @type {LanguageClient | undefined} */
let client;
/** Texts by the paths of their URIs. @type {Map<string, string>} */
const texts = new Map();
const textChanged = new vscode.EventEmitter();

/** @param {vscode.ExtensionContext} context */
async function activate(context) {
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: textChanged.event,
      provideTextDocumentContent: ({ path }) => texts.get(path) ?? '',
    }),
    vscode.commands.registerCommand('p4runpro.restart', restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(`${SECTION}.command`)) return restart();
      if (change.affectsConfiguration(SECTION))
        client?.sendNotification('workspace/didChangeConfiguration', settings());
    }),
  );
  await start();
}

const deactivate = () => client?.stop();

async function restart() {
  await client?.stop();
  await start();
}

async function start() {
  const configuration = vscode.workspace.getConfiguration(SECTION);
  const [command, ...args] = configuration.get('command', []);
  const cwd = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  // On Windows, npx is a script.
  const server = { command, args, options: { cwd, shell: process.platform === 'win32' } };
  client = new LanguageClient(SECTION, 'P4runpro', server, {
    documentSelector: [{ language: 'p4runpro' }],
    initializationOptions: { ...settings().settings[SECTION], showText: true },
  });
  client.onNotification('p4runpro/showText', showText);
  try {
    await client.start();
  } catch (error) {
    const words = [command, ...args].join(' ');
    vscode.window.showErrorMessage(
      `The P4runpro language server does not start by '${words}' (setting p4runpro.command): ${error.message}`,
    );
  }
}

/** What the server is told, as the protocol wants it. */
function settings() {
  const configuration = vscode.workspace.getConfiguration(SECTION);
  const keys = ['dataplane', 'recirculations', 'allocator', 'state'];
  return { settings: { [SECTION]: Object.fromEntries(keys.map((key) => [key, configuration.get(key)])) } };
}

/** @param {{ name: string, text: string }} shown */
async function showText({ name, text }) {
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}` });
  texts.set(uri.path, text);
  textChanged.fire(uri);
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
}

module.exports = { activate, deactivate };
