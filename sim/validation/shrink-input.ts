/** Reduces the packet and the memory of a failure. */

import { must } from '../../compiler/data-plane/must.js';
import type { DataPlane } from '../../compiler/index.js';
import { accessedWords } from '../../compiler/language/interpreter.js';
import type { BothSides } from './both-sides.js';
import type { Failure } from './failure.js';
import { PacketBytes } from './packet-bytes.js';
import type { TestPacket } from './random-packet.js';

/** The failure with every field, byte and word set to 0 that it does not need; the kind of the mismatch stays. */
export function shrinkInput(failure: Failure, sides: BothSides, dataPlane: DataPlane): Failure {
  let least = failure;
  const attempt = (change: Partial<Pick<Failure, 'packet' | 'memories'>>): void => {
    const { packet, memories } = { ...least, ...change };
    const next = sides.failureOf(packet, memories);
    if (next?.mismatch.kind === failure.mismatch.kind) least = next;
  };
  attempt({ memories: new Map() });
  attempt({ memories: onlyAccessed(least) });
  for (const [name, words] of least.memories) {
    for (const address of accessed(least, name)) {
      if (words[address] === 0) continue;
      const changed = (least.memories.get(name) ?? words).slice();
      changed[address] = 0;
      attempt({ memories: new Map([...least.memories, [name, changed]]) });
    }
  }
  attempt({ packet: { ...least.packet, queue: { nanoseconds: 0, cells: 0 } } });
  attempt({ packet: { ...least.packet, isForwarded: true } });
  attempt({ packet: { ...least.packet, bytes: withoutPayload(least.packet, dataPlane) } });
  for (const { name, index, description } of dataPlane.headers) {
    for (const field of description.fields) {
      const { bitOffset, width } = dataPlane.headerField(`hdr.${name}.${field.name}`);
      const start = new PacketBytes(dataPlane).load(least.packet).headerStart(index);
      if (start < 0) continue;
      const bytes = withZeros(least.packet.bytes, start * 8 + bitOffset, width);
      if (bytes !== undefined) attempt({ packet: { ...least.packet, bytes } });
    }
  }
  return least;
}

function accessed({ trace }: Failure, memory: string): readonly number[] {
  return trace.flatMap(({ access }) => (access?.memory === memory ? accessedWords(access) : []));
}

/** Memories with 0 in all words but those that the program accessed. */
function onlyAccessed(failure: Failure): Failure['memories'] {
  return new Map(
    [...failure.memories].map(([name, words]) => {
      const kept = new Uint32Array(words.length);
      for (const address of accessed(failure, name)) kept[address] = must(words[address], `word ${address} of ${name}`);
      return [name, kept];
    }),
  );
}

function withoutPayload(packet: TestPacket, dataPlane: DataPlane): Uint8Array {
  const view = new PacketBytes(dataPlane).load(packet);
  const ends = dataPlane.headers.map(({ index, bytes }) => {
    const start = view.headerStart(index);
    return start < 0 ? 0 : start + bytes;
  });
  return packet.bytes.slice(0, Math.max(...ends));
}

/** Undefined if the bits are 0 already. */
function withZeros(bytes: Uint8Array, firstBit: number, bits: number): Uint8Array | undefined {
  const changed = bytes.slice();
  for (let bit = firstBit; bit < firstBit + bits; bit++) {
    changed[bit >>> 3] = must(changed[bit >>> 3], `byte of bit ${bit}`) & ~(0x80 >>> (bit & 7));
  }
  return changed.some((byte, i) => byte !== bytes[i]) ? changed : undefined;
}
