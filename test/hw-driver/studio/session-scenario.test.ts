/** A session's searches, comparisons of versions and scenarios, behind the messages of a worker. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SessionClient } from '../../../hw-driver/studio/session/client.js';
import type { NewEvent } from '../../../hw-driver/studio/session/protocol.js';
import { failureOf, sessionClient } from './session-support.js';

const PACKETS = 40;

/** Counts packets of each low byte of the source; packets of source 7 are dropped. */
const COUNTER = `@m 64
program counter(<hdr.ipv4.dst, 10.0.0.1, 255.255.255.255>) {
    EXTRACT(hdr.ipv4.src, har);
    LOADI(mar, 5);
    LOADI(sar, 2);
    BRANCH:
    case(<har, 10.0.0.7, 255.255.255.255>) {
        DROP;
    };
    MEMADD(m);
    FORWARD(1);
}
`;

/** Packets of sources 10.0.0.0 … 10.0.0.7 in turn. */
const packetTexts = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `ipv4.src=10.0.0.${i % 8} ipv4.dst=10.0.0.1 udp.dst_port=${i} port=4`);

async function counterSession(): Promise<SessionClient> {
  const client = sessionClient();
  await client.ask('open', { dataPlane: 'default', seed: 3 });
  await client.ask('add-packets', { origin: { kind: 'made', packets: packetTexts(PACKETS) } });
  const deploy: NewEvent = { packet: 10, kind: 'deploy', program: 'counter', text: COUNTER };
  await client.ask('make-event', { event: deploy });
  await client.ask('run', {});
  return client;
}

test('a search finds the nearest packet on both sides of the moment, or none, and says what is no condition', async () => {
  const client = await counterSession();
  const found = async (at: number, condition: string, direction: 'forwards' | 'backwards') =>
    (await client.ask('search', { at, condition, direction })).packet;
  assert.is(await found(0, 'verdict = dropped', 'forwards'), 15);
  assert.is(await found(16, 'verdict = dropped', 'forwards'), 23);
  assert.is(await found(23, 'verdict = dropped', 'backwards'), 15);
  assert.is(await found(15, 'verdict = dropped', 'backwards'), null);
  assert.is(await found(0, 'writes counter.m[5] = 6', 'forwards'), 12);
  const { code, message } = await failureOf(
    client.ask('search', { at: 0, condition: 'verdict =', direction: 'forwards' }),
  );
  assert.is(code, 'bad-condition');
  assert.match(message, /found the end, where one of forwarded, .* is expected/);
  const unknown = await failureOf(client.ask('search', { at: 0, condition: 'writes x.y', direction: 'forwards' }));
  assert.is(unknown.code, 'bad-condition');
});

test('two versions of a program over the same packets: which packets differ, and both ways of one', async () => {
  const client = await counterSession();
  const before = await client.ask('digests', {});
  const other = COUNTER.replace('10.0.0.7', '10.0.0.3');
  const compared = await client.ask('compare', { program: 'counter', text: other, at: PACKETS });
  const different = Array.from({ length: PACKETS }, (_, i) => i).filter((i) => i >= 10 && (i % 8 === 3 || i % 8 === 7));
  assert.equal([...compared.differences], different);
  assert.equal([compared.from, compared.packets, compared.refused], [10, PACKETS, []]);
  const outcomes = await client.ask('compared-outcomes', { packet: 11 });
  assert.equal([outcomes.one.verdict, outcomes.other.verdict, outcomes.parts[0]], ['forwarded', 'dropped', 'verdict']);
  assert.equal((await client.ask('compared-outcomes', { packet: 12 })).parts, []);
  const there = await client.ask('compared-packet', { packet: 11 });
  assert.is(there.source?.text, other);
  assert.equal(await client.ask('digests', {}), before, 'the run is as it was');
  const missing = await failureOf(client.ask('compare', { program: 'counter', text: other, at: 9 }));
  assert.is(missing.message, 'no program counter has been deployed before packet 10');
});

