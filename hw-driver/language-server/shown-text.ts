/** Shows longer texts, such as explanations, in the way that the client supports. */
import { type Connection, MessageType, ShowMessageNotification } from 'vscode-languageserver/node';
import type { ServerHost } from './host.js';

/** A notification beyond the protocol, sent to clients that set `showText` in their initialization options. */
export const SHOW_TEXT = 'p4runpro/showText';

export interface TextDisplay {
  /** @param name a file name for the text */
  show(name: string, text: string): Promise<void>;
}

/** The way to show texts: the notification, a file that the client opens, or a message. */
export function textDisplay(
  connection: Connection,
  host: ServerHost,
  takes: { readonly showText: boolean; readonly showDocument: boolean },
): TextDisplay {
  if (takes.showText) {
    return { show: (name, text) => connection.sendNotification(SHOW_TEXT, { name, text }) };
  }
  if (takes.showDocument) {
    return {
      show: async (name, text) => {
        await connection.window.showDocument({ uri: host.keepText(name, text), takeFocus: true });
      },
    };
  }
  return { show: (_, text) => say(connection, MessageType.Info, text) };
}

/** Shows a message to the user. */
export const say = (connection: Connection, type: MessageType, message: string): Promise<void> =>
  connection.sendNotification(ShowMessageNotification.type, { type, message });
