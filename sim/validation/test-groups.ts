/** Groups for programs that are validated: those that a program names and the switch does not have. */
import type { MulticastGroup, Program, ReplicationNode, Statement } from '../../compiler/index.js';
import type { Emulator } from '../pipeline/emulator.js';

const MAX_NODES = 3;
const PORTS = [1, 5, 9, 12] as const;

/** Group g has g mod 4 nodes, none of 0 included, with one or two ports each and replication ids of their own. */
export function testGroups({ body }: Pick<Program, 'body'>, emulator: Emulator): readonly MulticastGroup[] {
  const used = new Set(emulator.groups().flatMap(({ nodes }) => nodes.map(({ id }) => id)));
  const known = new Set(emulator.groups().map(({ id }) => id));
  let next = 0;
  const newNode = (group: number, place: number): ReplicationNode => {
    while (used.has(next)) next++;
    used.add(next);
    const ports = PORTS.slice(place, place + 1 + ((group + place) % 2));
    return { id: next, replicationId: (group * MAX_NODES + 7 * place + 1) % 2 ** 16, ports };
  };
  return [...groupsIn(body)]
    .filter((id) => !known.has(id))
    .map((id) => ({ id, nodes: Array.from({ length: id % (MAX_NODES + 1) }, (_, place) => newNode(id, place)) }));
}

function groupsIn(statements: readonly Statement[]): Set<number> {
  const groups = new Set<number>();
  for (const statement of statements) {
    if (statement.kind === 'primitive') {
      if (statement.primitive === 'MULTICAST') groups.add(statement.integer);
      continue;
    }
    for (const { body } of statement.cases) for (const id of groupsIn(body)) groups.add(id);
  }
  return groups;
}