test('a session packed and opened in another one is the same run, with events that are refused', async () => {
  const client = await counterSession();
  const write: NewEvent = { packet: 30, kind: 'write', program: 'counter', memory: 'm', bucket: 5, values: [100] };
  await client.ask('make-event', { event: write });
  await client.ask('run', {});
  const page = {
    title: 'who wrote m[5]',
    files: [{ name: 'counter.p4runpro', text: COUNTER }],
    view: { moment: 12, pane: 'memory', word: { program: 'counter', memory: 'm', bucket: 5 } },
  };
  const { bytes } = await client.ask('pack-scenario', page);
  const again = sessionClient();
  const opened = await again.ask('open-scenario', { bytes });
  const { timeline } = opened;
  assert.equal(
    [opened.title, opened.files, opened.view, opened.dataPlane],
    [page.title, page.files, page.view, 'default'],
  );
  assert.equal(
    timeline.events.map(({ event, state }) => [event.packet, event.kind, state.kind]),
    [
      [10, 'deploy', 'made'],
      [30, 'write', 'made'],
    ],
  );
  assert.equal(await again.ask('digests', {}), await client.ask('digests', {}));
  assert.equal(await again.ask('packet', { packet: 31 }), await client.ask('packet', { packet: 31 }));

  await client.ask('remove-events', { ids: [0] });
  await client.ask('run', {});
  const alone = await client.ask('pack-scenario', page);
  const refused = await again.ask('open-scenario', { bytes: alone.bytes });
  assert.equal(
    refused.timeline.events.map(({ state }) => state.kind),
    ['refused'],
  );
  assert.is(refused.timeline.ran, PACKETS);
});

test('what is no scenario is refused, and what was there stays', async () => {
  const client = await counterSession();
  const before = await client.ask('timeline', {});
  const { code, message } = await failureOf(client.ask('open-scenario', { bytes: new Uint8Array(100) }));
  assert.is(code, 'bad-scenario');
  assert.match(message, /^this is no scenario/);
  assert.equal(await client.ask('timeline', {}), before);
});

test('the explanation of a text: its figure and its words, its place beside what runs, and proposals', async () => {
  const client = await counterSession();
  const fits = await client.ask('explain', { at: PACKETS, text: COUNTER });
  assert.match(String(fits.figures[0]), /^<svg /);
  assert.ok(fits.results[0]?.fits, 'a program that runs fits in its own place');
  assert.match(String(fits.texts[0]), /MEMADD m/);
  const deep = COUNTER.replace('    FORWARD(1);', `${'    ADD(har, sar);\n'.repeat(12)}    FORWARD(1);`);
  const question = { at: PACKETS, recirculations: 0 };
  const misfit = await client.ask('explain', { ...question, text: deep });
  const [result] = misfit.results;
  if (result === undefined || result.fits) throw new Error('it fits');
  assert.is(misfit.figures[0], null);
  assert.is(misfit.proposals[0]?.length, result.proposals.length);
  const proposal = result.proposals.find(({ kind }) => kind === 'forward-first');
  if (proposal === undefined) throw new Error('no FORWARD at the front is proposed');
  const { text } = await client.ask('apply-proposal', { text: deep, program: 'counter', proposal });
  const applied = await client.ask('explain', { ...question, text: String(text) });
  assert.ok(applied.results[0]?.fits);
});

test('entries of an RPB in words, with the lines that they come from', async () => {
  const client = await counterSession();
  const { rpbs } = await client.ask('switch', { at: PACKETS });
  const entries = rpbs.flatMap((rpb) => rpb.entries);
  const drop = entries.find(({ does }) => does === 'drop');
  assert.equal(drop?.lines, [8]);
  const load = entries.find(({ lines }) => lines.includes(5));
  assert.equal([load?.does, load?.branch, load?.when], ['loadi_sar(2)', 0, '']);
  const branch = entries.find(({ does }) => does.startsWith('set_branch_id'));
  assert.is(branch?.when, 'har = 0xa000007');
});

test.run();
