/**
 * What a network function needs to know of a compiled program: the hash function behind each memory. Nothing else of the
 * program reaches it.
 */
import type { CompiledProgram, DataPlane, PrimitiveStatement, Program, Statement } from '../../compiler/index.js';
import { HashUnit } from '../../sim/index.js';
import type { ConnectionTable } from '../functions/firewall.js';
import type { HashFunction, Surroundings } from '../functions/network-function.js';
import type { PacketView } from '../functions/packet.js';

/** By memory, the hash statements whose result is its address, on whatever path. */
function hashesBehind(body: readonly Statement[]): Map<string, Set<PrimitiveStatement>> {
  const found = new Map<string, Set<PrimitiveStatement>>();
  const walk = (statements: readonly Statement[], before: PrimitiveStatement | undefined): void => {
    let last = before;
    for (const statement of statements) {
      if (statement.kind === 'branch') for (const { body: inner } of statement.cases) walk(inner, last);
      else if (statement.primitive.startsWith('HASH')) last = statement;
      else if (statement.memory !== undefined && last !== undefined) {
        found.set(statement.memory, (found.get(statement.memory) ?? new Set()).add(last));
      }
    }
  };
  walk(body, undefined);
  return found;
}

/** By memory, the hash unit that picks its buckets. @throws if the placement names none, or several */
export function hashUnits(program: Program, compiled: CompiledProgram, dataPlane: DataPlane): Map<string, HashUnit> {
  const units = new Map<string, HashUnit>();
  for (const [memory, statements] of hashesBehind(program.body)) {
    const places = new Set([...statements].map(({ span }) => `${span.line}:${span.column}`));
    const steps = compiled.placement.filter(
      ({ line, column, action }) => action.startsWith('hash_') && places.has(`${line}:${column}`),
    );
    const [rpb, ...others] = new Set(steps.map((step) => step.rpb));
    if (rpb === undefined || others.length > 0) {
      throw new Error(
        `${program.name}: memory ${memory} is hashed in ${others.length + (rpb ? 1 : 0)} RPBs, not in one`,
      );
    }
    units.set(memory, new HashUnit(dataPlane.rpb(rpb).hash));
  }
  return units;
}

/** What a network function takes from the switch that its program runs in. */
export function surroundingsOf(program: Program, compiled: CompiledProgram, dataPlane: DataPlane): Surroundings {
  const units = hashUnits(program, compiled, dataPlane);
  return {
    hashOf: (memory): HashFunction => {
      const unit = units.get(memory);
      if (unit === undefined) throw new Error(`${program.name} has no hashed memory ${memory}`);
      return (key) => unit.digest(key, key.length);
    },
    bucketsOf: (memory) => {
      const block = compiled.memories.find(({ name }) => name === memory);
      if (block === undefined) throw new Error(`${program.name} has no memory ${memory}`);
      return block.buckets;
    },
    cpuPort: dataPlane.description.ports.cpu,
  };
}

/** SYN alone of SYN, RST and FIN, in the flags word: what the firewall's memory holds of an open connection. */
const OPEN = { mask: 0x00070000, value: 0x00020000 };

/** The key of a connection that both directions share, and how the firewall's memory says that it is open. */
export function connectionTable({ hashOf, bucketsOf }: Surroundings): ConnectionTable {
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
