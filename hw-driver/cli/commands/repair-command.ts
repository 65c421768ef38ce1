/** `p4runpro repair` and `forget`: a switch that is not what its journal says, made the same again. */
import { EXIT } from '../kit/command-line.js';
import { JSON_OPTION } from '../kit/shared-options.js';
import { answer, count, sessionCommand } from './session-command.js';

export const repairCommand = sessionCommand(
  'mend',
  (yargs) => yargs.options(JSON_OPTION).epilogue('p4runpro show drift says before what would be mended'),
  async (session, { json }) => {
    const mended = await session.controller.repair();
    session.gone = [];
    const of = (kind: string): number => mended.filter((difference) => difference.kind === kind).length;
    const text =
      mended.length === 0
        ? 'nothing to mend\n'
        : `${count(of('missing'), 'missing entry', 'missing entries')} put back, ` +
          `${count(of('changed'), 'changed entry', 'changed entries')} mended, ` +
          `${count(of('foreign'), 'foreign entry', 'foreign entries')} removed\n`;
    answer(session, json, 'repair', { mended }, text);
    return EXIT.done;
  },
);

export const forgetCommand = sessionCommand(
  'mend',
  (yargs) =>
    yargs
      .positional('programs', { type: 'string', array: true, describe: 'Their names; all that are lost if left out' })
      .options(JSON_OPTION)
      .epilogue('A program with entries on the switch is not forgotten: p4runpro revoke removes it.'),
  async (session, { programs, json }) => {
    const { controller } = session;
    const named = programs !== undefined && programs.length > 0 ? programs : undefined;
    const forgotten = await controller.forget(named);
    session.gone = session.gone.filter((program) => !forgotten.includes(program));
    const text = forgotten.map((program) => `${program}: forgotten\n`).join('');
    answer(session, json, 'forget', { programs: forgotten }, text === '' ? 'nothing to forget\n' : text);
    return EXIT.done;
  },
);
