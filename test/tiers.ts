/** Which test files belong to which tier, and what a nightly run multiplies: test/README.md says how they are run. */

/**
 * Files with a process of their own, as they take many seconds, or measure or end their process. Those that take longest
 * stand first: they start first, so that none of them is left for the end, when the other core has nothing to do.
 */
const LONG_FILES: readonly string[] = [
  'structure/docs',
  'hw-driver/deployment/faults',
  'compiler/work',
  'sim/change-cases',
  'bench/capacity',
  'compiler/explain',
  'package/package',
  'bench/run',
  'compiler/entry-proof',
  'bench/reproduce/cli-reproduce',
  'bench/run-workers',
  'hw-driver/tutorial',
  'sim/validation',
  'hw-driver/serve',
  'sim/engines',
  'hw-driver/lsp-command',
  'bench/allocator-check',
  'bench/verify',
  'hw-driver/switch-targets',
  'structure/examples',
  'hw-driver/check-command',
  'compiler/link',
  'bench/tshark',
  'bench/snapshot',
  'hw-driver/operator',
  'bench/cli-run',
  'compiler/z3',
  'bench/reproduce/cells',
  'hw-driver/allocator-modules',
  'traces/system/endings',
  'compiler/proportional',
  'bench/micro',
  'structure/test-process',
];

/** Files that take seconds too, longest first; several run in one process. */
const MEDIUM_FILES: readonly string[] = [
  'bench/sketch-theory',
  'compiler/language-document',
  'bench/published-shapes',
  'hw-driver/language-server-edits',
  'sim/vectors',
  'sim/ways-to-run',
  'sim/hit-counters',
  'bench/case-studies',
  'bench/cli',
  'traces/traffic-sources',
  'hw-driver/bfruntime',
  'bench/timing',
  'bench/cli-timing',
  'bench/without-web-assembly',
  'traces/generate',
  'compiler/warnings',
  'structure/help',
  'compiler/steps',
  'bench/cli-case-study',
  'bench/packet-trace',
  'sim/outside-accesses',
  'bench/workload',
  'bench/young-generation',
  'compiler/reference',
  'bench/cli-refusals',
  'sim/hostile-engines',
  'bench/own-workload',
  'hw-driver/bfruntime-calls',
  'compiler/service',
  'compiler/misfit',
  'compiler/chain',
  'bench/goldens',
  'bench/tshark-ipv6',
  'bench/cli-sources',
  'compiler/parser',
  'bench/cli-replay',
  'hw-driver/lost-programs',
  'hw-driver/studio/scenario',
  'hw-driver/vscode-extension',
  'hw-driver/studio/session-browser',
  'hw-driver/studio/page',
  'bench/control-speed',
  'bench/capture-addressing',
  'bench/arrivals',
  'bench/loss-free-rate',
  'compiler/lowerings',
  'sim/rpb-tables',
  'sim/timed-updates',
  'compiler/p4-chip',
  'bench/compare',
  'compiler/price',
  'compiler/resources',
  'sim/filter-table',
  'bench/cli-captures',
  'bench/cli-verify',
  'hw-driver/metrics',
  'sim/action-catalogue',
  'bench/simulate',
  'hw-driver/editors',
  'hw-driver/tofino1',
  'hw-driver/lezer-grammar',
  'hw-driver/fixed-tables',
  'hw-driver/failing-target',
  'compiler/p4',
  'sim/shares',
  'sim/conformance',
  'bench/update-delay',
  'traces/system/input-file',
  'traces/system/lock',
  'traces/system/output-file',
  'structure/continuous-integration',
];

/** Files that `npm run test:unit` leaves out, as they take seconds or start processes. */
export const SLOW_FILES: readonly string[] = [...LONG_FILES, ...MEDIUM_FILES];

export const isLong = (name: string): boolean => LONG_FILES.includes(name);

/** How many times the random cases of `npm test` a run takes: TEST_EFFORT, from `npm run test:nightly` 20. */
const effort = Number(process.env['TEST_EFFORT'] ?? '1');
if (!(effort >= 1)) throw new Error(`TEST_EFFORT is a number from 1, not '${process.env['TEST_EFFORT']}'`);

/** Random cases of a property, or instances of a search: as many as a test run has time for, and more at night. */
export const cases = (count: number): number => Math.ceil(count * effort);
export const isNightly = effort > 1;
