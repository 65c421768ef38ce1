/** Plans a network of a file: programs are compiled and placed, traffic and types of hosts are read. */
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { parseInteger } from '../../compiler/index.js';
import {
  DEFAULT_LINK_QUEUE_BYTES,
  DEFAULT_NETWORK_SEED,
  DEFAULT_OPERATIONS_PER_SECOND,
  type HostEntry,
  linkName,
  linkOf,
  type Mistake,
  mistakesError,
  type NetworkFile,
  type PlannedChange,
  PlannedSwitch,
  portNameOf,
  type ReadNetwork,
  type SwitchEntry,
} from '../../hw-driver/network/index.js';
import {
  type EngineName,
  PS_PER_NS,
  PS_PER_SECOND,
  seedOfText,
  type TimedSwitchOptions,
  timedSwitchOptions,
} from '../../sim/index.js';
import type { LinkSpec, Outage } from '../../sim/network/index.js';
import { packOperations } from '../../sim/pipeline/parallel/packed-operations.js';
import { CaptureError } from '../../traces/captures/capture-error.js';
import { openCapture } from '../../traces/captures/open-capture.js';
import { isProblem, type TextProblem } from '../workloads/source-text.js';
import { type Answering, answeringFromText } from './hosts/index.js';
import type { HostPlan, NetworkPlan, PlannedUpdate, SwitchPlan } from './network-plan.js';
import { type TrafficSpec, trafficFromText } from './traffic-spec.js';

const PS_PER_US = 1e6;
const RELATIVE_PATHS = 'paths are relative to this file';
const BITS_PER_GIGABIT = 1e9;

export interface PlanningOptions {
  readonly engine: EngineName;
  readonly intervalNs: number;
  /** Places of links whose packets are captured. */
  readonly captured?: NetworkPlan['captured'];
  readonly followed?: NetworkPlan['followed'];
}

/** @throws {NetworkError} with all mistakes */
export async function planNetwork(read: ReadNetwork, options: PlanningOptions): Promise<NetworkPlan> {
  const { file } = read;
  const planner = new Planner(read, options);
  const switches: SwitchPlan[] = [];
  for (const [name, entry] of Object.entries(file.switches)) switches.push(await planner.switch(name, entry));
  const hosts: HostPlan[] = [];
  for (const [name, entry] of Object.entries(file.hosts ?? {})) hosts.push(await planner.host(name, entry));
  if (planner.mistakes.length > 0) throw mistakesError(read.path, read.places, planner.mistakes);
  return {
    nodes: [...switches, ...hosts],
    links: planner.links,
    endPs: Math.round(file.microseconds * PS_PER_US),
    seed: seedOfText(planner.seed),
    intervalNs: options.intervalNs,
    followed: options.followed ?? [],
    captured: options.captured ?? [],
  };
}

/** Numbers of the nodes of a file by name: switches first. */
export const nodeNumbers = ({ switches, hosts = {} }: NetworkFile): ReadonlyMap<string, number> =>
  new Map([...Object.keys(switches), ...Object.keys(hosts)].map((name, number) => [name, number]));

class Planner {
  readonly mistakes: Mistake[] = [];
  readonly links: readonly LinkSpec[];
  readonly seed: string;
  private readonly file: NetworkFile;

  constructor(
    private readonly read: ReadNetwork,
    private readonly options: PlanningOptions,
  ) {
    this.file = read.file;
    this.seed = read.file.seed ?? DEFAULT_NETWORK_SEED;
    this.links = linkSpecs(read.file);
  }

