import { createHash, hash } from 'node:crypto';
import type { Sha256 } from './sha256.js';

export const sha256: Sha256['sha256'] = (...parts) => {
  const state = createHash('sha256');
  for (const part of parts) state.update(part);
  return state.digest();
};

export const sha256OfText: Sha256['sha256OfText'] = (text) => hash('sha256', text);
