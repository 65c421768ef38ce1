/** The studies that ship, by name. */
import { CACHED_RACK } from './cached-rack.js';
import { CHAIN_OF_THREE } from './chain-of-three.js';
import { LEAF_SPINE } from './leaf-spine.js';
import { LOAD_BALANCER } from './load-balancer.js';
import type { Study } from './study.js';

export const STUDIES: Readonly<Record<string, Study>> = {
  'cached-rack': CACHED_RACK,
  'load-balancer': LOAD_BALANCER,
  'leaf-spine': LEAF_SPINE,
  'chain-of-three': CHAIN_OF_THREE,
};
