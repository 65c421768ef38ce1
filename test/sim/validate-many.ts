/**
 * A long run by hand: node dist/test/sim/validate-many.js [PROGRAMS [PACKETS [SEED]]]. Half of the programs alone, half
 * in a crowded switch. Exit status 1 if one of them was compiled wrongly.
 */
import { type Totals, validateAlone, validateCrowded } from './random-validation.js';

const [programs = 20_000, packets = 50, seed = 1] = process.argv.slice(2).map(Number);
const MAX_FAILURES = 5;

const half = { programs: Math.ceil(programs / 2), packets, seed, maxFailures: MAX_FAILURES };

function report(name: string, run: () => Totals): boolean {
  const started = performance.now();
  const { failures, ...totals } = run();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  for (const failure of failures) console.log(`\n${failure}\n`);
  console.log(`${name}: ${failures.length} failures in ${seconds} s: ${JSON.stringify(totals)}`);
  return failures.length === 0;
}

const alone = report('alone', () => validateAlone(half));
const crowded = report('crowded', () => validateCrowded(half));
process.exitCode = alone && crowded ? 0 : 1;
