/** `p4runpro group`: the groups of ports to which programs copy packets. */
import { counted } from '../../../compiler/data-plane/counting.js';
import type { MulticastGroup } from '../../../compiler/index.js';
import { NoSuchGroup } from '../../control/errors.js';
import { EXIT, UsageError } from '../kit/command-line.js';
import { groupNumber, groupPorts } from '../kit/group-option.js';
import { JSON_OPTION } from '../kit/shared-options.js';
import { warnOf } from './missing-groups.js';
import { answer, sessionCommand } from './session-command.js';

const VERBS = ['add', 'remove', 'show'] as const;

export const groupCommand = sessionCommand(
  'create',
  (yargs) =>
    yargs
      .positional('verb', {
        choices: VERBS,
        demandOption: true,
        describe: 'add: a group with a copy to each port; remove: a group; show: all groups, or one',
      })
      .positional('group', { type: 'string', describe: 'Number of the group', defaultDescription: 'all, with show' })
      .positional('ports', {
        type: 'string',
        array: true,
        default: [],
        defaultDescription: 'none',
        describe: 'Ports of a group to add, in the order of their copies; replication ids count them from 0',
      })
      .options(JSON_OPTION)
      .epilogue(
        'Groups belong to the switch, not to its programs: they are not in the journal, and repair leaves them as they are and warns of missing ones. ' +
          'A packet that MULTICAST sends to a group that is not there is dropped.',
      )
      .example(
        '$0 group add 1 2 3 4 --target sim --state switch.snapshot --dataplane extended',
        'MULTICAST(1) then copies packets to ports 2, 3 and 4',
      ),
  async (session, { verb, group, ports, json }) => {
    const { controller, dataPlane } = session;
    const id = group === undefined ? undefined : groupNumber('group', group, dataPlane);
    if (verb !== 'add' && ports.length > 0) throw new UsageError(`group ${verb} takes no ports`);
    if (verb === 'show') {
      const all = await controller.groups();
      const shown = all.filter((one) => id === undefined || one.id === id);
      if (id !== undefined && shown.length === 0) throw new NoSuchGroup(id);
      const text = shown.length === 0 ? 'no groups\n' : shown.map(groupText).join('');
      answer(session, json, 'group', { groups: shown }, text);
      return EXIT.done;
    }
    if (id === undefined) throw new UsageError(`group ${verb} needs the number of a group`);
    if (verb === 'remove') {
      await controller.removeGroup(id);
      const missing = await controller.missingGroups();
      warnOf(missing.filter((one) => one.group === id));
      answer(session, json, 'group', { group: id, done: 'removed' }, `group ${id} was removed\n`);
      return EXIT.done;
    }
    if (ports.length === 0) throw new UsageError('group add needs at least one port, and found none');
    const added = await controller.addGroup(id, groupPorts('group', ports, dataPlane));
    answer(session, json, 'group', { group: added, done: 'added' }, groupText(added));
    return EXIT.done;
  },
);

/** `group 1: 3 copies`, and a line for each node. */
function groupText({ id, nodes }: MulticastGroup): string {
  const copies = nodes.reduce((sum, { ports }) => sum + ports.length, 0);
  const lines = nodes.map(
    ({ id: node, replicationId, ports }) =>
      `  node ${node}, replication id ${replicationId}: ${ports.length === 1 ? 'port' : 'ports'} ${ports.join(', ') || 'none'}\n`,
  );
  return `group ${id}: ${counted(copies, 'copy')}\n${lines.join('')}`;
}