  async switch(name: string, entry: SwitchEntry): Promise<SwitchPlan> {
    const planned = await PlannedSwitch.of(name, entry, this.read);
    // Packed before updates change the controller's books.
    const start = planned.start;
    const programs = new Map<number, string>();
    const noteNames = (): void => {
      for (const [program, { compiled }] of planned.controller.state.programs)
        programs.set(compiled.programId, program);
    };
    noteNames();
    const memories = [...planned.controller.state.programs].flatMap(([program, { compiled }]) =>
      compiled.memories.map(({ name: memory, rpb, base, buckets }) => ({ program, memory, rpb, base, buckets })),
    );
    const updates = await this.updates(name, planned, noteNames);
    this.mistakes.push(...planned.mistakes);
    const { operationsPerSecond = DEFAULT_OPERATIONS_PER_SECOND } = this.file;
    return {
      kind: 'switch',
      name,
      description: planned.dataPlane.description,
      switches: planned.dataPlane.switches,
      betweenSwitchesNs: entry.betweenSwitchesNs ?? 0,
      engine: this.options.engine,
      seed: seedOfText(`${this.seed}/${name}`),
      operations: packOperations(start.operations),
      memory: start.memory,
      timing: this.timing(name, entry, planned),
      updates,
      psPerOperation: Math.round(PS_PER_SECOND / operationsPerSecond),
      receive: await this.traffic(entry.receive ?? [], ['switches', name, 'receive']),
      programs,
      memories,
    };
  }

  private async updates(name: string, planned: PlannedSwitch, onChange: () => void): Promise<PlannedUpdate[]> {
    const { events = [] } = this.file;
    const own = events.map((event, n) => ({ event, n })).filter(({ event }) => event.on === name);
    own.sort((a, b) => a.event.atUs - b.event.atUs || a.n - b.n);
    const updates: PlannedUpdate[] = [];
    for (const { event, n } of own) {
      const change: (PlannedChange & { readonly name: string }) | undefined = await planned.update(event, [
        'events',
        n,
      ]);
      onChange();
      if (change === undefined) continue;
      const { operations, memory } = change;
      const atPs = Math.round(event.atUs * PS_PER_US);
      updates.push({ name: change.name, atPs, memory, operations: packOperations(operations) });
    }
    return updates;
  }

  private timing(name: string, entry: SwitchEntry, { dataPlane }: PlannedSwitch): TimedSwitchOptions {
    const own = timedSwitchOptions(dataPlane);
    const { portGigabitsPerSecond, recirculationGigabitsPerSecond, bufferBytes = own.bufferBytes } = entry;
    const bits = (gigabits: number | undefined, otherwise: number): number =>
      gigabits === undefined ? otherwise : Math.round(gigabits * BITS_PER_GIGABIT);
    const number = nodeNumbers(this.file).get(name);
    const ports = this.links.flatMap(({ ends, bitsPerSecond, queueBytes }) =>
      ends.flatMap(({ node, port }) => (node === number ? [[port, { bitsPerSecond, queueBytes }] as const] : [])),
    );
    return {
      ...own,
      portBitsPerSecond: bits(portGigabitsPerSecond, own.portBitsPerSecond),
      recirculationBitsPerSecond: bits(recirculationGigabitsPerSecond, own.recirculationBitsPerSecond),
      bufferBytes,
      queueBytes: bufferBytes,
      ...(ports.length === 0 ? {} : { ownPorts: new Map(ports) }),
    };
  }

  async host(name: string, entry: HostEntry): Promise<HostPlan> {
    const path = ['hosts', name];
    const answer = this.taken(answeringFromText(entry.answer ?? 'sink'), [...path, 'answer']);
    return {
      kind: 'host',
      name,
      seed: `${this.seed}/${name}`,
      send: await this.traffic(entry.send ?? [], [...path, 'send']),
      answer: answer === undefined ? { type: 'sink', values: {} } : this.inFolder(answer, [...path, 'answer']),
      address: this.address(entry.address, [...path, 'address']),
    };
  }

  private inFolder(answer: Answering, path: Mistake['path']): Answering {
    if (!('module' in answer)) return answer;
    const module = isAbsolute(answer.module) ? answer.module : join(this.read.folder, answer.module);
    if (!existsSync(module)) {
      this.mistakes.push({ path, message: `${answer.module}: no such file`, hint: RELATIVE_PATHS });
    }
    return { module };
  }

