/** The network file: its fields, with their units and meanings, and its JSON schema (docs/network.schema.json). */
import { type Field, schemaOf } from './fields.js';

export const NETWORK_SCHEMA = 'p4runpro-bench/network@1';

/** A network as its file has it. */
export interface NetworkFile {
  readonly schema: typeof NETWORK_SCHEMA;
  readonly seed?: string;
  readonly switches: Readonly<Record<string, SwitchEntry>>;
  readonly hosts?: Readonly<Record<string, HostEntry>>;
  readonly links?: readonly LinkEntry[];
  readonly events?: readonly EventEntry[];
  readonly operationsPerSecond?: number;
  readonly microseconds: number;
}

export interface SwitchEntry {
  readonly dataplane?: string;
  /** Several in a row, as one node. */
  readonly switches?: number;
  readonly betweenSwitchesNs?: number;
  readonly programs?: readonly string[];
  readonly recirculations?: number;
  readonly memory?: Readonly<Record<string, readonly number[]>>;
  readonly forward?: Readonly<Record<string, number>>;
  readonly groups?: Readonly<Record<string, readonly number[]>>;
  /** From outside of the network. */
  readonly receive?: readonly string[];
  readonly portGigabitsPerSecond?: number;
  readonly recirculationGigabitsPerSecond?: number;
  readonly bufferBytes?: number;
}

export interface HostEntry {
  readonly send?: readonly string[];
  readonly answer?: string;
  readonly address?: string;
}

export interface LinkEntry {
  readonly name?: string;
  readonly between: readonly string[];
  readonly gigabitsPerSecond: number;
  readonly delayNs: number;
  readonly queueBytes?: number;
  readonly lossPerMillion?: number;
}

export interface EventEntry {
  readonly atUs: number;
  readonly on?: string;
  readonly deploy?: string;
  readonly revoke?: string;
  readonly cases?: string;
  readonly linkDown?: number | string;
  readonly linkUp?: number | string;
}

export const DEFAULT_OPERATIONS_PER_SECOND = 10_000;
export const DEFAULT_LINK_QUEUE_BYTES = 200_000;
export const DEFAULT_NETWORK_SEED = '1';

const MAX_US = 9e9;
const MAX_BYTES = 2 ** 32;
const MAX_GBPS = 10_000;
const MAX_PORT = 511;
const WORD = 2 ** 32 - 1;
const MAX_IN_A_ROW = 16;

const text = (about: string): Field => ({ type: 'text', about });
const amount = (about: string, least: number, most: number): Field => ({
  type: 'number',
  whole: false,
  least,
  most,
  about,
});
const whole = (about: string, least: number, most: number): Field => ({
  type: 'number',
  whole: true,
  least,
  most,
  about,
});
const list = (items: Field, about: string): Field => ({ type: 'list', items, about });
const table = (values: Field, names: RegExp, namesText: string, about: string): Field => ({
  type: 'table',
  values,
  names,
  namesText,
  about,
});

const NAME = /^[A-Za-z][\w-]*$/;
const NAME_TEXT = 'a name: a letter, then letters, digits, _ and -';
const PORT_NAME = /^\d{1,3}$/;
const MEMORY_NAME = /^\w+\.\w+$/;
const GBPS = (about: string): Field => amount(about, 0.001, MAX_GBPS);
const LINK: Field = {
  type: 'either',
  of: [whole('Place of the link in "links", from 0', 0, 1e6), text('Its name')],
  about: 'A link, by its place in "links" from 0, or by its name',
};

