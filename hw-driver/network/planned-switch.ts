/** What a controller does to a switch of a network: before the first packet, and at the times of events. */
import { isAbsolute, join } from 'node:path';
import {
  analyse,
  BUILT_IN_DATA_PLANES,
  builtInDataPlane,
  chainOf,
  type DataPlane,
  DEFAULT_RECIRCULATIONS,
  DomainError,
  dataPlaneFromJson,
  defaultDataPlane,
  defaultForwardEntry,
  groupOfPorts,
  lower,
  type MulticastGroup,
  maxRecirculations,
  type Operation,
  type Program,
  renderDiagnostics,
} from '../../compiler/index.js';
import type { MemoryWrite } from '../../sim/index.js';
import { readInput, reasonOf } from '../../traces/system/index.js';
import { Controller } from '../control/controller.js';
import { PlanningTarget } from '../control/planning-target.js';
import { type Mistake, nameHint } from './fields.js';
import type { JsonPath } from './json-places.js';
import type { EventEntry, SwitchEntry } from './network-file.js';

/** Where the files are that a network names. */
export interface NetworkFiles {
  /** To which their paths are relative. */
  readonly folder: string;
  /** Texts of files that are not read, by name: those of networks that a program makes. */
  readonly texts?: ReadonlyMap<string, string>;
}

/** Changes that the control plane makes one after another. */
export interface PlannedChange {
  readonly operations: readonly Operation[];
  readonly memory: readonly MemoryWrite[];
}

const MAX_SOURCE_BYTES = 4 * 1024 * 1024;

export class PlannedSwitch {
  readonly dataPlane: DataPlane;
  readonly controller: Controller;
  /** What it begins with. */
  start: PlannedChange = { operations: [], memory: [] };
  readonly mistakes: Mistake[] = [];
  private readonly target: PlanningTarget;
  private readonly recirculations: number;
  private deployed = 0;

  private constructor(
    private readonly path: JsonPath,
    private readonly entry: SwitchEntry,
    private readonly files: NetworkFiles,
  ) {
    this.dataPlane = this.inARow(this.readDataPlane(entry.dataplane ?? 'default'));
    this.target = new PlanningTarget(this.dataPlane);
    this.controller = new Controller(this.dataPlane, this.target);
    this.recirculations = entry.recirculations ?? Math.min(DEFAULT_RECIRCULATIONS, maxRecirculations(this.dataPlane));
    const most = maxRecirculations(this.dataPlane);
    if (this.recirculations > most) {
      const at = [...path, 'recirculations'];
      this.mistakes.push({ path: at, message: `${this.dataPlane.name} has a maximum of ${most} recirculations` });
    }
  }

  /** What is wrong with the entry is in `mistakes`. */
  static async of(name: string, entry: SwitchEntry, files: NetworkFiles): Promise<PlannedSwitch> {
    const planned = new PlannedSwitch(['switches', name], entry, files);
    if (planned.mistakes.length === 0) await planned.plan();
    return planned;
  }

  /** The data plane of several switches in a row. */
  private inARow(dataPlane: DataPlane): DataPlane {
    const { switches } = this.entry;
    if (switches === undefined) return dataPlane;
    try {
      return chainOf(dataPlane, switches);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.mistakes.push({ path: [...this.path, 'switches'], message: error.message });
      return dataPlane;
    }
  }

  private async plan(): Promise<void> {
    const { entry, path, controller, target } = this;
    await target.apply([...this.forwardings(), ...this.groups()]);
    for (const [n, file] of (entry.programs ?? []).entries()) await this.deploy(file, [...path, 'programs', n]);
    for (const [named, words] of Object.entries(entry.memory ?? {})) {
      const at = [...path, 'memory', named];
      const [program = '', memory = ''] = named.split('.');
      const running = controller.state.programs.get(program)?.compiled;
      const block = running?.memories.find((each) => each.name === memory);
      if (running === undefined || block === undefined) {
        this.mistakes.push({ path: at, message: `there is no memory ${named}`, hint: this.memoriesHint() });
      } else if (words.length > block.buckets * controller.wordsPerBucket(program, memory)) {
        this.mistakes.push({ path: at, message: `${words.length} words, and the memory has ${block.buckets} buckets` });
      } else await controller.writeMemory(program, memory, words);
    }
    this.start = target.take();
  }

  private memoriesHint(): string {
    const names = [...this.controller.state.programs].flatMap(([program, { compiled }]) =>
      compiled.memories.map(({ name }) => `${program}.${name}`),
    );
    return names.length === 0 ? 'its programs have none' : `there are ${names.join(', ')}`;
  }

  private forwardings(): Operation[] {
    const { dataPlane, entry, path } = this;
    const ports = 2 ** dataPlane.description.ports.width;
    return Object.entries(entry.forward ?? {}).flatMap(([from, to]): Operation[] => {
      const inward = dataPlane.inwardPort(to);
      const at = [...path, 'forward', from];
      if (inward !== undefined) {
        this.mistakes.push({ path: at, message: `port ${to} is the ${inward} port, by which no packet leaves` });
        return [];
      }
      if (Number(from) >= ports || to >= ports) {
        this.mistakes.push({ path: at, message: `${dataPlane.name} has ports 0 to ${ports - 1}` });
        return [];
      }
      return [{ kind: 'insertEntry', entry: defaultForwardEntry(dataPlane, Number(from), to) }];
    });
  }