  private address(text: string | undefined, path: readonly string[]): number | undefined {
    if (text === undefined) return undefined;
    const address = /^\d+(\.\d+){3}$/.test(text) ? parseInteger(text) : undefined;
    if (address === undefined) {
      this.mistakes.push({ path, message: `found "${text}", expected an IPv4 address`, hint: 'as in "10.0.1.1"' });
    }
    return address;
  }

  /** Generated traffic, or one capture: their times would have to be merged. */
  private async traffic(texts: readonly string[], path: readonly string[]): Promise<TrafficSpec[]> {
    const specs: TrafficSpec[] = [];
    for (const [n, text] of texts.entries()) {
      const spec = this.taken(trafficFromText(text, this.read.folder), [...path, n]);
      if (spec?.kind === 'capture') await this.capture(text, spec.path, [...path, n]);
      if (spec !== undefined) specs.push(spec);
    }
    const captures = specs.filter(({ kind }) => kind === 'capture').length;
    if (captures > 1 || (captures === 1 && specs.length > 1)) {
      this.mistakes.push({
        path,
        message: 'a capture cannot be combined with other traffic of one node',
        hint: 'merge it with mergecap, or give each a node of its own',
      });
    }
    return specs;
  }

  /** @param text that names the file */
  private async capture(text: string, file: string, path: Mistake['path']): Promise<void> {
    try {
      await (await openCapture(file)).close();
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      const hint = error.code === 'unreadable' ? { hint: RELATIVE_PATHS } : {};
      this.mistakes.push({ path, message: error.message.replaceAll(file, text), ...hint });
    }
  }

  /** What was read; undefined where the text is wrong. */
  private taken<Read extends object>(read: Read | TextProblem, path: Mistake['path']): Read | undefined {
    if (!isProblem(read)) return read;
    this.mistakes.push({ path, message: read.problem });
    return undefined;
  }
}

function linkSpecs(file: NetworkFile): LinkSpec[] {
  const numbers = nodeNumbers(file);
  const endOf = (text: string): LinkSpec['ends'][number] => {
    const named = portNameOf(text);
    const node = named === undefined ? undefined : numbers.get(named.node);
    if (named === undefined || node === undefined) throw new Error(`a network that was read has the link end ${text}`);
    return { node, port: named.port };
  };
  return (file.links ?? []).map((link, place) => {
    const [first = '', second = ''] = link.between;
    return {
      name: linkName(link),
      ends: [endOf(first), endOf(second)],
      bitsPerSecond: Math.round(link.gigabitsPerSecond * BITS_PER_GIGABIT),
      delayPs: Math.max(1, Math.round(link.delayNs * PS_PER_NS)),
      queueBytes: link.queueBytes ?? DEFAULT_LINK_QUEUE_BYTES,
      lossPerMillion: link.lossPerMillion ?? 0,
      outages: outagesOf(file, place),
    };
  });
}

/** When a link is down, in order of time. */
function outagesOf(file: NetworkFile, place: number): Outage[] {
  const outages: Outage[] = [];
  let fromPs: number | undefined;
  const events = [...(file.events ?? [])].sort((a, b) => a.atUs - b.atUs);
  for (const { atUs, linkDown, linkUp } of events) {
    const named = linkDown ?? linkUp;
    if (named === undefined || linkOf(file, named) !== place) continue;
    const atPs = Math.round(atUs * PS_PER_US);
    if (linkDown !== undefined) fromPs = atPs;
    else if (fromPs !== undefined) {
      outages.push({ fromPs, toPs: atPs });
      fromPs = undefined;
    }
  }
  if (fromPs !== undefined) outages.push({ fromPs, toPs: Number.POSITIVE_INFINITY });
  return outages;
}
