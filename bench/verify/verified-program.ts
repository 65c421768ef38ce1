/** A deployed program with its network function. */
import { must } from '../../compiler/data-plane/must.js';
import type { DataPlane } from '../../compiler/index.js';
import type { LinkedProgram } from '../workloads/deployment.js';
import { cachedKey, cachedKeys } from '../workloads/instance.js';
import { type MarkedField, markFilter } from '../workloads/instance-marks.js';
import { isProgramKey, PROGRAM_KINDS, type ProgramKey } from '../workloads/program-kind.js';
import { generality, isForProgram, networkFunction } from './functions/for-program.js';
import type { NetworkFunction } from './functions/network-function.js';
import type { PacketView } from './functions/packet.js';
import { connectionTable, flowHash, randomNumbers, switchResources, wordHash } from './hash-wiring.js';

export interface VerifiedProgram {
  readonly key: ProgramKey;
  readonly name: string;
  readonly programId: number;
  readonly isFor: (packet: PacketView) => boolean;
  readonly function: NetworkFunction;
}

/** @param cases number of elastic cases of the program @param seed of the switch */
export function verifiedProgram(
  { arrival, compiled }: LinkedProgram,
  dataPlane: DataPlane,
  cases: number,
  seed: number,
): VerifiedProgram {
  const { key, name, number } = arrival;
  if (!isProgramKey(key)) throw new Error(`there is no network function for ${key}`);
  const rule = number % 2;
  const resources = switchResources(compiled, dataPlane);
  const mark = markFilter(PROGRAM_KINDS[key].mark, number);
  return {
    key,
    name,
    programId: compiled.programId,
    isFor: (packet) => isForProgram(key, packet, rule) && hasMark(packet, mark),
    function: networkFunction(key, {
      ...resources,
      rule,
      cachedKeys: Array.from({ length: cachedKeys(cases) }, (_, n) => ({ key1: cachedKey(n), key2: 0, bucket: n })),
      servers: {
        port: (bucket) => must(arrival.memoryValue?.('port', bucket), 'content of memory port'),
        address: (bucket) => must(arrival.memoryValue?.('address', bucket), 'content of memory address'),
      },
      connections: () => connectionTable(resources),
      wordHash: () => wordHash(compiled),
      memoryWord: (memory) => (bucket) => must(arrival.memoryValue?.(memory, bucket), `content of memory ${memory}`),
      random: () => randomNumbers(compiled, seed),
      flowHash: () => flowHash(compiled),
    }),
  };
}

function hasMark(packet: PacketView, { field, value, mask }: MarkedField): boolean {
  if (typeof value === 'bigint' || typeof mask === 'bigint') {
    if (field === 'hdr.ipv6.src') return packet.sourceNetwork6 === BigInt(value) >> 64n;
    throw new Error(`no instance is distinguished by ${field}`);
  }
  switch (field) {
    case 'hdr.ipv4.src':
      return (packet.source & mask) >>> 0 === value;
    case 'hdr.ipv4.dst':
      return (packet.destination & mask) >>> 0 === value;
    case 'hdr.ethernet.dst':
      return packet.ethernetDestination === value;
    case 'hdr.tunnel.dst_id':
      return packet.tunnelDestination === value;
    default:
      throw new Error(`no instance is distinguished by ${field}`);
  }
}

/** The program that matches a packet, if any. */
export function programFor(programs: readonly VerifiedProgram[], packet: PacketView): VerifiedProgram | undefined {
  return programs.find(({ isFor }) => isFor(packet));
}

/** Programs in order of precedence. */
export const bySpecificity = (programs: readonly VerifiedProgram[]): VerifiedProgram[] =>
  [...programs].sort((a, b) => generality(a.key) - generality(b.key));
