/** What is wrong with the nodes, ports, links and events of a network file whose form is right. */
import type { Mistake } from './fields.js';
import { nameHint } from './fields.js';
import type { JsonPath } from './json-places.js';
import type { EventEntry, LinkEntry, NetworkFile } from './network-file.js';

/** Ports of a host, from 0. */
const HOST_PORTS = 16;
const SWITCH_PORTS = 512;
const MAX_NODES = 4096;

/** An end of a link: `tor:1`. */
export interface PortName {
  readonly node: string;
  readonly port: number;
}

/** Undefined for a text of another form. */
export function portNameOf(text: string): PortName | undefined {
  const [, node, port] = /^([A-Za-z][\w-]*):(\d{1,3})$/.exec(text) ?? [];
  return node === undefined || port === undefined ? undefined : { node, port: Number(port) };
}

/** Name of a link in events and reports. */
export const linkName = ({ name, between }: LinkEntry): string => name ?? between.join('--');

/** Place of the link that an event names; undefined if there is none. */
export function linkOf({ links = [] }: NetworkFile, named: number | string): number | undefined {
  const place = typeof named === 'number' ? named : links.findIndex((link) => linkName(link) === named);
  return links[place] === undefined ? undefined : place;
}

export const EVENT_KINDS = ['deploy', 'revoke', 'cases', 'linkDown', 'linkUp'] as const;

/** The kind of an event that has one. */
export const kindOf = (event: EventEntry): (typeof EVENT_KINDS)[number] | undefined =>
  EVENT_KINDS.find((kind) => event[kind] !== undefined);

export function topologyMistakes(file: NetworkFile): Mistake[] {
  const { switches, hosts = {}, links = [] } = file;
  const used = new Map<string, JsonPath>();
  const nodes = [...Object.keys(switches), ...Object.keys(hosts)];
  if (nodes.length > MAX_NODES) {
    return [{ path: ['switches'], message: `${nodes.length} nodes, and the maximum is ${MAX_NODES}` }];
  }
  const names = new Set(nodes);
  const linked = new Set(links.flatMap(({ between }) => between.map(hostWithLink)));
  return [
    ...nodeMistakes(file, nodes.length),
    ...links.flatMap((link, n) => linkMistakes(file, link, n, names, used)),
    ...Object.entries(switches).flatMap(([name, entry]) => forwardMistakes(name, entry.forward ?? {})),
    ...Object.keys(switches).flatMap((name) => wayOutMistakes(file, name)),
    ...Object.keys(hosts).flatMap((name) => hostMistakes(file, name, linked)),
    ...eventMistakes(file),
  ];
}

function nodeMistakes({ switches, hosts = {}, links = [] }: NetworkFile, count: number): Mistake[] {
  const both = Object.keys(hosts).filter((name) => Object.hasOwn(switches, name));
  const names = links.map(linkName);
  const first = new Map<string, number>();
  for (const [n, name] of names.entries()) if (!first.has(name)) first.set(name, n);
  const twice = names.flatMap((name, n) => (first.get(name) === n ? [] : [n]));
  const unnamed = names.flatMap((name, n) => (name === '' ? [n] : []));
  return [
    ...(count === 0 ? [{ path: ['switches'], message: 'the network has no nodes', hint: 'add a switch' }] : []),
    ...both.map((name) => ({
      path: ['hosts', name],
      message: `"${name}" is the name of a switch too`,
      hint: 'give each node a name of its own',
    })),
    ...unnamed.map((n) => ({ path: ['links', n, 'name'], message: 'the name is empty', hint: 'leave it out' })),
    ...twice.map((n) => ({
      path: ['links', n],
      message: `another link has the name "${names[n] ?? ''}"`,
      hint: 'give each a name of its own',
    })),
  ];
}

function linkMistakes(
  { switches }: NetworkFile,
  { between }: LinkEntry,
  n: number,
  nodes: ReadonlySet<string>,
  used: Map<string, JsonPath>,
): Mistake[] {
  return between.flatMap((end, side): Mistake[] => {
    const path = ['links', n, 'between', side];
    const named = portNameOf(end);
    if (named === undefined) {
      return [{ path, message: `found "${end}", expected a node and its port`, hint: 'as in "tor:1"' }];
    }
    const { node, port } = named;
    if (!nodes.has(node)) return [{ path, message: `there is no node "${node}"`, hint: nameHint(node, [...nodes]) }];
    const isSwitch = Object.hasOwn(switches, node);
    const ports = isSwitch ? SWITCH_PORTS : HOST_PORTS;
    if (port >= ports) {
      const kind = isSwitch ? 'switch' : 'host';
      return [{ path, message: `there is no port ${port}`, hint: `a ${kind} has ports 0 to ${ports - 1}` }];
    }
    const other = used.get(`${node}:${port}`);
    used.set(`${node}:${port}`, path);
    return other === undefined
      ? []
      : [
          {
            path,
            message: `port ${port} of "${node}" has a link already`,
            hint: `the other one is links[${other[1]}]`,
          },
        ];
  });
}

