/** Longer texts, as explanations, in the client's window: as the client can show them. */
import { type Connection, MessageType, ShowMessageNotification } from 'vscode-languageserver/node';
import type { ServerHost } from './host.js';

/** A notification of our own, to clients that set `showText` in their initialization options. */
export const SHOW_TEXT = 'p4runpro/showText';

export interface TextDisplay {
  /** @param name of the text, usable as the name of a file */
  show(name: string, text: string): Promise<void>;
}

/** How a client shows texts: by our notification, as a file that it opens, or as a message. */
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

/** A message to the user, who is asked nothing. */
export const say = (connection: Connection, type: MessageType, message: string): Promise<void> =>
  connection.sendNotification(ShowMessageNotification.type, { type, message });
