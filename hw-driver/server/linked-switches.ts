/** The switches of a network, each with its ports: a frame that leaves one by a link enters the other at once. */
import { must } from '../../compiler/data-plane/must.js';
import { Switch, seedOfText } from '../../sim/index.js';
import {
  DEFAULT_NETWORK_SEED,
  type Mistake,
  mistakesError,
  PlannedSwitch,
  type PortName,
  portNameOf,
  type ReadNetwork,
} from '../network/index.js';
import { type Clock, type FrameOutcome, type PortFrame, SwitchPorts } from './ports/switch-ports.js';

export interface LinkedSwitch {
  readonly name: string;
  readonly emulator: Switch;
  readonly ports: SwitchPorts;
}

export interface LinkedSwitchOptions {
  readonly countsHits: boolean;
  /** Of the time stamps that programs read. */
  readonly clock: Clock;
}

/** Maximum number of links that a frame goes over: in a loop of links it would go on forever. */
const MAX_LINKS = 64;

/**
 * The switches of a network file with their forwarding and groups. Programs are left to controllers, whose books would not
 * have those of the file. Hosts are not there: what goes to one leaves.
 * @throws {NetworkError} with all mistakes
 */
export async function linkedSwitches(
  read: ReadNetwork,
  options: LinkedSwitchOptions,
): Promise<readonly LinkedSwitch[]> {
  const mistakes: Mistake[] = [];
  const switches: LinkedSwitch[] = [];
  const { file } = read;
  for (const [name, entry] of Object.entries(file.switches)) {
    const { programs: _programs, memory: _memory, ...own } = entry;
    const planned = await PlannedSwitch.of(name, own, read);
    mistakes.push(...planned.mistakes);
    if (planned.dataPlane.switches > 1) {
      mistakes.push({
        path: ['switches', name, 'switches'],
        message: 'switches in a row are not served as one',
        hint: 'give each a name of its own, with links between them',
      });
      continue;
    }
    const seed = seedOfText(`${file.seed ?? DEFAULT_NETWORK_SEED}/${name}`);
    const emulator = new Switch(planned.dataPlane, { countsHits: options.countsHits, seed });
    for (const operation of planned.start.operations) emulator.apply(operation);
    switches.push({ name, emulator, ports: new SwitchPorts(emulator, undefined, options.clock) });
  }
  if (mistakes.length > 0) throw mistakesError(read.path, read.places, mistakes);
  connect(read, switches);
  return switches;
}

function connect({ file }: ReadNetwork, switches: readonly LinkedSwitch[]): void {
  const others = new Map<string, PortName>();
  for (const { between } of file.links ?? []) {
    const [a, b] = between.map((end) => must(portNameOf(end), `port of ${end}`));
    const [first, second] = [must(a, 'first end of a link'), must(b, 'second end of a link')];
    others.set(`${first.node}:${first.port}`, second);
    others.set(`${second.node}:${second.port}`, first);
  }
  let links = 0;
  for (const { name, ports } of switches) {
    ports.link = ({ port, bytes }) => {
      const other = others.get(`${name}:${port}`);
      const next = switches.find((each) => each.name === other?.node);
      if (other === undefined || next === undefined) return undefined;
      if (links === MAX_LINKS) return { left: [], lost: `it went over more than ${MAX_LINKS} links` };
      links++;
      try {
        return named(next.name, next.ports.send({ port: other.port, bytes }));
      } finally {
        links--;
      }
    };
  }
}

/** The outcome of a frame in another switch, whose name its frames have. */
const named = (name: string, { left, lost }: FrameOutcome): FrameOutcome => ({
  left: left.map((frame): PortFrame => (frame.switch === undefined ? { ...frame, switch: name } : frame)),
  ...(lost === undefined ? {} : { lost }),
});
