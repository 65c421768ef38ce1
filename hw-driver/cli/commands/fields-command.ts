/** `p4runpro fields`: what programs can do with the fields of a data plane. */
import type { Argv } from 'yargs';
import { type FieldMove, type FieldUse, fieldMovesText, fieldUses } from '../../../compiler/reference/index.js';
import { type ArgumentsOf, command } from '../kit/command.js';
import { EXIT } from '../kit/command-line.js';
import { loadDataPlane } from '../kit/inputs.js';
import { DATA_PLANE_OPTION, JSON_OPTION } from '../kit/shared-options.js';
import { textTable } from '../kit/text-table.js';
import { textWidth } from '../kit/text-width.js';

const fieldsOptions = (yargs: Argv) =>
  yargs
    .options(DATA_PLANE_OPTION)
    .options(JSON_OPTION)
    .example('$0 fields --dataplane tofino1', 'Shows which RPBs of tofino1 read and write which fields')
    .epilogue('p4runpro help FIELD says more of one field.');

function fields(args: ArgumentsOf<typeof fieldsOptions>): number {
  const dataPlane = loadDataPlane(args.dataplane);
  const uses = fieldUses(dataPlane);
  if (args.json) {
    const document = { schema: 'p4runpro/fields@1', dataPlane: dataPlane.name, fields: uses.map(documentOf) };
    process.stdout.write(`${JSON.stringify(document, null, 1)}\n`);
    return EXIT.done;
  }
  const cell = (moves: readonly FieldMove[], use: FieldUse): string =>
    moves.length === 0 ? '-' : fieldMovesText(moves, use, dataPlane);
  const rows = uses.map((use) => [
    use.field.name,
    String(use.field.width),
    use.filters.join(' ') || '-',
    cell(use.extract, use),
    cell(use.modify, use),
    use.isHashed ? '5-tuple' : '-',
  ]);
  const head = ['field', 'bits', 'filter', 'EXTRACT to', 'MODIFY from', 'hash'];
  process.stdout.write(textTable(head, rows, textWidth(process.stdout)));
  return EXIT.done;
}

export const fieldsCommand = command(fieldsOptions, fields);

const documentOf = ({ field, header, ...use }: FieldUse): object => ({
  name: field.name,
  width: field.width,
  header: header ?? null,
  ...use,
});