function forwardMistakes(name: string, forward: Readonly<Record<string, number>>): Mistake[] {
  return Object.keys(forward)
    .filter((port) => Number(port) >= SWITCH_PORTS)
    .map((port) => ({
      path: ['switches', name, 'forward', port],
      message: `there is no port ${port}`,
      hint: `a switch has ports 0 to ${SWITCH_PORTS - 1}`,
    }));
}

/** A switch that forwards nothing and never has a program drops all that comes to it. */
function wayOutMistakes({ switches, events = [] }: NetworkFile, name: string): Mistake[] {
  const { forward = {}, programs = [] } = switches[name] ?? {};
  const isDeployed = events.some(({ on, deploy }) => on === name && deploy !== undefined);
  if (Object.keys(forward).length > 0 || programs.length > 0 || isDeployed) return [];
  return [
    {
      path: ['switches', name],
      message: 'no packet finds a way out of this switch',
      hint: 'give it "programs", or default forwarding as in "forward": {"1": 2}',
    },
  ];
}

/** The host whose port 0 an end of a link may be; an end that is wrong in another way counts too. */
function hostWithLink(end: string): string | undefined {
  const [node] = end.split(':');
  return (portNameOf(end)?.port ?? 0) % HOST_PORTS === 0 ? node : undefined;
}

function hostMistakes({ switches }: NetworkFile, name: string, linked: ReadonlySet<string | undefined>): Mistake[] {
  if (linked.has(name) || Object.hasOwn(switches, name)) return [];
  const link = `{"between": ["${name}:0", "tor:1"], "gigabitsPerSecond": 100, "delayNs": 500}`;
  return [{ path: ['hosts', name], message: 'port 0 of this host has no link', hint: `add one to "links": ${link}` }];
}

function eventMistakes(file: NetworkFile): Mistake[] {
  const { events = [], microseconds } = file;
  const down = new Map<number, boolean>();
  const inOrder = events.map((event, n) => ({ event, n })).sort((a, b) => a.event.atUs - b.event.atUs || a.n - b.n);
  return inOrder.flatMap(({ event, n }) => {
    const path = ['events', n];
    const late: Mistake[] =
      event.atUs > microseconds
        ? [{ path: [...path, 'atUs'], message: `${event.atUs} is after the end of the run, ${microseconds} µs` }]
        : [];
    return [...late, ...eventKindMistakes(file, event, path, down)];
  });
}

function eventKindMistakes(
  file: NetworkFile,
  event: EventEntry,
  path: JsonPath,
  down: Map<number, boolean>,
): Mistake[] {
  const kinds = EVENT_KINDS.filter((kind) => event[kind] !== undefined);
  const kind = kinds[0];
  if (kind === undefined || kinds.length > 1) {
    const found = kinds.length === 0 ? 'none' : kinds.join(' and ');
    return [{ path, message: `an event has exactly one of ${EVENT_KINDS.join(', ')}, and this one has ${found}` }];
  }
  if (kind !== 'linkDown' && kind !== 'linkUp') return onMistakes(file, event, path);
  if (event.on !== undefined) {
    return [{ path: [...path, 'on'], message: `${kind} names its link, and "on" a switch`, hint: 'leave "on" out' }];
  }
  const named = event[kind] ?? '';
  const place = linkOf(file, named);
  const at = [...path, kind];
  if (place === undefined) return [unknownLink(file, named, at)];
  const isDown = down.get(place) ?? false;
  if (isDown === (kind === 'linkDown')) {
    return [{ path: at, message: `the link is ${isDown ? 'down' : 'up'} already at this time` }];
  }
  down.set(place, !isDown);
  return [];
}

function unknownLink({ links = [] }: NetworkFile, named: number | string, path: JsonPath): Mistake {
  if (typeof named === 'string') {
    return { path, message: `there is no link "${named}"`, hint: nameHint(named, links.map(linkName)) };
  }
  const hint = links.length === 0 ? 'there are no links' : `links have the places 0 to ${links.length - 1}`;
  return { path, message: `there is no link ${named}`, hint };
}

function onMistakes({ switches }: NetworkFile, { on }: EventEntry, path: JsonPath): Mistake[] {
  const names = Object.keys(switches);
  if (on === undefined) return [{ path, message: '"on" is missing', hint: `it names the switch: ${names.join(', ')}` }];
  if (Object.hasOwn(switches, on)) return [];
  return [{ path: [...path, 'on'], message: `there is no switch "${on}"`, hint: nameHint(on, names) }];
}
