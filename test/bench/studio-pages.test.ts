/** `--studio` of `bench replay` and `bench goldens`: pages whose scenario is the replay, and the command that writes one. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GOLDEN_FOLDER } from '../../bench/verify/goldens/check-goldens.js';
import { readCapture } from '../../bench/verify/replay/captured-packets.js';
import { programFile } from '../../bench/workloads/program-kind.js';
import { must } from '../../compiler/index.js';
import { scenarioTextIn } from '../../hw-driver/studio/export/exported-page.js';
import { packScenario, type Scenario, scenarioOfText } from '../../hw-driver/studio/scenario/index.js';
import { StudioSession } from '../../hw-driver/studio/session/session.js';
import { testRefusals, type, withFolder } from '../command-line.js';

const golden = (name: string, file: string): string => join(GOLDEN_FOLDER, name, file);
const working = { signal: new AbortController().signal, progress: () => undefined };

const scenarioIn = (path: string): Scenario =>
  scenarioOfText(must(scenarioTextIn(readFileSync(path, 'utf8')), 'scenario of a page'));

/** The packets that leave when the scenario is opened in a session of the page, as a file. */
async function leftIn(scenario: Scenario, file: string): Promise<StudioSession> {
  const session = new StudioSession();
  const opened = await session.ask({ kind: 'open-scenario', bytes: packScenario(scenario) }, working);
  assert.equal(
    opened.timeline.events.map(({ state }) => state.kind),
    opened.timeline.events.map(() => 'made'),
  );
  const { bytes } = await session.ask({ kind: 'capture', which: 'left', format: 'pcapng' }, working);
  writeFileSync(file, bytes);
  return session;
}

test('the page of a golden shows what the golden expects', () =>
  withFolder(async (folder) => {
    // With memory before the first packet, of two passes, on another data plane, and with groups.
    const names = ['calc', 'hh-threshold', 'hh6-threshold', 'switchml'];
    const { status, stdout, stderr } = await type('bench', ['goldens', ...names, '--studio', 'pages'], { folder });
    assert.is(status, 0, stderr);
    assert.equal(readdirSync(join(folder, 'pages')).sort(), ['calc.html', 'hh-threshold.html', 'hh6-threshold.html']);
    assert.match(stdout, /\npages\/calc\.html: [\d,]+ bytes, which a browser opens\n/);
    assert.match(stdout, /\nswitchml: no page, as the studio has not what it has: multicast groups\n/);
    for (const name of names.slice(0, 3)) {
      const left = join(folder, 'left.pcapng');
      await leftIn(scenarioIn(join(folder, 'pages', `${name}.html`)), left);
      assert.equal(await readCapture(left), await readCapture(golden(name, 'expected.pcapng')), name);
    }
  }));

test('a replay that differs prints the command for its page, which opens at the first packet that differs', () =>
  withFolder(async (folder) => {
    const text = readFileSync(programFile('calc'), 'utf8');
    writeFileSync(join(folder, 'my calc.p4runpro'), text.replace('XOR(sar, mar)', 'OR(sar, mar)'));
    const run = ['replay', 'my calc.p4runpro', '--trace', golden('calc', 'trace.pcapng')];
    const asked = [...run, '--expect', golden('calc', 'expected.pcapng')];
    const plain = await type('bench', asked, { folder });
    assert.is(plain.status, 1);
    const [, command] = /\nsee: bench (.*)\n$/.exec(plain.stdout) ?? [];
    const words = [...must(command, 'command').matchAll(/'([^']*)'|(\S+)/g)].map(
      ([, quoted, word]) => quoted ?? `${word}`,
    );
    const written = await type('bench', words, { folder });
    assert.is(written.status, 1);
    assert.match(written.stdout, /\nreplay\.html: [\d,]+ bytes, which a browser opens\n$/);
    const scenario = scenarioIn(join(folder, 'replay.html'));
    const first = must(
      /^packet (\d+): /m.exec(plain.stdout.slice(plain.stdout.indexOf('first difference')))?.[1],
      'packet',
    );
    assert.is(scenario.view.packet, Number(first) - 1);
    assert.is(scenario.view.moment, Number(first) - 1);
    const session = await leftIn(scenario, join(folder, 'left.pcapng'));
    const shown = await session.ask({ kind: 'packet', packet: Number(first) - 1 }, working);
    assert.ok(shown.trace.steps.some(({ source }) => source.some((line) => line.text === 'OR(sar, mar);')));
    const expected = await type('bench', [...run, '--out', 'out.pcapng'], { folder });
    assert.is(expected.status, 0);
    assert.equal(await readCapture(join(folder, 'left.pcapng')), await readCapture(join(folder, 'out.pcapng')));
  }));

const CALC = golden('calc', 'trace.pcapng');
await testRefusals('bench', [
  {
    args: ['replay', 'calc', '--trace', CALC, '--queue-time', '5', '--studio', 'a.html'],
    says: /packets that wait in a queue/,
  },
  { args: ['replay', 'calc', '--trace', CALC, '--allocator', 'f1', '--studio', 'a.html'], says: /the allocator f1/ },
  { args: ['replay', 'calc', '--trace', CALC, '--studio', 'no/a.html'], says: /cannot write no\/a\.html/ },
]);

test.run();
