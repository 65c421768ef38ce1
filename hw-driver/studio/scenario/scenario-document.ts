/** A scenario as JSON but for its packets, and the strict reading of it. */
import {
  BUILT_IN_DATA_PLANES,
  builtInDataPlane,
  type DataPlane,
  DataPlaneError,
  dataPlaneFromDescription,
} from '../../../compiler/index.js';
import type { PacketStore } from '../../../traces/packets/packet-store.js';
import {
  SCENARIO_SCHEMA,
  type Scenario,
  type ScenarioEvent,
  type ScenarioFile,
  type ScenarioView,
  type ScenarioWord,
} from './scenario.js';
import { ScenarioError } from './scenario-error.js';
import { JsonValue } from './strict-json.js';

const MAX_NAME = 1000;
const MAX_TEXT = 4 * 2 ** 20;
const MAX_FILES = 10_000;
const MAX_EVENTS = 1_000_000;
const MAX_VALUES = 2 ** 20;
const MAX_WORD = 2 ** 32 - 1;

/** One that ships is named, with the hash of what it was: scenarios as links are short. */
type DataPlaneDocument = { readonly name: string; readonly hash: string } | { readonly description: object };

/** Everything of a scenario but its packets. */
export interface ScenarioDocument extends Omit<Scenario, 'dataPlane' | 'packets'> {
  readonly schema: typeof SCENARIO_SCHEMA;
  readonly dataPlane: DataPlaneDocument;
}

export function documentOf({ dataPlane, packets: _inBytes, ...others }: Scenario): ScenarioDocument {
  const { name, hash, description } = dataPlane;
  const isShipped = builtInDataPlane(name)?.hash === hash;
  return { schema: SCENARIO_SCHEMA, dataPlane: isShipped ? { name, hash } : { description }, ...others };
}

/**
 * @param json what somebody else wrote
 * @param readPackets called for a document of this version
 * @throws {ScenarioError}
 */
export function scenarioOf(json: unknown, readPackets: () => PacketStore): Scenario {
  requireSchema(json);
  const packets = readPackets();
  const value = new JsonValue(json, 'it').object([
    'schema',
    'title',
    'dataPlane',
    'seed',
    'files',
    'events',
    'ran',
    'view',
  ]);
  const ran = value('ran').whole(0, packets.count);
  const events = value('events').list(MAX_EVENTS, (event) => eventOf(event, packets.count));
  requireOrder(events);
  return {
    title: value('title').text(MAX_NAME),
    dataPlane: dataPlaneOf(value('dataPlane')),
    seed: value('seed').whole(0, MAX_WORD),
    files: value('files').list(MAX_FILES, fileOf),
    events,
    packets,
    ran,
    view: viewOf(value('view'), ran, packets.count),
  };
}

/** First of all, so that a scenario of another version is refused for that, not for what is new in it. */
function requireSchema(json: unknown): void {
  const schema = typeof json === 'object' && json !== null && 'schema' in json ? json.schema : undefined;
  if (schema === SCENARIO_SCHEMA) return;
  if (typeof schema !== 'string' || !schema.startsWith('p4runpro/studio-scenario@')) {
    throw new ScenarioError('not-a-scenario', 'this is no scenario of the studio');
  }
  const found = schema.slice(0, MAX_NAME);
  throw new ScenarioError(
    'other-version',
    `the scenario is of version ${found}, and this studio reads ${SCENARIO_SCHEMA}`,
  );
}

function dataPlaneOf(value: JsonValue): DataPlane {
  const part = value.object([], ['name', 'hash', 'description']);
  if (!part('description').isMissing) return describedDataPlane(part('description'));
  const wanted = part('name').choice(BUILT_IN_DATA_PLANES);
  const found = builtInDataPlane(wanted);
  if (found === undefined || found.hash !== part('hash').text(MAX_NAME)) {
    throw new ScenarioError('other-data-plane', `the scenario is for another version of the data plane ${wanted}`);
  }
  return found;
}

function describedDataPlane(value: JsonValue): DataPlane {
  try {
    return dataPlaneFromDescription(value.raw);
  } catch (error) {
    if (!(error instanceof DataPlaneError)) throw error;
    const [problem] = error.problems;
    throw new ScenarioError('damaged', `the scenario is damaged: its data plane is not valid: ${problem}`);
  }
}

function fileOf(value: JsonValue): ScenarioFile {
  const part = value.object(['name', 'text']);
  return { name: part('name').text(MAX_NAME), text: part('text').text(MAX_TEXT) };
}

const TEXT_OPTIONS = ['recirculations', 'filterPriority'] as const;
const KINDS = ['deploy', 'replace', 'cases', 'revoke', 'write'] as const satisfies readonly ScenarioEvent['kind'][];

function eventOf(value: JsonValue, packets: number): ScenarioEvent {
  const part = value.object(['packet', 'kind', 'program'], [...TEXT_OPTIONS, 'text', 'memory', 'bucket', 'values']);
  const packet = part('packet').whole(0, packets);
  const kind = part('kind').choice(KINDS);
  const program = part('program').text(MAX_NAME);
  switch (kind) {
    case 'deploy':
    case 'replace':
    case 'cases':
      value.object(['packet', 'kind', 'program', 'text'], TEXT_OPTIONS);
      return { packet, kind, program, text: part('text').text(MAX_TEXT), ...textOptionsOf(part) };
    case 'revoke':
      value.object(['packet', 'kind', 'program']);
      return { packet, kind, program };
    case 'write':
      value.object(['packet', 'kind', 'program', 'memory', 'bucket', 'values']);
      return {
        packet,
        kind,
        program,
        memory: part('memory').text(MAX_NAME),
        bucket: part('bucket').whole(0, MAX_WORD),
        values: part('values').list(MAX_VALUES, (word) => word.whole(0, MAX_WORD)),
      };
  }
}

/** What is given of them; whether a data plane has as many, its compiler says. */
function textOptionsOf(part: (key: string) => JsonValue): { recirculations?: number; filterPriority?: number } {
  const [recirculations, filterPriority] = [part('recirculations'), part('filterPriority')];
  return {
    ...(recirculations.isMissing ? {} : { recirculations: recirculations.whole(0, MAX_WORD) }),
    ...(filterPriority.isMissing ? {} : { filterPriority: filterPriority.whole(0, MAX_WORD) }),
  };
}

function requireOrder(events: readonly ScenarioEvent[]): void {
  let last = 0;
  events.forEach(({ packet }, i) => {
    if (packet < last) {
      throw new ScenarioError(
        'damaged',
        `the scenario is damaged: events[${i}] is before packet ${packet}, after one at ${last}`,
      );
    }
    last = packet;
  });
}

function viewOf(value: JsonValue, ran: number, packets: number): ScenarioView {
  const part = value.object(['moment'], ['pane', 'file', 'packet', 'word']);
  const [pane, file, packet, word] = [part('pane'), part('file'), part('packet'), part('word')];
  return {
    moment: part('moment').whole(0, ran),
    ...(pane.isMissing ? {} : { pane: pane.text(MAX_NAME) }),
    ...(file.isMissing ? {} : { file: file.text(MAX_NAME) }),
    ...(packet.isMissing ? {} : { packet: packet.whole(0, Math.max(0, packets - 1)) }),
    ...(word.isMissing ? {} : { word: wordOf(word) }),
  };
}

function wordOf(value: JsonValue): ScenarioWord {
  const part = value.object(['program', 'memory', 'bucket']);
  return {
    program: part('program').text(MAX_NAME),
    memory: part('memory').text(MAX_NAME),
    bucket: part('bucket').whole(0, MAX_WORD),
  };
}
