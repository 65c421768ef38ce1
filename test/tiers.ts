/** Which test files belong to which tier, and what a nightly run multiplies: test/README.md says how they are run. */

/**
 * Files that `npm run test:unit` leaves out, as they take seconds or start processes. Those that take longest stand
 * first: they start first, so that none of them is left for the end, when the other core has nothing to do.
 */
export const SLOW_FILES: readonly string[] = [
  'structure/docs',
  'bench/capacity',
  'bench/reproduce/cli-reproduce',
  'sim/change-cases',
  'bench/run',
  'compiler/explain',
  'hw-driver/deployment/faults',
  'bench/run-workers',
  'hw-driver/serve',
  'compiler/entry-proof',
  'bench/sketch-theory',
  'sim/validation',
  'hw-driver/operator',
  'hw-driver/check-command',
  'bench/tshark',
  'bench/snapshot',
  'sim/engines',
  'bench/verify',
  'bench/timing',
  'bench/case-studies',
  'bench/published-shapes',
  'hw-driver/switch-targets',
  'compiler/z3',
  'traces/system/endings',
  'structure/package',
  'structure/continuous-integration',
  'structure/examples',
  'compiler/link',
  'bench/goldens',
  'bench/cli',
  'bench/cli-run',
  'bench/cli-case-study',
  'bench/cli-refusals',
  'bench/cli-replay',
  'bench/cli-timing',
  'bench/packet-trace',
  'bench/reproduce/cells',
  'bench/control-speed',
  'bench/micro',
  'bench/cli-sources',
  'bench/compare',
  'bench/workload',
  'bench/loss-free-rate',
  'hw-driver/bfruntime',
  'hw-driver/bfruntime-calls',
  'hw-driver/lost-programs',
  'sim/hostile-engines',
  'traces/generate',
  'traces/traffic-sources',
  'traces/system/input-file',
  'traces/system/lock',
  'traces/system/output-file',
  'compiler/steps',
  'compiler/parser',
  'compiler/misfit',
  'compiler/lowerings',
  'compiler/price',
  'sim/rpb-tables',
  'sim/outside-accesses',
  'sim/timed-updates',
  'sim/shares',
  'sim/filter-table',
  'bench/capture-addressing',
  'bench/update-delay',
  'hw-driver/tofino1',
];

/** How many times the random cases of `npm test` a run takes: TEST_EFFORT, from `npm run test:nightly` 20. */
const effort = Number(process.env['TEST_EFFORT'] ?? '1');
if (!(effort >= 1)) throw new Error(`TEST_EFFORT is a number from 1, not '${process.env['TEST_EFFORT']}'`);

/** Random cases of a property, or instances of a search: as many as a test run has time for, and more at night. */
export const cases = (count: number): number => Math.ceil(count * effort);
export const isNightly = effort > 1;
