/** The number of bytes that the egress parser reads of a packet. */

import { type Chip, chipOf } from '../data-plane/chip.js';
import type { DataPlane } from '../data-plane/data-plane.js';
import { must } from '../data-plane/must.js';
import { stateHeaderBytes } from '../data-plane/state-fields.js';
import { lengths } from './options.js';
import { NoP4Source } from './unsupported.js';

/** Size of egress_intrinsic_metadata_t of tna.p4, in whole words. */
const INTRINSIC_BYTES = 28;

/** @throws {NoP4Source} for a data plane whose headers are together longer than the parser can read */
export function checkParseDepth(dataPlane: DataPlane, chip: Chip = chipOf(dataPlane)): void {
  if (chip.egressParseBytes === undefined) return;
  const bytes = egressParseBytes(dataPlane);
  if (bytes <= chip.egressParseBytes) return;
  const reason = `its egress parser needs ${bytes} bytes, carried state included; a ${chip.name} reads at most ${chip.egressParseBytes}`;
  throw new NoP4Source(dataPlane.name, reason);
}

export function egressParseBytes(dataPlane: DataPlane): number {
  const { parser } = dataPlane.description;
  const length = lengths(dataPlane);
  const bytesOf = (name: string): number => {
    const header = dataPlane.headers[dataPlane.headerIndex(name)];
    return length?.header === name ? length.maximum * 4 : must(header?.bytes, `header ${name}`);
  };
  const longest = (name: string): number => {
    const { extract = [], select } = parser.states[name] ?? {};
    const behind = (select?.next ?? []).map(({ state }) => longest(state));
    return extract.reduce((sum, header) => sum + bytesOf(header), 0) + Math.max(0, ...behind);
  };
  return INTRINSIC_BYTES + stateHeaderBytes(dataPlane) + longest(parser.start);
}
