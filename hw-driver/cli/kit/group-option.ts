/** The option `--group 1=2,3,4`: multicast groups of the emulated switch. */
import { type DataPlane, groupOfPorts, type MulticastGroup } from '../../../compiler/index.js';
import { UsageError } from './command-line.js';
import { wholeNumber } from './inputs.js';

export const GROUP_OPTION = {
  group: {
    type: 'string',
    array: true,
    default: [] as string[],
    defaultDescription: 'none',
    describe:
      'Multicast group of the switch (repeatable): 1=2,3,4 is group 1, with a copy to each of ports 2, 3 and 4; replication ids count the ports from 0',
  },
} as const;

/** @throws {UsageError} for groups that the data plane cannot have */
export function groupsFrom(given: readonly string[], dataPlane: DataPlane): readonly MulticastGroup[] {
  const groups: MulticastGroup[] = [];
  for (const text of given) {
    const [, number, list] = /^\s*(\d+)=(\d+(?:,\d+)*)\s*$/.exec(text) ?? [];
    if (number === undefined || list === undefined) {
      throw new UsageError(`--group takes a group and its ports, as in 1=2,3,4, not '${text}'`);
    }
    const id = groupNumber('--group', number, dataPlane);
    if (groups.some((other) => other.id === id)) throw new UsageError(`--group: group ${id} is given twice`);
    groups.push(groupOfPorts(id, groupPorts('--group', list.split(','), dataPlane), groups));
  }
  return groups;
}

/** The number of a group. @param option for messages @throws {UsageError} */
export function groupNumber(option: string, text: string, { name, description: { replication } }: DataPlane): number {
  if (replication === undefined) throw new UsageError(`${option}: data plane '${name}' has no multicast groups`);
  return wholeNumber(option, text, 1, replication.groups);
}

/** Ports of a group, each once. @throws {UsageError} */
export function groupPorts(option: string, texts: readonly string[], dataPlane: DataPlane): readonly number[] {
  const ports: number[] = [];
  for (const text of texts) {
    const port = wholeNumber(`${option}: a port`, text, 0, 2 ** dataPlane.description.ports.width - 1);
    const inward = dataPlane.inwardPort(port);
    if (inward !== undefined) {
      throw new UsageError(`${option}: port ${port} is the ${inward} port, by which no copy leaves`);
    }
    if (ports.includes(port)) throw new UsageError(`${option}: port ${port} is given twice`);
    ports.push(port);
  }
  return ports;
}
