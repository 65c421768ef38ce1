/** Scenarios: what the page shows as data, and a page of such data. */
import { batch } from '@preact/signals';
import { must } from '../../../../compiler/data-plane/must.js';
import { EMBEDDED, exportedPage, PAGE_TEXT_FILES, type PageTexts, scenarioTextIn } from '../../export/exported-page.js';
import { base64UrlOf, bytesOfBase64Url } from '../../scenario/base64url.js';
import type { ScenarioView } from '../../session/protocol.js';
import index from '../index.html';
import { setLanguageDataPlane } from '../language-client.js';
import { files, openedFile, openFile, startWith } from '../panes/programs/files.js';
import { PANE_IDS } from '../shell/pane.js';
import { currentPane } from '../shell/view.js';
import { reveal, selectedWord } from './places.js';
import { askSession } from './session-client.js';
import { goTo, moment, useSession, working } from './studio.js';

/** Links of more characters are cut by programs that pass them on. */
export const MAX_LINK_CHARACTERS = 32_000;
/** In front of a scenario in the fragment of an address. */
export const LINK_PREFIX = '#scenario=';
/** An exported page has this size at most; a larger file is none. */
const MAX_FILE_BYTES = 2 ** 30;

function viewNow(): ScenarioView {
  const word = selectedWord.value;
  return {
    moment: moment.value,
    pane: currentPane.value,
    file: openedFile.value.name,
    ...(word === undefined ? {} : { word: { program: word.program, memory: word.memory, bucket: word.bucket } }),
  };
}

/** The text of what the page shows. */
export async function scenarioText(title: string): Promise<string> {
  const texts = files.value.map(({ name, text }) => ({ name, text }));
  const { bytes } = await askSession('pack-scenario', { title, files: texts, view: viewNow() });
  return base64UrlOf(bytes);
}

/** Opens a scenario in place of what is there. @returns its title; undefined if it could not be opened, which is said */
export async function openScenario(bytes: Uint8Array): Promise<string | undefined> {
  const scenario = await working('Opening the scenario', (options) => askSession('open-scenario', { bytes }, options));
  if (scenario === undefined) return undefined;
  const { opened, dataPlane, timeline, view, title } = scenario;
  await setLanguageDataPlane(dataPlane);
  batch(() => {
    useSession(opened, timeline);
    if (scenario.files.length > 0) startWith(scenario.files);
    selectedWord.value = view.word;
    goTo(view.moment);
  });
  const file = files.value.find(({ name }) => name === view.file);
  if (file !== undefined) openFile(file.id);
  const id = PANE_IDS.find((each) => each === view.pane);
  if (id !== undefined) reveal(id);
  return title;
}

/** @throws a sentence for a text that is none */
export function bytesOfText(text: string): Uint8Array {
  const bytes = bytesOfBase64Url(text);
  if (bytes === undefined) throw new Error('This is no scenario of the studio.');
  return bytes;
}

/** Opens a file that the page exported. @throws a sentence for a file that is none */
export async function openScenarioFile(file: File): Promise<string | undefined> {
  if (file.size > MAX_FILE_BYTES) throw new Error(`${file.name} is too large: it is no scenario of the studio.`);
  const text = scenarioTextIn(await file.text());
  if (text === undefined) throw new Error(`${file.name} is no page that the studio exported.`);
  return openScenario(bytesOfText(text));
}

/** The text of an element of an exported page. */
const embedded = (id: string): string | undefined => document.getElementById(id)?.textContent ?? undefined;

/** The scenario that this page was exported with. */
export const embeddedScenario = (): string | undefined => embedded(EMBEDDED.scenario);

/** The scenario in the address. */
export const linkedScenario = (): string | undefined =>
  location.hash.startsWith(LINK_PREFIX) ? location.hash.slice(LINK_PREFIX.length) : undefined;

/** The files of this page: from its server, or, of an exported one, from itself. */
async function pageTexts(): Promise<PageTexts> {
  const [script, worker, licences] = [EMBEDDED.script, EMBEDDED.worker, EMBEDDED.licences].map(embedded);
  if (script !== undefined && worker !== undefined && licences !== undefined) {
    // By its id: the editor puts styles of its own in front of it.
    const style = must(embedded(EMBEDDED.style), 'style of the page');
    return { index, script, worker, style, licences };
  }
  const textOf = async (name: string): Promise<string> => {
    const response = await fetch(name);
    if (!response.ok) throw new Error(`The server of the page has no ${name}.`);
    return response.text();
  };
  const names = PAGE_TEXT_FILES;
  return {
    index,
    script: await textOf(names.script),
    worker: await textOf(names.worker),
    style: await textOf(names.style),
    licences: await textOf(names.licences),
  };
}

/** The address of the licences of the libraries in the page. */
export function licencesAddress(): string {
  const text = embedded(EMBEDDED.licences);
  return text === undefined ? PAGE_TEXT_FILES.licences : URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
}

/** One HTML file of what the page shows. */
export async function exportedFile(title: string): Promise<string> {
  const [texts, scenario] = await Promise.all([pageTexts(), scenarioText(title)]);
  return exportedPage(texts, scenario, title);
}
