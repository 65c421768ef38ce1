/** Of a library, since what browsers have is asynchronous. */
import { sha256 as create } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Sha256 } from './sha256.js';

export const sha256: Sha256['sha256'] = (...parts) => {
  const state = create.create();
  for (const part of parts) state.update(part);
  return state.digest();
};

export const sha256OfText: Sha256['sha256OfText'] = (text) => bytesToHex(create(utf8ToBytes(text)));
