/** Opens the session with what the page was started with. */
import { START_PATH, type StartDocument, TRACE_PATH } from '../server/start-document.js';
import { setLanguageDataPlane } from './language-client.js';
import { startWith } from './panes/programs/files.js';
import { setTitle } from './panes/share/share-pane.js';
import { bytesOfText, embeddedScenario, linkedScenario, openScenario } from './state/scenario.js';
import { askSession } from './state/session-client.js';
import { addPackets, makeEvent, openSession, tell, working } from './state/studio.js';

const isStart = (document: unknown): document is StartDocument =>
  typeof document === 'object' &&
  document !== null &&
  'schema' in document &&
  document.schema === 'p4runpro/studio-start@1';

/** A file of the server. @throws a sentence */
async function fetched(path: string): Promise<Response> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`The server of the page has no ${path}: ${await response.text()}`);
  return response;
}

/** @throws where the server does not answer, or with another document */
async function startDocument(): Promise<StartDocument> {
  const document: unknown = await (await fetched(START_PATH)).json();
  if (!isStart(document)) throw new Error('The server is of another version than the page: load the page again.');
  return document;
}

/** Deploys all programs of the named files before the first packet; a text with errors is left to the editor. */
async function deployAll(texts: StartDocument['programs']): Promise<void> {
  for (const { text } of texts) {
    const { programs } = await askSession('check-text', { text });
    for (const program of programs) await makeEvent({ packet: 0, kind: 'deploy', program, text });
  }
}

/** The data plane of a page whose scenario is none. */
const FALL_BACK = 'default';

/** Opens a scenario by its text. @returns false if it is none, which is said */
async function openedScenario(text: string): Promise<boolean> {
  try {
    const title = await openScenario(bytesOfText(text));
    if (title !== undefined) setTitle(title);
    return title !== undefined;
  } catch (error) {
    tell(error);
    return false;
  }
}

/** A link that is put into the address of an open page opens its scenario too; if it is none, what was there stays. */
function followLinks(): void {
  addEventListener('hashchange', () => {
    const linked = linkedScenario();
    if (linked !== undefined) void openedScenario(linked);
  });
}

/** Opens the switch; deploys the named programs, and runs the packets of the named capture. */
export async function start(): Promise<void> {
  followLinks();
  await working('Opening', async () => {
    // A link to an exported page has what was changed after its export.
    for (const scenario of [linkedScenario(), embeddedScenario()]) {
      if (scenario !== undefined && (await openedScenario(scenario))) return;
    }
    if (embeddedScenario() !== undefined) {
      await Promise.all([setLanguageDataPlane(FALL_BACK), openSession(FALL_BACK)]);
      return;
    }
    const { dataPlane, programs, trace } = await startDocument();
    startWith(programs);
    await Promise.all([setLanguageDataPlane(dataPlane), openSession(dataPlane)]);
    await deployAll(programs);
    if (trace === undefined) return;
    const blob = await (await fetched(TRACE_PATH)).blob();
    await addPackets({ kind: 'capture', name: trace.name, blob });
  });
}