  private groups(): Operation[] {
    const { replication } = this.dataPlane.description;
    const groups: MulticastGroup[] = [];
    for (const [id, ports] of Object.entries(this.entry.groups ?? {})) {
      if (replication !== undefined && Number(id) >= 1 && Number(id) <= replication.groups) {
        groups.push(groupOfPorts(Number(id), ports, groups));
        continue;
      }
      const has = replication === undefined ? 'no multicast groups' : `groups 1 to ${replication.groups}`;
      this.mistakes.push({ path: [...this.path, 'groups', id], message: `${this.dataPlane.name} has ${has}` });
    }
    return groups.map((group) => ({ kind: 'insertGroup', group }));
  }

  /** What an event changes; undefined where it is wrong. @param path of the event */
  async update(event: EventEntry, path: JsonPath): Promise<(PlannedChange & { readonly name: string }) | undefined> {
    if (this.dataPlane.switches > 1) {
      const hint = 'deploy them from the start';
      this.mistakes.push({ path, message: 'programs of switches in a row cannot change while packets run', hint });
      return undefined;
    }
    const before = this.mistakes.length;
    let name = '';
    if (event.deploy !== undefined) name = await this.deploy(event.deploy, [...path, 'deploy']);
    else if (event.cases !== undefined) name = await this.changeCases(event.cases, [...path, 'cases']);
    else if (event.revoke !== undefined) name = await this.revoke(event.revoke, [...path, 'revoke']);
    return this.mistakes.length > before ? undefined : { name, ...this.target.take() };
  }

  private async deploy(file: string, path: JsonPath): Promise<string> {
    const source = this.programsOf(file, path);
    const running = source.programs.filter(({ name }) => this.controller.state.programs.has(name));
    for (const { name } of running) this.mistakes.push({ path, message: `program ${name} runs already at this time` });
    for (const program of running.length > 0 ? [] : source.programs) {
      await this.guarded(path, async () => {
        const lowered = lower(program, this.dataPlane, this.recirculations);
        await this.controller.deploy(lowered, source.sourceHash, { filterPriority: this.deployed++ });
      });
    }
    return `deploy ${source.programs.map(({ name }) => name).join(', ')}`;
  }

  private async changeCases(file: string, path: JsonPath): Promise<string> {
    const { programs, sourceHash } = this.programsOf(file, path);
    for (const program of programs) {
      if (!this.controller.state.programs.has(program.name)) {
        this.notRunning(program.name, path);
        continue;
      }
      await this.guarded(path, async () => {
        await this.controller.changeCases(program, sourceHash, { recirculations: this.recirculations });
      });
    }
    return `cases ${programs.map(({ name }) => name).join(', ')}`;
  }

  private async revoke(program: string, path: JsonPath): Promise<string> {
    if (!this.controller.state.programs.has(program)) this.notRunning(program, path);
    else await this.guarded(path, () => this.controller.revoke(program));
    return `revoke ${program}`;
  }

  private notRunning(program: string, path: JsonPath): void {
    const hint = nameHint(program, [...this.controller.state.programs.keys()]);
    this.mistakes.push({ path, message: `program ${program} does not run at this time`, hint });
  }

  /** The checked programs of a file; none where it has errors. */
  private programsOf(
    file: string,
    path: JsonPath,
  ): { readonly programs: readonly Program[]; readonly sourceHash: string } {
    const none = { programs: [], sourceHash: '' };
    const text = this.readText(file, path);
    if (text === undefined) return none;
    const analysis = analyse(text, this.dataPlane);
    if (analysis.hasErrors) {
      const [first = ''] = renderDiagnostics(analysis, file, text).split('\n');
      this.mistakes.push({ path, message: `${file} has errors: ${first}`, hint: `see: p4runpro check ${file}` });
      return none;
    }
    return analysis;
  }

  private readDataPlane(named: string): DataPlane {
    const path = [...this.path, 'dataplane'];
    const builtIn = builtInDataPlane(named);
    if (builtIn !== undefined) return builtIn;
    if (!named.endsWith('.json')) {
      const hint = nameHint(named, BUILT_IN_DATA_PLANES);
      this.mistakes.push({ path, message: `"${named}" is no data plane and no .json file`, hint });
      return defaultDataPlane();
    }
    try {
      const text = this.readText(named, path);
      if (text !== undefined) return dataPlaneFromJson(JSON.parse(text));
    } catch (error) {
      this.mistakes.push({ path, message: `${named}: ${error instanceof Error ? error.message : String(error)}` });
    }
    return defaultDataPlane();
  }

  private readText(file: string, path: JsonPath): string | undefined {
    const { texts, folder } = this.files;
    const text = texts?.get(file);
    if (text !== undefined) return text;
    try {
      return readInput(isAbsolute(file) ? file : join(folder, file), MAX_SOURCE_BYTES).toString('utf8');
    } catch (error) {
      this.mistakes.push({ path, message: `${file}: ${reasonOf(error)}`, hint: 'paths are relative to this file' });
      return undefined;
    }
  }

  /** Errors of the user's input become mistakes. */
  private async guarded(path: JsonPath, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.mistakes.push({ path, message: error.message });
    }
  }
}