const SWITCH: Field = {
  type: 'object',
  required: {},
  optional: {
    dataplane: text('Name of a data plane, or a JSON file with its description; default: default'),
    switches: whole('Number of switches in a row, which run programs together; default: 1', 1, MAX_IN_A_ROW),
    betweenSwitchesNs: amount('From each of the switches in a row to the next; default: 0', 0, 1e9),
    programs: list(text('A .p4runpro file, from the folder of this file'), 'Programs, deployed in this order'),
    recirculations: whole('Maximum recirculations of a program; default: 1', 0, 255),
    memory: table(
      list(whole('A word', 0, WORD), 'Words from the first bucket on'),
      MEMORY_NAME,
      'a program and its memory, as in cache.value',
      'Contents of memories before the first packet, by program and memory; other words are 0',
    ),
    forward: table(
      whole('The port to leave by', 0, MAX_PORT),
      PORT_NAME,
      'a port number',
      'Default forwarding: where packets of a port go that no program forwards',
    ),
    groups: table(
      list(whole('A port', 0, MAX_PORT), 'The ports that get copies'),
      /^\d{1,5}$/,
      'the number of a group',
      'Groups of MULTICAST by number',
    ),
    receive: list(
      text('Traffic, as a host sends it'),
      'Packets from outside of the network, which come to the ports that the traffic names',
    ),
    portGigabitsPerSecond: GBPS('Rate of ports without a link; default: of the data plane'),
    recirculationGigabitsPerSecond: GBPS('Rate of the recirculation port; default: of the data plane'),
    bufferBytes: whole('Buffer that all queues share; default: of the data plane', 1, MAX_BYTES),
  },
};

const HOST: Field = {
  type: 'object',
  required: {},
  optional: {
    send: list(
      text('A traffic source with its parameters, or a capture file'),
      'What it sends: cache:rate=200000,hitrate=0.9 or trace.pcapng',
    ),
    answer: text('How it answers: sink (default), echo, key-value with its parameters, or a module of your own'),
    address: text('Its IPv4 address, from which it sends; default: that of the traffic'),
  },
};

const LINK_ENTRY: Field = {
  type: 'object',
  required: {
    between: { type: 'list', items: text('A node and its port, as in tor:1'), length: 2, about: 'Its two ends' },
    gigabitsPerSecond: GBPS('Rate in each direction'),
    delayNs: amount('From end to end', 0.001, 1e9),
  },
  optional: {
    name: text('Its name, for events and reports; default: its ends'),
    queueBytes: whole(
      `Packets that wait for the line at either end; default: ${DEFAULT_LINK_QUEUE_BYTES.toLocaleString('en-US')}`,
      0,
      MAX_BYTES,
    ),
    lossPerMillion: amount('Chance of a packet to be lost, in millionths; default: 0', 0, 1e6),
  },
};

const EVENT: Field = {
  type: 'object',
  required: { atUs: amount('When, after the start', 0, MAX_US) },
  optional: {
    on: text('The switch of deploy, revoke and cases'),
    deploy: text('A .p4runpro file to deploy'),
    revoke: text('The program to revoke'),
    cases: text('A file with the text of a running program with other cases'),
    linkDown: LINK,
    linkUp: LINK,
  },
};

export const NETWORK_FIELDS: Field = {
  type: 'object',
  required: {
    schema: { type: 'constant', value: NETWORK_SCHEMA, about: 'The version of this format' },
    switches: table(SWITCH, NAME, NAME_TEXT, 'Switches by name'),
    microseconds: amount('Virtual time of the run', 0.001, MAX_US),
  },
  optional: {
    $schema: text('This schema, for editors'),
    seed: text(`Seed of traffic, losses and RANDOM; default: ${DEFAULT_NETWORK_SEED}`),
    hosts: table(HOST, NAME, NAME_TEXT, 'Hosts by name'),
    links: list(LINK_ENTRY, 'Links; a port has at most one'),
    events: list(EVENT, 'What changes while packets run'),
    operationsPerSecond: amount(
      `Rate at which the control plane changes entries; default: ${DEFAULT_OPERATIONS_PER_SECOND.toLocaleString('en-US')}`,
      1,
      1e9,
    ),
  },
};

/** The schema of a network file. */
export const networkSchema = () => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A network of emulated switches, hosts and links, for bench network and p4runpro serve --network',
  ...schemaOf(NETWORK_FIELDS),
});
