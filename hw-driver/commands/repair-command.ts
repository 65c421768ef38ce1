/** `p4runpro repair`: makes the switch what the journal says it is. */
import { EXIT } from '../command-line.js';
import { answer, count, jsonOption, operatorCommand } from './operator-command.js';

export const repairCommand = operatorCommand(
  'repair',
  'Make the switch what the journal says: missing entries come back, foreign ones go',
  'change',
  (yargs) => yargs.options(jsonOption).epilogue('p4runpro show drift says before what would be mended'),
  async (session, { json }) => {
    const mended = await session.controller.repair();
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
