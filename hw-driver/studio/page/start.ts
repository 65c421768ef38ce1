/** Loads what the page was started with, from its server. */
import { START_PATH, type StartDocument } from '../server/start-document.js';
import { startWith } from './panes/programs/files.js';
import { notify } from './shell/notices.js';

const isStart = (document: unknown): document is StartDocument =>
  typeof document === 'object' &&
  document !== null &&
  'schema' in document &&
  document.schema === 'p4runpro/studio-start@1';

/** The start document. @throws where the server does not answer, or with another document */
async function startDocument(): Promise<StartDocument> {
  const response = await fetch(START_PATH);
  if (!response.ok) throw new Error(`${START_PATH}: ${response.status} ${response.statusText}`);
  const document: unknown = await response.json();
  if (!isStart(document)) throw new Error(`${START_PATH} is of another version of the studio: load the page again`);
  return document;
}

/** Opens the files that the page was started with. */
export async function start(): Promise<void> {
  try {
    const { programs } = await startDocument();
    startWith(programs);
  } catch (error) {
    notify('error', `The files of the command line are not there: ${error instanceof Error ? error.message : error}`);
  }
}
