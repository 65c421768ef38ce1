/**
 * Packets on their way from draws to frames: each step does its work for all of them before the next, so that the
 * processor has the work of several packets at hand while it waits for one.
 */
export interface ChosenPackets {
  /** The target's record in the pool. */
  readonly target: Int32Array;
  /** The image's record in the pool. */
  readonly image: Int32Array;
  readonly length: Uint32Array;
  readonly ingressPort: Uint16Array;
  /** The flow's number, modulo 2³². */
  readonly flow: Int32Array;
  readonly flowKey: Int32Array;
  /** Distance of the packet from the first that was looked at. */
  readonly distance: Uint32Array;
  /** What the flow has: addresses, and ports as source × 2¹⁶ + destination. */
  readonly source: Int32Array;
  readonly destination: Int32Array;
  readonly ports: Int32Array;
}

const ARRAYS = 10;

/** Bytes of the memory for a number of packets. */
export const chosenPacketsBytes = (most: number): number => ARRAYS * columnBytes(most);
const columnBytes = (most: number): number => most * Int32Array.BYTES_PER_ELEMENT;

/** Where each array is, in bytes from the start of the memory. */
export function chosenPacketsLayout(most: number): Readonly<Record<keyof ChosenPackets, number>> {
  const at = (column: number): number => column * columnBytes(most);
  return {
    target: at(0),
    image: at(1),
    length: at(2),
    flow: at(3),
    flowKey: at(4),
    distance: at(5),
    source: at(6),
    destination: at(7),
    ports: at(8),
    ingressPort: at(9),
  };
}

export function chosenPacketsOver(buffer: ArrayBuffer, most: number): ChosenPackets {
  const at = chosenPacketsLayout(most);
  const words = (from: number): Int32Array => new Int32Array(buffer, from, most);
  return {
    target: words(at.target),
    image: words(at.image),
    length: new Uint32Array(buffer, at.length, most),
    flow: words(at.flow),
    flowKey: words(at.flowKey),
    distance: new Uint32Array(buffer, at.distance, most),
    source: words(at.source),
    destination: words(at.destination),
    ports: words(at.ports),
    ingressPort: new Uint16Array(buffer, at.ingressPort, most),
  };
}

export const chosenPackets = (most: number): ChosenPackets =>
  chosenPacketsOver(new ArrayBuffer(chosenPacketsBytes(most)), most);
