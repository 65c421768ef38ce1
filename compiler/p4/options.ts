/** Words of options after a header: each is a separate P4 header, as a Tofino emits whole headers only. */
import type { DataPlane } from '../data-plane/data-plane.js';
import { NoP4Source } from './unsupported.js';

export interface Lengths {
  readonly header: string;
  /** The field that counts words, by its full name. */
  readonly field: string;
  /** Length in words without options, and the maximum. */
  readonly minimum: number;
  readonly maximum: number;
}

/** The header with options, if there is one. @throws {NoP4Source} for two, or one without bounds */
export function lengths(dataPlane: DataPlane): Lengths | undefined {
  const [header, ...others] = dataPlane.headers.filter(({ description }) => description.lengthWords !== undefined);
  if (header === undefined) return undefined;
  const { lengthWords = '', valid = [] } = header.description;
  const bounds = valid.find(({ field }) => field === lengthWords);
  if (others.length > 0 || bounds === undefined) {
    throw new NoP4Source(dataPlane.name, 'at most one header may have options, and its length needs bounds');
  }
  const minimum = header.bytes / 4;
  return { header: header.name, field: `hdr.${header.name}.${lengthWords}`, minimum, maximum: bounds.maximum };
}

/** Names of the words of options in the order of the packet: option_10 … option_1. */
export function optionHeaders(dataPlane: DataPlane): readonly string[] {
  const found = lengths(dataPlane);
  if (found === undefined) return [];
  return Array.from({ length: found.maximum - found.minimum }, (_, i) =>
    optionHeader(found.maximum - found.minimum - i),
  );
}

export const optionHeader = (number: number): string => `option_${number}`;
