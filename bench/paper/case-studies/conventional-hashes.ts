/** The hash functions of the conventional programs. */
import { must } from '../../../compiler/data-plane/must.js';
import { builtInDataPlane, type DataPlane } from '../../../compiler/index.js';
import { HashUnit } from '../../../sim/index.js';
import type { HashFunction, SwitchResources } from '../../verify/functions/network-function.js';

/**
 * The hash functions that the paper names for its heavy hitter study: crc_16_buypass, crc_16_mcrf4xx, crc_aug_ccitt and
 * crc_16_dds_110, which are those of RPBs 2, 9, 19 and 3 of the authors' data plane. It does not assign them to rows.
 */
const CONVENTIONAL_HASHES: Readonly<Record<string, number>> = { count1: 2, count2: 9, seen1: 19, seen2: 3, port: 2 };

/** @param buckets number of buckets of each memory */
export function conventionalResources(buckets: number, dataPlane: DataPlane): SwitchResources {
  const published = builtInDataPlane('published');
  if (published === undefined) throw new Error('there is no data plane published');
  return {
    hashOf: (memory): HashFunction => {
      const unit = new HashUnit(published.rpb(must(CONVENTIONAL_HASHES[memory], `hash of memory ${memory}`)).hash);
      return (key) => unit.digest(key, key.length);
    },
    bucketsOf: () => buckets,
    cpuPort: dataPlane.description.ports.cpu,
  };
}
