/** `p4runpro primitives`: what the primitives do, and what they take of a data plane. */
import type { Argv } from 'yargs';
import {
  type PrimitiveUse,
  primitivePlacesText,
  primitiveSignature,
  primitiveStepsText,
  primitiveUses,
} from '../../../compiler/reference/index.js';
import { type ArgumentsOf, command } from '../kit/command.js';
import { EXIT } from '../kit/command-line.js';
import { loadDataPlane } from '../kit/inputs.js';
import { DATA_PLANE_OPTION, JSON_OPTION } from '../kit/shared-options.js';
import { textTable } from '../kit/text-table.js';
import { textWidth } from '../kit/text-width.js';

const primitivesOptions = (yargs: Argv) =>
  yargs
    .options(DATA_PLANE_OPTION)
    .options(JSON_OPTION)
    .example('$0 primitives --dataplane tofino1', 'Shows in which RPBs of tofino1 each primitive can lie')
    .epilogue(
      'A step takes an entry in an RPB of its own; "or" says how many there are if no register is free. ' +
        'p4runpro help PRIMITIVE says more of one; BRANCH is a statement: p4runpro help BRANCH.',
    );

function primitives(args: ArgumentsOf<typeof primitivesOptions>): number {
  const dataPlane = loadDataPlane(args.dataplane);
  const uses = primitiveUses(dataPlane);
  if (args.json) {
    const document = { schema: 'p4runpro/primitives@1', dataPlane: dataPlane.name, primitives: uses.map(documentOf) };
    process.stdout.write(`${JSON.stringify(document, null, 1)}\n`);
    return EXIT.done;
  }
  const rows = uses.map((use) => [
    primitiveSignature(use.row),
    primitiveStepsText(use),
    use.row.summary,
    primitivePlacesText(use, dataPlane),
  ]);
  process.stdout.write(textTable(['primitive', 'steps', 'does', 'lies in'], rows, textWidth(process.stdout)));
  return EXIT.done;
}

export const primitivesCommand = command(primitivesOptions, primitives);

const documentOf = ({ row, variants }: PrimitiveUse): object => ({
  name: row.name,
  arguments: row.arguments,
  summary: row.summary,
  reads: row.reads,
  writes: row.writes,
  changes: row.changes,
  variants: variants.map(({ field, savingSteps, ...variant }) => ({
    ...variant,
    field: field?.name ?? null,
    savingSteps: savingSteps ?? null,
  })),
});
