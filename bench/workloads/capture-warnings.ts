/** Warnings of a run about packets of captures that were skipped or will be dropped. */

import { counted } from '../../compiler/data-plane/counting.js';
import { FRONT_PORTS } from '../../hw-driver/index.js';
import { type CaptureIntake, portList } from '../../traces/captures/capture-intake.js';

/** Sentences on packets that were skipped, or are dropped unless a program forwards them. */
export function captureWarnings(intake: CaptureIntake): string[] {
  const lost = intake.account().ports.filter(({ port, leftOut }) => !leftOut && port >= FRONT_PORTS);
  const packets = lost.reduce((sum, port) => sum + port.packets, 0);
  const unconnected =
    `${counted(packets, 'packet')} arrived at ${portList(lost)}: default forwarding connects ports 0 to ` +
    `${FRONT_PORTS - 1}, so those that no program forwards are dropped`;
  return [...intake.notes().missing, ...(lost.length === 0 ? [] : [unconnected])];
}
