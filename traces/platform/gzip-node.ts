import { gunzipSync, gzipSync } from 'node:zlib';
import type { Gzip } from './gzip.js';

export const gzip: Gzip['gzip'] = (bytes, level = 6) => gzipSync(bytes, { level });

export const gunzip: Gzip['gunzip'] = (bytes) => gunzipSync(bytes);
