/**
 * Reads of typed arrays at places that the layout of the image pool makes sure of, several per packet. One function per
 * kind of array: one for all kinds would be slower, as the engine would look at the kind of array in each read.
 */

export const wordAt = (words: Int32Array, at: number): number => words[at] as number;

export const halfAt = (halves: Uint16Array, at: number): number => halves[at] as number;

export const drawAt = (draws: Uint32Array, at: number): number => draws[at] as number;

/** A length or an offset. */
export const placeAt = (places: Uint32Array, at: number): number => places[at] as number;

export const doubleWordAt = (doubleWords: BigInt64Array, at: number): bigint => doubleWords[at] as bigint;
