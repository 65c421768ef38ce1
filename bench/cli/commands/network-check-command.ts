/** `bench network check`: mistakes of network files, with their places. */
import type { Argv } from 'yargs';
import { counted } from '../../../compiler/data-plane/counting.js';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { JSON_OPTION } from '../../../hw-driver/cli/kit/shared-options.js';
import { EXIT } from '../../../hw-driver/index.js';
import { NetworkError, pathText, readNetwork } from '../../../hw-driver/network/index.js';
import { planNetwork } from '../../network/plan-network.js';

const networkCheckOptions = (yargs: Argv) =>
  yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'Network file (docs/network.schema.json)' })
    .options(JSON_OPTION)
    .epilogue('Programs are compiled and placed, events included; no packets run. Exit status 2 if there are mistakes.')
    .example('$0 network check rack.json', 'All mistakes of a file');

type NetworkCheckArguments = ArgumentsOf<typeof networkCheckOptions>;

async function check({ file, json }: NetworkCheckArguments): Promise<number> {
  try {
    const plan = await planNetwork(readNetwork(file), { engine: 'interpreted', intervalNs: 1000 });
    const switches = plan.nodes.filter(({ kind }) => kind === 'switch').length;
    const hosts = plan.nodes.length - switches;
    const parts = [counted(switches, 'switch'), counted(hosts, 'host'), counted(plan.links.length, 'link')];
    process.stdout.write(
      json ? `${JSON.stringify({ mistakes: [] })}\n` : `${file}: ${parts.join(', ')}, no mistakes\n`,
    );
    return EXIT.done;
  } catch (error) {
    if (!json || !(error instanceof NetworkError)) throw error;
    const mistakes = error.mistakes.map(({ path, message, hint }) => ({ path: pathText(path), message, hint }));
    process.stdout.write(`${JSON.stringify({ mistakes }, null, 2)}\n`);
    return EXIT.badInput;
  }
}

export const networkCheckCommand = command(networkCheckOptions, check);
