/** Of a library, since what browsers have is asynchronous. */
import { gunzipSync, gzipSync } from 'fflate';
import type { Gzip } from './gzip.js';

/** Without a time of its making, so that equal bytes are packed into equal bytes. */
export const gzip: Gzip['gzip'] = (bytes, level = 6) => gzipSync(bytes, { level, mtime: 0 });

export const gunzip: Gzip['gunzip'] = (bytes) => gunzipSync(bytes);
