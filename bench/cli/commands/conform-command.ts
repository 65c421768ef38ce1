/** `bench conform`: the emulator compared with outcomes that independent implementations computed. */

import type { Argv } from 'yargs';
import { counted } from '../../../compiler/data-plane/counting.js';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { JSON_OPTION } from '../../../hw-driver/cli/kit/shared-options.js';
import { EXIT } from '../../../hw-driver/index.js';
import { packageFile } from '../../../traces/system/package-root.js';
import { type Difference, runVector, type VectorResult } from '../../verify/conformance/run-vector.js';
import { CONFORMANCE_DATA_PLANE, findVectors } from '../../verify/conformance/vector.js';
import { fieldDifferences } from '../report/packet-fields.js';
import { ENGINE_OPTION } from './shared-options.js';

const OWN_VECTORS = packageFile('test', 'conformance', 'vectors');

const conformOptions = (yargs: Argv) =>
  yargs
    .positional('dirs', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: "the project's",
      describe: 'Folders of conformance vectors',
    })
    .options(ENGINE_OPTION)
    .options(JSON_OPTION)
    .example('$0 conform', 'Compare with the vectors of the project');

type ConformArguments = ArgumentsOf<typeof conformOptions>;

async function conform({ dirs, engine, json }: ConformArguments): Promise<number> {
  const results: VectorResult[] = [];
  for (const folder of dirs.length === 0 ? [OWN_VECTORS] : dirs) {
    for (const vector of await findVectors(folder)) {
      const result = await runVector(vector, engine);
      results.push(result);
      if (!json) process.stdout.write(describe(result));
    }
  }
  const failed = results.filter(({ first }) => first !== null).length;
  if (json)
    process.stdout.write(`${JSON.stringify({ schema: 'p4runpro-bench/conform@1', vectors: results }, null, 2)}\n`);
  else process.stdout.write(`${results.length - failed} of ${results.length} vectors conform\n`);
  return failed > 0 ? EXIT.failed : EXIT.done;
}

/** Exit status 1 if a vector differs. */
export const conformCommand = command(conformOptions, conform);

function describe({ name, packets, packetDifferences, registerDifferences, first }: VectorResult): string {
  if (first === null) return `ok      ${name}: ${counted(packets, 'packet')} and all registers\n`;
  const detail = describeDifference(first).map((line) => `        ${line}\n`);
  return `differs ${name}: ${counted(packetDifferences, 'packet')}, ${counted(registerDifferences, 'register')}\n${detail.join('')}`;
}

function describeDifference(difference: Difference): string[] {
  if (difference.kind === 'register') {
    const { rpb, bucket, expected, actual } = difference;
    return [`RPB ${rpb}, bucket ${bucket}: expected ${expected}, found ${actual}`];
  }
  const { port, index, expected, actual } = difference;
  const which = `packet ${index + 1} of port ${port}`;
  if (expected === null) return [`${which} was not expected: ${actual}`];
  if (actual === null) return [`${which} is missing: ${expected}`];
  const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
  return [which, ...fieldDifferences(CONFORMANCE_DATA_PLANE, bytes(expected), bytes(actual))];
}
