/** `p4runpro repair` and `forget`: bring a switch and its journal back in agreement. */
import { counted } from '../../../compiler/data-plane/counting.js';
import { EXIT } from '../kit/command-line.js';
import { JSON_OPTION } from '../kit/shared-options.js';
import { warnOfMissingGroups } from './missing-groups.js';
import { answer, sessionCommand } from './session-command.js';

export const repairCommand = sessionCommand(
  'repair',
  (yargs) =>
    yargs.options(JSON_OPTION).epilogue('p4runpro show drift lists beforehand the entries that would be changed.'),
  async (session, { json }) => {
    const repaired = await session.controller.repair();
    session.gone = [];
    const of = (kind: string): number => repaired.filter((difference) => difference.kind === kind).length;
    const text =
      repaired.length === 0
        ? 'nothing to repair: the switch is as the journal says\n'
        : `${counted(of('missing'), 'missing entry')} put back, ` +
          `${counted(of('changed'), 'changed entry')} corrected, ` +
          `${counted(of('foreign'), 'foreign entry')} removed\n`;
    const missingGroups = await warnOfMissingGroups(session.controller);
    answer(session, json, 'repair', { mended: repaired, missingGroups }, text);
    return EXIT.done;
  },
);

export const forgetCommand = sessionCommand(
  'repair',
  (yargs) =>
    yargs
      .positional('programs', {
        type: 'string',
        array: true,
        default: [] as string[],
        defaultDescription: 'all that the switch has lost',
        describe: 'Names of programs to drop from the journal',
      })
      .options(JSON_OPTION)
      .epilogue('A program that has entries on the switch cannot be forgotten: p4runpro revoke removes it.'),
  async (session, { programs, json }) => {
    const { controller } = session;
    const named = programs !== undefined && programs.length > 0 ? programs : undefined;
    const forgotten = await controller.forget(named);
    session.gone = session.gone.filter((program) => !forgotten.includes(program));
    const text = forgotten.map((program) => `${program}: forgotten\n`).join('');
    answer(
      session,
      json,
      'forget',
      { programs: forgotten },
      text === '' ? 'nothing to forget: the switch has lost no program\n' : text,
    );
    return EXIT.done;
  },
);
