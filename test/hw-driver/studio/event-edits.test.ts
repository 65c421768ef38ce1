/** Events that are put in, moved and undone in any order, beside a session that made those that are left from the start. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failureOf } from '../../../hw-driver/studio/session/failure.js';
import { readPackets } from '../../../hw-driver/studio/session/packet-input.js';
import type { NewEvent } from '../../../hw-driver/studio/session/protocol.js';
import { StudioRun } from '../../../hw-driver/studio/session/studio-run.js';
import { PacketStore } from '../../../traces/packets/packet-store.js';
import { littleMemory } from '../../sim/history/planned-run.js';
import { cases } from '../../tiers.js';

const PACKETS = 12;
const text = (name: string, port: number, step: number): string => `@ m 16
program ${name}(<hdr.ipv4.dst, 10.0.0.${name === 'one' ? 1 : 2}, 255.255.255.255>) {
  LOADI(mar, 3);
  LOADI(sar, ${step});
  MEMADD(m);
  FORWARD(${port});
}
`;

const working = { progress: () => undefined, signal: new AbortController().signal };
const packet = fc.nat(PACKETS);
const program = fc.constantFrom('one', 'two');

const newEvent: fc.Arbitrary<NewEvent> = fc.oneof(
  fc
    .record({
      packet,
      program,
      kind: fc.constantFrom('deploy' as const, 'replace' as const),
      port: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ port, ...event }) => ({ ...event, text: text(event.program, port, port) })),
  fc.record({ packet, program, kind: fc.constant('revoke' as const) }),
  fc
    .record({ packet, program, kind: fc.constant('write' as const), value: fc.nat(100) })
    .map(({ value, ...event }) => ({ ...event, memory: 'm', bucket: 3, values: [value] })),
);

type Edit =
  | { readonly kind: 'make'; readonly event: NewEvent }
  | { readonly kind: 'remove'; readonly which: number }
  | { readonly kind: 'move'; readonly which: number; readonly packet: number }
  | { readonly kind: 'run'; readonly to: number };

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 3, arbitrary: newEvent.map((event): Edit => ({ kind: 'make', event })) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('move' as const), which: fc.nat(9), packet }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('run' as const), to: packet }) },
);

/** Each step back makes a switch. */
const plane = littleMemory('default');
const store = new PacketStore();
const packets = Array.from({ length: PACKETS }, (_, i) => `ipv4.dst=10.0.0.${1 + (i % 2)} udp.dst_port=1 port=4`);
await readPackets({ kind: 'made', packets }, store, new PacketStore(), plane, working);

function newRun(): StudioRun {
  const run = new StudioRun(plane, 0);
  run.setPackets(store);
  return run;
}

async function carryOut(run: StudioRun, each: Edit): Promise<void> {
  const id = (which: number): number => run.events[which % Math.max(1, run.events.length)]?.id ?? -1;
  try {
    if (each.kind === 'run') await run.advance(working, each.to);
    else if (each.kind === 'make') run.make(each.event);
    else if (each.kind === 'remove') run.remove([id(each.which)]);
    else run.move(id(each.which), each.packet);
  } catch (error) {
    // What cannot be made is refused, and changes nothing.
    if (failureOf(error).code === 'broken') throw error;
  }
}

/** All that a page can see of a run. */
function seen({ history, events }: StudioRun) {
  return {
    events: events.map(({ event, state }) => ({ event, state })),
    outcomes: Array.from({ length: history.count }, (_, i) => history.outcome(i)),
    memories: Array.from({ length: history.count + 1 }, (_, moment) =>
      [...history.programsBefore(moment).values()].map(({ compiled }) => [
        compiled.program,
        ...(history.memoryBefore(moment, compiled.program, 'm') ?? []),
      ]),
    ),
    writes: history.writes.count,
    counters: history.countersBefore(history.count),
  };
}

test('edits of events in any order give the run of a session that has the same events from the start', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { maxLength: 12 }), async (edits) => {
      const edited = newRun();
      for (const each of edits) await carryOut(edited, each);
      await edited.advance(working);
      const plain = newRun();
      // Events that the switch refuses from the start are not kept, so that they wait for the run here.
      plain.setEvents(edited.events.map(({ event }) => event));
      await plain.advance(working);
      assert.equal(seen(edited), seen(plain));
    }),
    { numRuns: cases(40) },
  );
});

test.run();
