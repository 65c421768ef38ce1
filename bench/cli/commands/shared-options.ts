/** Options that several commands of the harness have. */
import { wholeNumber } from '../../../hw-driver/index.js';
import { ENGINES, type EngineName } from '../../../sim/index.js';
import { memorySize } from './memory-size.js';

export const SEED_OPTION = {
  seed: { type: 'string', default: '1', describe: 'Of all that is drawn at random', requiresArg: true },
} as const;

/** Of the instances that programs of a workload become. */
export const INSTANCE_OPTIONS = {
  memory: { type: 'string', default: '1024', describe: 'Bytes of each memory', requiresArg: true },
  cases: { type: 'string', default: '2', describe: 'Elastic cases of cache, nc and lb', requiresArg: true },
} as const;

/** @throws {UsageError} */
export const instancesFrom = (args: { readonly memory: string; readonly cases: string }) => ({
  memoryBytes: memorySize(args.memory),
  cases: elasticCases(args.cases),
});

const MAX_CASES = 1024;

/** @throws {UsageError} */
export const elasticCases = (text: string): number => wholeNumber('--cases', text, 2, MAX_CASES);

export const ENGINE_OPTION = {
  engine: {
    choices: ENGINES,
    default: 'compiled' as EngineName,
    describe: 'What runs the RPBs',
    requiresArg: true,
  },
} as const;
