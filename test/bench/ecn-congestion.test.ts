/** The ECN program under congestion: two ports send to one at full speed, and its queue grows beyond 10 microseconds. */

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { programFile } from '../../bench/workloads/program-kind.js';
import {
  analyse,
  defaultDataPlane,
  defaultForwardEntry,
  installOperations,
  link,
  lower,
  SwitchState,
} from '../../compiler/index.js';
import { lineBytes, type Switch } from '../../sim/index.js';
import { itemAt } from '../item-at.js';
import { checksumsOf } from '../sim/frames.js';
import { type Coming, timedRun } from '../sim/timed-run.js';
import { fields, flowFromInside, packetOf } from './packets.js';

const plane = defaultDataPlane();
/** Both send to port 2, where packets of port 1 go by default. */
const PORTS = [1, 3];
const THRESHOLD_NS = 10_000;
const PAYLOAD_BYTES = 1400;
const PAIRS = 220;

const { programs, sourceHash } = analyse(readFileSync(programFile('ecn'), 'utf8'), plane);
const [program] = programs;
if (program === undefined) throw new Error('the program has errors');
const compiled = link(lower(program, plane, 1), new SwitchState(plane), sourceHash);

function prepare(emulator: Switch): void {
  emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, 3, 2) });
  for (const operation of installOperations(compiled)) emulator.apply(operation);
}

/** Packets of all four ECN values, back to back on both ports. */
const packets: readonly Coming[] = Array.from({ length: 2 * PAIRS }, (_, i) => {
  const bytes = packetOf(flowFromInside(i), PAYLOAD_BYTES, (i >> 1) % 4);
  return { bytes, atPs: (i >> 1) * lineBytes(bytes.length) * 80, port: itemAt(PORTS, i % 2) };
});

for (const engine of ['compiled', 'interpreted'] as const) {
  test(`packets that have waited 10 us are marked if they can be, and no others (${engine})`, () => {
    const { gone, lost, bytes } = timedRun(plane, packets, { prepare, engine });
    assert.is(lost.length, 0);
    const idle = Math.min(...gone.map(({ arrivalPs, departurePs }) => departurePs - arrivalPs));
    const counted = { marked: 0, unmarked: 0, incapable: 0 };
    for (const { i, arrivalPs, departurePs } of gone) {
      const waitedNs = (departurePs - arrivalPs - idle) / 1000;
      const before = (i >> 1) % 4;
      const { ecn } = fields(itemAt(bytes, i));
      const { ipv4, transport } = checksumsOf(itemAt(bytes, i));
      assert.ok(ipv4 && transport, `checksums of packet ${i}`);
      // Waits are known to a few cycles from outside.
      if (Math.abs(waitedNs - THRESHOLD_NS) < 5) continue;
      const capable = before === 1 || before === 2;
      const marked = capable && waitedNs >= THRESHOLD_NS;
      assert.is(ecn, marked ? 3 : before, `packet ${i} waited ${waitedNs} ns, ECN ${before}`);
      if (marked) counted.marked++;
      else if (capable) counted.unmarked++;
      else if (waitedNs >= THRESHOLD_NS) counted.incapable++;
    }
    for (const [what, count] of Object.entries(counted)) assert.ok(count > 50, `${what}: ${count}`);
  });
}

test.run();
