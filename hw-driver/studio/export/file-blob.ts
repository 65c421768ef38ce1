/** A file as a page has it: read by parts when they are asked for. */
import { open } from 'node:fs/promises';
import type { BlobOfBytes } from '../../../traces/captures/blob-source.js';

/** @param bytes its size; parts are those that are there when they are read */
export function fileBlob(path: string, bytes: number): BlobOfBytes {
  const read = async (start: number, end: number): Promise<ArrayBuffer> => {
    const file = await open(path);
    try {
      const part = new Uint8Array(new ArrayBuffer(end - start));
      const { bytesRead } = await file.read(part, 0, part.length, start);
      return part.buffer.slice(0, bytesRead);
    } finally {
      await file.close();
    }
  };
  return { size: bytes, slice: (start, end) => ({ arrayBuffer: () => read(start, end) }) };
}
