/** Options that several commands of the harness share. */
import { wholeNumber } from '../../../hw-driver/index.js';
import { ENGINES, type EngineName } from '../../../sim/index.js';
import { memorySize } from './memory-size.js';

export const SEED_OPTION = {
  seed: { type: 'string', default: '1', describe: 'Seed of all random draws' },
} as const;

/** Options of the instances of a workload's programs. */
export const INSTANCE_OPTIONS = {
  memory: {
    type: 'string',
    default: '1024',
    defaultDescription: '1,024',
    describe: 'Size of each memory in bytes',
  },
  cases: { type: 'string', default: '2', describe: 'Number of elastic cases of cache, nc and lb' },
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
    describe:
      'Engine of the RPBs: compiled (JavaScript generated from the entries) or interpreted (table by table, as a reference)',
  },
} as const;
