/**
 * A long run by hand: node dist/test/sim/validate-many.js [PROGRAMS [PACKETS [SEED [DATA_PLANE [SWITCHES]]]]]. Half of the programs
 * alone, half in a crowded switch, by all allocators that need no solver; then as many packets of further programs by
 * every way to run them, unless SWITCHES in a row are validated. Exit status 1 if one of them was compiled wrongly, or two
 * ways differ.
 */
import { ALLOCATORS, type AllocatorKind, allocatorKind, chainOf, must } from '../../compiler/index.js';
import { type Totals, validateAlone, validateCrowded } from './random-validation.js';
import { dataPlane } from './test-switch.js';
import { compareWays } from './ways-to-run.js';

const [planeName = 'default', switches = '1'] = process.argv.slice(5);
const [programs = 20_000, packets = 50, seed = 1] = process.argv.slice(2, 5).map(Number);
const MAX_FAILURES = 5;
/** Programs for each scenario of {@link compareWays}, which holds two to five. */
const PROGRAMS_OF_SCENARIO = 20;
const WORKERS_EVERY = 20;

const plane = chainOf(dataPlane(planeName), Number(switches));
const allocators = Object.keys(ALLOCATORS)
  .filter((name) => name !== 'z3')
  .map((name): AllocatorKind => must(allocatorKind(name), `allocator ${name}`))
  .map(({ make }) => make({}));
const half = { programs: Math.ceil(programs / 2), packets, seed, maxFailures: MAX_FAILURES, allocators };

const secondsSince = (started: number): string => ((performance.now() - started) / 1000).toFixed(1);

function report(name: string, run: () => Totals): boolean {
  const started = performance.now();
  const { failures, ...totals } = run();
  for (const failure of failures) console.log(`\n${failure}\n`);
  console.log(`${name}: ${failures.length} failures in ${secondsSince(started)} s: ${JSON.stringify(totals)}`);
  return failures.length === 0;
}

async function reportWays(): Promise<boolean> {
  const started = performance.now();
  const scenarios = Math.ceil(programs / PROGRAMS_OF_SCENARIO);
  const options = { seed, scenarios, packets: packets * 4, workersEvery: WORKERS_EVERY, allocators };
  try {
    const totals = await compareWays(plane, options);
    console.log(`ways to run: equal in ${secondsSince(started)} s: ${JSON.stringify(totals)}`);
    return true;
  } catch (error) {
    console.log(error);
    return false;
  }
}

const alone = report('alone', () => validateAlone(half, plane));
const crowded = report('crowded', () => validateCrowded(half, plane));
const isEqual = plane.switches > 1 || (await reportWays());
process.exitCode = isEqual && alone && crowded ? 0 : 1;
