/** Marks of a program that does not ship, derived from its filters. */
import type { DataPlane, Program } from '../../compiler/index.js';
import { filtersIpv6, wordNames } from '../../sim/made-packet/matching-traffic.js';
import type { InstanceMark } from './instance-marks.js';

/** A mark on the program's parsing path whose field its filters do not use, if there is one. */
export function markForProgram(program: Program, dataPlane: DataPlane): InstanceMark {
  const filtered = new Set(program.filters.filter(({ mask }) => mask !== 0).map(({ field }) => field.name));
  if (filtersIpv6(program, dataPlane)) {
    const isFiltered = (address: string): boolean => wordNames(address).some((word) => filtered.has(word));
    const keepsDestination = isFiltered('hdr.ipv6.dst') || !isFiltered('hdr.ipv6.src');
    return keepsDestination ? 'IPv6 source network' : 'IPv6 destination network';
  }
  switch (program.filterTable.path) {
    case 'tunnel':
      return 'tunnel destination';
    case 'L2':
      return 'Ethernet destination';
    default:
      return filtered.has('hdr.ipv4.dst') && !filtered.has('hdr.ipv4.src') ? 'source network' : 'destination network';
  }
}
