/** A switch with time whose entries tests write by hand, and what becomes of packets that come at given times. */
import { type DataPlane, defaultForwardEntry, type TableEntry } from '../../compiler/index.js';
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
import { EGRESS_PORT, INGRESS_PORT } from './test-switch.js';

export interface Coming {
  readonly bytes: Uint8Array;
  readonly atPs: number;
  readonly port?: number;
}

export interface Gone {
  /** Place among the packets that came. */
  readonly i: number;
  readonly port: number;
  readonly arrivalPs: number;
  readonly departurePs: number;
}

export interface TimedOutcome {
  /** In order of departure. */
  readonly gone: readonly Gone[];
  readonly lost: readonly { readonly i: number; readonly reason: DropReason }[];
  /** By place among the packets that came. */
  readonly bytes: readonly Uint8Array[];
  readonly emulator: Switch;
  readonly driver: TimedDriver;
}

export interface TimedRunOptions extends Partial<TimedSwitchOptions> {
  readonly engine?: EngineName;
  readonly entries?: readonly TableEntry[];
  /** Whether packets that come in on port 2 leave by port 1. */
  readonly forwardBack?: boolean;
  /** Before the first packet. */
  readonly prepare?: (emulator: Switch, driver: TimedDriver) => void;
}

/** Packets come in on port 1 and leave by port 2 unless they or a program say otherwise. */
export function timedRun(plane: DataPlane, packets: readonly Coming[], options: TimedRunOptions = {}): TimedOutcome {
  const { engine = 'compiled', entries = [], forwardBack = false, prepare, ...changed } = options;
  const bytes = packets.reduce((sum, packet) => sum + packet.bytes.length + 8, 8);
  const batch = createPacketBatch(packets.length + 1, bytes);
  const held = holdBatch(batch);
  const gone: Gone[] = [];
  const lost: { i: number; reason: DropReason }[] = [];
  const emulator = new Switch(plane, { engine });
  const driver = new TimedDriver(
    emulator,
    { ...timedSwitchOptions(plane), ...changed },
    {
      nextTickPs: Number.POSITIVE_INFINITY,
      tick() {},
      left({ count, index, ...times }) {
        for (let place = 0; place < count; place++) {
          const i = itemAt(index, place);
          const [arrivalPs, departurePs] = [itemAt(times.arrivalPs, place), itemAt(times.departurePs, place)];
          gone.push({ i, port: batch.egressPort[i] ?? 0, arrivalPs, departurePs });
        }
      },
      lost(_held, i, reason) {
        lost.push({ i, reason });
      },
    },
  );
  emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, INGRESS_PORT, EGRESS_PORT) });
  if (forwardBack) {
    emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, EGRESS_PORT, INGRESS_PORT) });
  }
  for (const entry of entries) emulator.apply({ kind: 'insertEntry', entry });
  prepare?.(emulator, driver);
  for (const packet of packets) appendPacketBytes(batch, packet.bytes, packet.port ?? INGRESS_PORT);
  for (const [i, { atPs }] of packets.entries()) driver.arrive(held, i, atPs);
  driver.runToEnd();
  if (held.inFlight !== 0) throw new Error(`${held.inFlight} packets are still in flight`);
  return { gone, lost, bytes: packets.map((_, i) => packetBytes(batch, i).slice()), emulator, driver };
}
