/**
 * The hash function of each memory of a compiled program, and its random numbers. This is the only information about the
 * program that a network function gets.
 */
import { FIVE_TUPLE } from '../../compiler/data-plane/headers.js';
import type { CompiledProgram, DataPlane, HashUse } from '../../compiler/index.js';
import { HashUnit, randomSite, randomWord } from '../../sim/index.js';
import type { ConnectionTable } from './functions/firewall.js';
import type { HashFunction, RandomFunction, SwitchResources } from './functions/network-function.js';
import type { PacketView } from './functions/packet.js';

/** The hash unit that selects buckets, by memory. @throws if there are several */
export function hashUnits({ program, hashes }: CompiledProgram): Map<string, HashUnit> {
  const rpbs = new Map<string, Set<number>>();
  const units = new Map<string, HashUnit>();
  for (const { rpb, crc, memories } of hashes) {
    for (const { name } of memories) {
      rpbs.set(name, (rpbs.get(name) ?? new Set()).add(rpb));
      units.set(name, new HashUnit(crc));
    }
  }
  for (const [memory, { size }] of rpbs) {
    if (size > 1) throw new Error(`${program}: memory ${memory} is hashed in ${size} RPBs, not in one`);
  }
  return units;
}

/** The function of a program's only HASH. @throws if it has none, or several */
export const wordHash = (compiled: CompiledProgram): HashFunction => hashIntoHar(compiled, 'HASH', ['har']);

/** The function of a program's only HASH_5_TUPLE. @throws if it has none, or several */
export const flowHash = (compiled: CompiledProgram): HashFunction => hashIntoHar(compiled, 'HASH_5_TUPLE', FIVE_TUPLE);

/** @param inputs names of the values that it hashes */
function hashIntoHar({ program, hashes }: CompiledProgram, primitive: string, inputs: readonly string[]): HashFunction {
  const isOf = (input: HashUse['input']): boolean => input.map(({ name }) => name).join() === inputs.join();
  const [use, ...others] = hashes.filter(({ into, input }) => into === 'har' && isOf(input));
  if (use === undefined || others.length > 0) throw new Error(`${program}: no single ${primitive}`);
  const unit = new HashUnit(use.crc);
  return (key) => unit.digest(key, key.length);
}

/** What a program's only RANDOM draws. @param seed of the switch @throws if it has none, or several */
export function randomNumbers({ program, placement }: CompiledProgram, seed: number): RandomFunction {
  const [place, ...others] = placement.filter(({ action }) => action.startsWith('random_'));
  if (place === undefined || others.length > 0) throw new Error(`${program}: no single RANDOM`);
  const site = randomSite(place.pass, place.rpb - 1);
  return ({ arrival }) => randomWord(seed, arrival, site) >>> 0;
}

/** The inputs of a network function from the switch of its program. */
export function switchResources(compiled: CompiledProgram, dataPlane: DataPlane): SwitchResources {
  const units = hashUnits(compiled);
  return {
    hashOf: (memory): HashFunction => {
      const unit = units.get(memory);
      if (unit === undefined) throw new Error(`${compiled.program} has no hashed memory ${memory}`);
      return (key) => unit.digest(key, key.length);
    },
    bucketsOf: (memory) => {
      const block = compiled.memories.find(({ name }) => name === memory);
      if (block === undefined) throw new Error(`${compiled.program} has no memory ${memory}`);
      return block.buckets;
    },
    cpuPort: dataPlane.description.ports.cpu,
  };
}

/** SYN alone of SYN, RST and FIN, in the flags word: what the firewall's memory holds of an open connection. */
const OPEN = { mask: 0x00070000, value: 0x00020000 };

/** The key of a connection that both directions share, and how the firewall's memory says that it is open. */
export function connectionTable({ hashOf, bucketsOf }: SwitchResources): ConnectionTable {
  const size = bucketsOf('connection');
  const hash = hashOf('connection');
  const key = new Uint8Array(4);
  const view = new DataView(key.buffer);
  return {
    size,
    placeOf: (packet: PacketView) => {
      view.setUint32(0, ((packet.source ^ packet.destination) >>> 0) + packet.sourcePort + packet.destinationPort);
      return hash(key) % size;
    },
    isOpen: (word) => (word & OPEN.mask) === OPEN.value,
  };
}
