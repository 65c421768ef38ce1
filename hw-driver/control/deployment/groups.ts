/** The groups of the switch to which programs copy packets: no program owns them, so that they may be missing. */
import { type CompiledProgram, groupOfPorts, type MulticastGroup } from '../../../compiler/index.js';
import { type SwitchTarget, TargetError } from '../../../sim/index.js';
import { NoSuchGroup } from '../errors.js';

/** A group to which a program copies packets. */
export interface NamedGroup {
  readonly program: string;
  readonly group: number;
}

/** The groups that programs name by MULTICAST, each once a program, by number. */
function namedGroups(programs: readonly CompiledProgram[]): NamedGroup[] {
  return programs.flatMap(({ program, entries }) => {
    const groups = entries
      .filter(({ action }) => action.slice(action.lastIndexOf('.') + 1) === 'multicast')
      .flatMap(({ parameters }) => parameters.flatMap(({ name, value }) => (name === 'group' ? [Number(value)] : [])));
    return [...new Set(groups)].sort((a, b) => a - b).map((group) => ({ program, group }));
  });
}

/** The groups that programs name and the switch does not have. */
export async function missingGroups(
  target: SwitchTarget,
  programs: readonly CompiledProgram[],
): Promise<readonly NamedGroup[]> {
  const named = namedGroups(programs);
  if (named.length === 0) return [];
  const there = new Set((await target.groups()).map(({ id }) => id));
  return named.filter(({ group }) => !there.has(group));
}

/** Adds a group with a copy to each port. @throws {TargetError} */
export async function addGroup(target: SwitchTarget, id: number, ports: readonly number[]): Promise<MulticastGroup> {
  const groups = await target.groups();
  if (groups.some((other) => other.id === id)) {
    throw new TargetError('already-exists', `there is a group ${id} already: remove it first`);
  }
  const group = groupOfPorts(id, ports, groups);
  await target.apply([{ kind: 'insertGroup', group }]);
  return group;
}

/** @throws {NoSuchGroup} */
export async function removeGroup(target: SwitchTarget, id: number): Promise<void> {
  const group = (await target.groups()).find((other) => other.id === id);
  if (group === undefined) throw new NoSuchGroup(id);
  await target.apply([{ kind: 'deleteGroup', group }]);
}
