/** When programs arrive and depart: processes, files of events, and what is refused. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { arrivalsOfModule } from '../../bench/cli/commands/arrival-modules.js';
import { fillSwitch } from '../../bench/measure/capacity/fill-switch.js';
import { measureChurn } from '../../bench/measure/churn/measure-churn.js';
import {
  ArrivalError,
  type ArrivalEvent,
  type ArrivalProcess,
  oneByOne,
} from '../../bench/workloads/arrivals/arrival-process.js';
import { DepartureQueue } from '../../bench/workloads/arrivals/departure-queue.js';
import { eventsOfFile } from '../../bench/workloads/arrivals/event-file.js';
import { playArrivals } from '../../bench/workloads/arrivals/play-arrivals.js';
import { poisson } from '../../bench/workloads/arrivals/poisson.js';
import { loadWorkload } from '../../bench/workloads/workload.js';
import { defaultDataPlane, priceAllocator } from '../../compiler/index.js';
import { type, withFolder } from '../command-line.js';

const PLAYING = { seed: '1', clock: () => 0, signal: new AbortController().signal };

async function played(arrivals: ArrivalProcess, untilSeconds?: number): Promise<ArrivalEvent[]> {
  const events: ArrivalEvent[] = [];
  await playArrivals({ ...PLAYING, arrivals, untilSeconds }, (event) => events.push(event) > 0);
  return events;
}

const arrival = (at: number, program: number): ArrivalEvent => ({ kind: 'arrival', at, program });
const departure = (at: number, program: number): ArrivalEvent => ({ kind: 'departure', at, program });
const processOf = (...events: ArrivalEvent[]): ArrivalProcess => ({ name: 'mine', events: () => events });

test('one by one: all at time 0, numbered from 0', async () => {
  assert.equal(await played(oneByOne(3)), [arrival(0, 0), arrival(0, 1), arrival(0, 2)]);
});

test('Poisson: 10,000 arrivals and their lifetimes have the means that were asked for', async () => {
  const events = await played(poisson({ arrivalSeconds: 2, lifetimeSeconds: 50 }), 20_000);
  const arrivals = events.filter(({ kind }) => kind === 'arrival');
  // Expected 10,000 with a standard deviation of 100: four of them.
  assert.ok(Math.abs(arrivals.length - 10_000) < 400, `${arrivals.length}`);
  const arrivedAt = new Map(arrivals.map(({ program, at }) => [program, at]));
  const lifetimes = events.flatMap(({ kind, program, at }) =>
    kind === 'departure' ? [at - (arrivedAt.get(program) ?? Number.NaN)] : [],
  );
  const mean = lifetimes.reduce((sum, lifetime) => sum + lifetime, 0) / lifetimes.length;
  // The standard deviation of the mean is 50 / 100.
  assert.ok(Math.abs(mean - 50) < 2, `${mean}`);
  assert.ok(lifetimes.every((lifetime) => lifetime > 0));
});

test('Poisson: equal seeds give equal events, other seeds others', async () => {
  const process = poisson({ arrivalSeconds: 1, lifetimeSeconds: 5 });
  const first = await played(process, 50);
  assert.equal(await played(process, 50), first);
  assert.not.equal([...take(process.events('2'), 20)], first.slice(0, 20));
});

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let taken = 0;
  for (const item of items) {
    if (taken++ === count) return;
    yield item;
  }
}

test('departures come in the order of their times, whatever the order in which they were added', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), fc.integer({ min: 0, max: 20 }), (times, until) => {
      const queue = new DepartureQueue();
      for (const [program, at] of times.entries()) queue.add(at, program);
      const expected = times
        .map((at, program) => departure(at, program))
        .sort((a, b) => a.at - b.at || a.program - b.program);
      const early = [...queue.until(until)];
      assert.equal(
        early,
        expected.filter(({ at }) => at <= until),
      );
      assert.equal([...early, ...queue.until(100)], expected);
    }),
  );
});

test('a file of events, with a program that comes back', async () => {
  const text = '\ufefftime_s, event, program\r\n0,arrive,a\n\n1.5,arrive,b\n2,depart,a\n2,arrive,a\n7,depart,b\n';
  assert.equal(await played(eventsOfFile(text, 'events.csv')), [
    arrival(0, 0),
    arrival(1.5, 1),
    departure(2, 0),
    arrival(2, 2),
    departure(7, 1),
  ]);
});

const HEAD = 'time_s,event,program\n';
const BAD_FILES: readonly (readonly [text: string, message: string])[] = [
  ['', 'events.csv has no events'],
  [HEAD, 'events.csv has no events'],
  ['time,event,program\n0,arrive,a\n', 'events.csv: there is no column time_s; the columns are time_s, event, program'],
  [`${HEAD}x,arrive,a\n`, "events.csv:2: time_s is 'x', not a number of seconds from 0 on"],
  [`${HEAD},arrive,a\n`, "events.csv:2: time_s is '', not a number of seconds from 0 on"],
  [`${HEAD}-1,arrive,a\n`, "events.csv:2: time_s is '-1', not a number of seconds from 0 on"],
  [`${HEAD}5,arrive,a\n4,arrive,b\n`, 'events.csv:3: time_s is 4, less than the 5 of the event before it'],
  [`${HEAD}0,go,a\n`, "events.csv:2: event is 'go', neither 'arrive' nor 'depart'"],
  [`${HEAD}0,arrive,\n`, 'events.csv:2: the program has no name'],
  [`${HEAD}0,arrive,a\n1,arrive,a\n`, 'events.csv:3: program a arrives a second time without having departed'],
  [`${HEAD}0,depart,a\n`, 'events.csv:2: program a departs without having arrived'],
];
for (const [text, message] of BAD_FILES) {
  test(`a file of events that is refused: ${message}`, () => {
    assert.throws(
      () => eventsOfFile(text, 'events.csv'),
      (error: unknown) => error instanceof ArrivalError && error.message === message,
    );
  });
}

test('a file with a row too short is refused with its line', () => {
  assert.throws(() => eventsOfFile(`${HEAD}0,arrive\n`, 'events.csv'), /^events\.csv: .*line 2/);
});

const LIES: readonly (readonly [events: readonly ArrivalEvent[], message: string])[] = [
  [[arrival(1, 0), arrival(0.5, 1)], 'event at 0.5 s after one at 1 s; times are finite and never decrease'],
  [[arrival(Number.NaN, 0)], 'event at NaN s after one at 0 s; times are finite and never decrease'],
  [[arrival(0, 1)], 'program 1 arrives where program 0 is next; programs are numbered from 0'],
  [[arrival(0, 0), arrival(0, 0)], 'program 0 arrives where program 1 is next; programs are numbered from 0'],
  [[departure(0, 0)], 'program 0 departs, but is not there'],
  [[arrival(0, 0), departure(1, 0), departure(2, 0)], 'program 0 departs, but is not there'],
  [
    [{ ...arrival(0, 0), at: '9' as unknown as number }],
    "event at '9' (a value of type string), where a number of seconds was expected",
  ],
  [[{ ...arrival(0, 0), kind: 'rest' as 'arrival' }], "event of kind 'rest', neither 'arrival' nor 'departure'"],
];
for (const [events, message] of LIES) {
  test(`arrivals that break the rules: ${message}`, async () => {
    try {
      await played(processOf(...events));
      assert.unreachable();
    } catch (error) {
      assert.instance(error, ArrivalError);
      assert.is((error as Error).message, `arrivals mine: ${message}`);
    }
  });
}

const dataPlane = defaultDataPlane();
const BOOKS = { dataPlane, allocator: priceAllocator(), recirculations: 0, clock: () => 0 };
// Two of these, with 22 RPBs of 65,536 buckets, fill the RPBs that a Bloom filter can go to: 32,768 buckets a row.
const bloomFilters = () => loadWorkload({ name: 'bf', memoryBytes: 131_072, cases: 2, seed: '1', dataPlane });

test('capacity with departures: what departs makes room', async () => {
  const workload = await bloomFilters();
  const fill = (arrivals: ArrivalProcess) =>
    fillSwitch({ ...PLAYING, ...BOOKS, workload, arrivals, onProgress: () => undefined });
  const { capacity, failure } = await fill(oneByOne('max'));
  assert.ok(capacity > 2 && failure !== null, `${capacity}`);
  const full = Array.from({ length: capacity }, (_, program) => arrival(0, program));
  const exchanged = [0, 1, 2].flatMap((program) => [departure(1, program), arrival(1, capacity + program)]);
  const turned = await fill(processOf(...full, ...exchanged));
  assert.equal([turned.capacity, turned.failure, turned.allocationUs.length], [capacity, null, capacity + 3]);
  const left = Array.from({ length: capacity + 3 }, (_, program) => departure(3, program)).slice(3);
  const emptied = await fill(processOf(...full, ...exchanged, ...left));
  assert.equal(emptied, { ...turned, passes: emptied.passes });
  assert.equal([emptied.admitted, emptied.memoryUtilization > 0], [capacity + 3, true]);
  const over = await fill(processOf(...full, ...exchanged, arrival(2, capacity + 3), arrival(2, capacity + 4)));
  assert.equal([over.capacity, over.failure === null], [capacity, false]);
});

test('churn: refused programs are counted and do not depart; samples show the switch at their ends', async () => {
  const workload = await bloomFilters();
  const { capacity } = await fillSwitch({
    ...PLAYING,
    ...BOOKS,
    workload,
    arrivals: oneByOne('max'),
    onProgress: () => undefined,
  });
  const arrivals = processOf(
    ...Array.from({ length: capacity + 2 }, (_, program) => arrival(5, program)),
    departure(15, capacity),
    departure(15, 0),
    departure(15, 1),
    arrival(16, capacity + 2),
  );
  const result = await measureChurn({
    ...PLAYING,
    ...BOOKS,
    workload,
    arrivals,
    untilSeconds: 25,
    intervalSeconds: 10,
    onProgress: () => undefined,
  });
  assert.equal([result.arrivals, result.refused, result.departures], [capacity + 3, 2, 2]);
  assert.equal(
    result.samples.map(({ seconds, programs, arrivals: some, refused }) => [seconds, programs, some, refused]),
    [
      [10, capacity, capacity + 2, 2 / (capacity + 2)],
      [20, capacity - 1, 1, 0],
      [25, capacity - 1, 0, 0],
    ],
  );
});

test('a module with an arrival process of its own', () =>
  withFolder(async (folder) => {
    const lines = [
      'export default {',
      "  name: 'burst',",
      '  *events(seed) {',
      '    for (let program = 0; program < 40; program++) yield { kind: "arrival", at: Math.floor(program / 10) * 60, program };',
      '    for (let program = 0; program < 30; program++) yield { kind: "departure", at: 240, program };',
      '  },',
      '};',
    ];
    writeFileSync(join(folder, 'burst.mjs'), lines.join('\n'));
    const words = [
      'churn',
      '--workload',
      'lb',
      '--arrivals',
      './burst.mjs',
      '--duration',
      '5m',
      '--out',
      'r',
      '--json',
    ];
    const { status, stdout, stderr } = await type('bench', words, { folder });
    assert.is(status, 0, stderr);
    const { arrivals, departures, refused } = JSON.parse(stdout) as Record<string, number>;
    assert.equal([arrivals, departures, refused], [40, 30, 0]);
    const capacity = ['capacity', '--workloads', 'lb', '--arrivals', './burst.mjs', '--out', 'c'];
    const told = await type('bench', capacity, { folder });
    assert.match(told.stdout, /^lb .* ≥ 40 /m);
    assert.match(
      told.stdout.replace(/\s+/g, ' '),
      /after 40 programs and nothing was refused: the switch holds at least 40 /,
    );
    const { rows } = JSON.parse((await type('bench', [...capacity, '--json'], { folder })).stdout) as {
      rows: { capacity: number; admitted: number; failure: string | null }[];
    };
    assert.equal([rows[0]?.capacity, rows[0]?.admitted, rows[0]?.failure], [40, 40, null]);
  }));

const ENDLESS = 'while (true) {}';
const BAD_MODULES: readonly (readonly [module: string, message: RegExp])[] = [
  ['export const events = [];', /has no default export: it exports events/],
  ['export default {};', /no arrival process: it has no function events/],
  ['export default { name: "a", events: () => 7 };', /events\(\) gave no iterable of events/],
  ['export default { name: "a", events: async () => [] };', /events\(\) gave no iterable of events/],
  [
    'export default { name: "a", events: () => [null] };',
    /event 1 is null, where \{ kind, at, program \} was expected/,
  ],
  [
    'export default { name: "a", events: () => { throw new Error("no"); } };',
    /events\(\) threw Error: no \(a\.mjs:1\)/,
  ],
  ['export default { name: "a", events: () => [{ kind: "arrival", at: 0, program: 3 }] };', /program 3 arrives where/],
  ['export default () => ({});', /no arrival process: it is a function, where \{ name, events\(seed\) \}/],
  ['export default { name: "a", events: () => [] };', /events\(\) gave no event/],
  ['export default {', /a\.mjs cannot be loaded/],
];
for (const [module, message] of BAD_MODULES) {
  test(`a module that is refused: ${message.source}`, () =>
    withFolder(async (folder) => {
      writeFileSync(join(folder, 'a.mjs'), module);
      const words = ['churn', '--workload', 'lb', '--arrivals', 'a.mjs', '--out', 'r'];
      const { status, stdout, stderr } = await type('bench', words, { folder });
      assert.equal([status, stdout], [2, '']);
      assert.match(stderr, message);
      assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
    }));
}

test('a module whose events never come is ended', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'slow.mjs');
    writeFileSync(path, `export default { name: 'slow', *events() { ${ENDLESS} } };`);
    // The limit is that of loading, too, which takes longer on a loaded machine.
    const process = await arrivalsOfModule(path, 1);
    assert.throws(() => [...process.events('1')], /event 1 did not return within 1 s/);
  });
});

test('bench churn as a user types it: a table, CSV, a figure, one JSON document; the same for the same seed', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'events.csv'), `${HEAD}0,arrive,a\n10,arrive,b\n20,depart,a\n`);
    const words = ['churn', '--workload', 'lb', '--memory', '256', '--arrivals', 'events.csv', '--duration', '30'];
    const told = await type('bench', [...words, '--samples', '3', '--out', 'r'], { folder });
    assert.is(told.status, 0, told.stderr);
    assert.match(told.stdout, /arrivals 2, departures 1, refused 0 \(0\.0 %\)/);
    assert.equal(readdirSync(join(folder, 'r')).sort(), ['churn.csv', 'churn.svg']);
    const rows = readFileSync(join(folder, 'r', 'churn.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    assert.equal(
      rows.slice(1).map((row) => row.split(',').slice(0, 3)),
      // At the end of an interval, before what happens at that time.
      [
        ['10', '1', '1'],
        ['20', '2', '1'],
        ['30', '1', '0'],
      ],
    );
    const random = [
      'churn',
      '--arrivals',
      'poisson:60s,1h',
      '--duration',
      '2h',
      '--samples',
      '2',
      '--json',
      '--out',
      's',
    ];
    const documents = [];
    for (let run = 0; run < 2; run++) {
      const { stdout } = await type('bench', random, { folder });
      const { samples, ...rest } = JSON.parse(stdout) as { samples: Record<string, number>[]; schema: string };
      documents.push({
        ...rest,
        samples: samples.map(({ allocationP50Us: _, allocationP95Us: __, ...sample }) => sample),
      });
    }
    assert.is(documents[0]?.schema, 'p4runpro-bench/churn@1');
    assert.equal(documents[0], documents[1]);
  }));

test.run();
