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

export const chosenPackets = (most: number): ChosenPackets => ({
  target: new Int32Array(most),
  image: new Int32Array(most),
  length: new Uint32Array(most),
  flow: new Int32Array(most),
  flowKey: new Int32Array(most),
  distance: new Uint32Array(most),
  source: new Int32Array(most),
  destination: new Int32Array(most),
  ports: new Int32Array(most),
});
