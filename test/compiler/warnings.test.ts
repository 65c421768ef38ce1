/** Warnings are true: over the fifteen programs and random ones, each is confirmed by runs of the interpreter. */
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse, DIAGNOSTIC_CODES, type Diagnostic, defaultDataPlane, type Program } from '../../compiler/index.js';
import { PacketGenerator } from '../../sim/validation/index.js';
import { PacketBytes } from '../../sim/validation/packet-bytes.js';
import { cases, isNightly } from '../tiers.js';
import { wholePrograms } from './random-whole-programs.js';
import { PROPERTY, renderAll, SAMPLE_NAMES, sampleSource } from './support.js';
import { WarningOracle } from './warning-oracle.js';

const dataPlane = defaultDataPlane();
const RUNS = isNightly ? 10_000 : 5000;
const PACKETS = 1000;
/** One of a hundred warnings that a run has to show may be left open: of 3,940 of 10,000 programs, 25 were. */
const MAX_NOT_SHOWN = 100;
/** Those that are about numbers in the text alone; the random programs have none. */
const OF_TEXT: readonly string[] = ['value-outside-mask', 'random-of-no-bits'];

/** Whether some packet that the filters let through lacks the header that a message names last. */
function lacksHeader(program: Program, { message }: Diagnostic, seed: string): boolean {
  const header = dataPlane.headerIndex(message.slice(message.lastIndexOf(' ') + 1));
  const packets = new PacketGenerator(program, dataPlane, seedrandom.alea(seed));
  const bytes = new PacketBytes(dataPlane);
  let matched = 0;
  for (let i = 0; i < PACKETS; i++) {
    const packet = bytes.load(packets.next());
    if (packet.isDroppedByParser || !packet.isMatchedBy(program)) continue;
    if (packet.headerStart(header) < 0) return true;
    matched++;
  }
  // Filters that no packet can match guarantee nothing: ports, of a protocol without ports.
  return matched === 0;
}

function untrueWarnings(source: string, seed: string, counts: Map<string, number>): Diagnostic[] {
  const analysis = analyse(source, dataPlane);
  assert.not.ok(analysis.hasErrors, renderAll(analysis, 'source', source));
  const warnings = analysis.diagnostics.filter(({ code }) => !OF_TEXT.includes(code));
  for (const { code } of warnings) counts.set(code, (counts.get(code) ?? 0) + 1);
  return analysis.programs.flatMap((program) => {
    const own = warnings.filter(({ span }) => analysis.programs.length === 1 || isWithin(source, program, span.start));
    const ofHeaders = own.filter(({ code }) => code === 'header-not-guaranteed');
    const others = own.filter(({ code }) => code !== 'header-not-guaranteed');
    return [
      ...ofHeaders.filter((warning) => !lacksHeader(program, warning, seed)),
      ...new WarningOracle(program, seedrandom.alea(seed)).untrue(others, RUNS),
    ];
  });
}

/** Whether a place of the text lies in a program: between its name and the next program. */
function isWithin(source: string, { name }: Program, start: number): boolean {
  const from = source.indexOf(`program ${name}(`);
  const next = source.indexOf('\nprogram ', from);
  return from <= start && (next < 0 || start < next);
}

for (const name of SAMPLE_NAMES) {
  test(`the warnings of ${name} are true`, () => {
    assert.equal(untrueWarnings(sampleSource(name), name, new Map()), []);
  });
}

test('the warnings of random programs are true, and every kind comes up', () => {
  const counts = new Map<string, number>();
  const notShown: string[] = [];
  let number = 0;
  fc.assert(
    fc.property(wholePrograms(), (source) => {
      const untrue = untrueWarnings(source, String(number++), counts);
      const [open, contradicted] = [true, false].map((isOpen) =>
        untrue.filter(({ code }) => (code === 'not-forwarded' || code === 'no-join') === isOpen),
      );
      notShown.push(...(open ?? []).map(({ code, span }) => `${code} in line ${span.line}:\n${source}`));
      assert.equal(
        contradicted?.map(({ code, span }) => `${code} in line ${span.line}`),
        [],
        source,
      );
    }),
    { ...PROPERTY, numRuns: cases(150), endOnFailure: true },
  );
  // Few random runs come to a place that takes several words of memory together.
  const shown = (counts.get('not-forwarded') ?? 0) + (counts.get('no-join') ?? 0);
  assert.ok(notShown.length <= shown / MAX_NOT_SHOWN, notShown.join('\n'));
  const warnings = Object.entries(DIAGNOSTIC_CODES).flatMap(([code, severity]) =>
    severity === 'warning' ? [code] : [],
  );
  const expected = warnings.filter((code) => !OF_TEXT.includes(code));
  assert.equal([...counts.keys()].sort(), expected.sort());
  if (process.env['P4RUNPRO_DEBUG'] === '1') console.log([...counts]);
});

test.run();
