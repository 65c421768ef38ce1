/** Copies of packets in virtual time: each waits in the queue of its port, and leaves when its line takes it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultForwardEntry, installOperations, type MulticastGroup, SwitchState } from '../../compiler/index.js';
import {
  type DropReason,
  type EngineName,
  holdBatch,
  Switch,
  TimedDriver,
  type TimedSwitchOptions,
  timedSwitchOptions,
} from '../../sim/index.js';
import { appendPacketBytes, createPacketBatch, packetBytes } from '../../traces/index.js';
import { itemAt } from '../item-at.js';
import { frame } from './frames.js';
import { dataPlane } from './test-switch.js';
import { compileText } from './translations.js';

const plane = dataPlane('extended');
const IN = '<hdr.udp.src_port, 1, 0xffff>';
const COPIED = frame({ udp: { src: 1, dst: 2 } });
const OTHER = frame({ udp: { src: 9, dst: 2 } });
const GROUP: MulticastGroup = {
  id: 1,
  nodes: [
    { id: 0, replicationId: 5, ports: [2, 4] },
    { id: 1, replicationId: 6, ports: [2] },
  ],
};

interface Gone {
  readonly port: number;
  readonly arrivalPs: number;
  readonly departurePs: number;
  readonly bytes: string;
}

/** Packets that come at these times on port 1; what no program takes leaves by port 2. */
function run(
  text: string,
  packets: readonly (readonly [bytes: Uint8Array, atPs: number])[],
  { engine = 'compiled', ...changed }: Partial<TimedSwitchOptions> & { readonly engine?: EngineName } = {},
) {
  const gone: Gone[] = [];
  const lost: DropReason[] = [];
  const emulator = new Switch(plane, { engine });
  emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, 1, 2) });
  emulator.apply({ kind: 'insertGroup', group: GROUP });
  for (const operation of installOperations(compileText(text, new SwitchState(plane)).compiled)) {
    emulator.apply(operation);
  }
  const driver = new TimedDriver(
    emulator,
    { ...timedSwitchOptions(plane), ...changed },
    {
      nextTickPs: Number.POSITIVE_INFINITY,
      tick() {},
      left({ count, held, index, arrivalPs, departurePs }) {
        for (let place = 0; place < count; place++) {
          const { batch } = itemAt(held, place);
          const i = itemAt(index, place);
          gone.push({
            port: itemAt(batch.egressPort, i),
            arrivalPs: itemAt(arrivalPs, place),
            departurePs: itemAt(departurePs, place),
            bytes: Buffer.from(packetBytes(batch, i)).toString('hex'),
          });
        }
      },
      lost: (_held, _i, reason) => void lost.push(reason),
    },
  );
  const batch = createPacketBatch(packets.length, 2 ** 22);
  const held = holdBatch(batch);
  for (const [bytes] of packets) appendPacketBytes(batch, bytes, 1);
  driver.arriveAll(
    held,
    Float64Array.from(packets, ([, atPs]) => atPs),
  );
  driver.runToEnd();
  assert.is(held.inFlight, 0);
  assert.is(driver.packets.count, 0);
  const { counters } = emulator;
  assert.is(counters.in + counters.copies, counters.out + counters.dropped + counters.copied);
  assert.is(counters.out, gone.length);
  return { gone, lost, counters, driver };
}

const PS_PER_US = 1e6;

for (const engine of ['compiled', 'interpreted'] as const) {
  test(`copies leave by their ports at once, and those of one port one after the other (${engine})`, () => {
    const { gone, driver } = run(`program p(${IN}) { MULTICAST(1); }`, [[COPIED, 0]], { engine });
    assert.equal(
      gone.map(({ port }) => port),
      [2, 4, 2],
    );
    const [first, , second] = gone.map(({ departurePs }) => departurePs);
    const onLine = driver.trafficManager.port(2).line.timeFor(64 + 24);
    assert.ok((second ?? 0) - (first ?? 0) >= onLine, `${first} ${second}`);
    assert.ok(gone.every(({ arrivalPs }) => arrivalPs === 0));
    assert.is(driver.trafficManager.port(2).counters.packetsOut, 2);
    assert.is(driver.trafficManager.port(2).counters.queued, 2);
    assert.is(driver.packets.most, 4);
  });

  test(`the egress of each copy reads its replication id and its own time in the queue (${engine})`, () => {
    const text = `program p(${IN}) {
      MULTICAST(1);
      EXTRACT(eg_intr_md.egress_rid, sar);
      EXTRACT(eg_intr_md.deq_timedelta, har);
      ADD(sar, har);
      MODIFY(hdr.ipv4.dst, sar);
    }`;
    const { gone } = run(text, [[COPIED, 0]], { engine });
    const words = gone.map(({ bytes }) => Number.parseInt(bytes.slice(60, 68), 16));
    assert.equal(words.slice(0, 2), [5, 5]);
    assert.ok((words[2] ?? 0) > 6, 'the second copy to a port has waited');
  });

  test(`copies that find no room are lost, each for itself (${engine})`, () => {
    const { cellBytes } = plane.description.trafficManager;
    const packets = Array.from({ length: 40 }, (_, i) => [COPIED, i * 100] as const);
    const limits = { engine, bufferBytes: 40 * cellBytes, queueBytes: 8 * cellBytes };
    const { gone, lost, counters } = run(`program p(${IN}) { MULTICAST(1); }`, packets, limits);
    assert.is(counters.copies, 120);
    assert.ok(lost.length > 20 && lost.every((reason) => reason === 'queue' || reason === 'buffer'));
    assert.is(gone.length + lost.length, 120);
    assert.ok(gone.filter(({ port }) => port === 4).length > 0);
  });
}

test('with and without time the same copies leave, and no group drops', () => {
  const packets = Array.from({ length: 300 }, (_, i) => [i % 3 === 0 ? OTHER : COPIED, i * PS_PER_US] as const);
  const text = `program p(${IN}) { MULTICAST(1); EXTRACT(eg_intr_md.egress_rid, sar); MODIFY(hdr.ipv4.dst, sar); }`;
  const { gone, counters, driver } = run(text, packets);
  assert.is(gone.length, 100 + 200 * 3);
  assert.equal([counters.copied, counters.copies, counters.dropped], [200, 600, 0]);
  assert.ok(driver.packets.most <= 4, 'batches of copies are used again');
  const none = run(`program p(${IN}) { MULTICAST(2); }`, packets);
  assert.equal([none.counters.noGroup, none.counters.dropped, none.gone.length], [200, 200, 100]);
  assert.ok(none.lost.every((reason) => reason === 'unforwarded'));
});

test.run();
