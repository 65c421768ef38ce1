/** One packet at a time, where a stream by index does not serve: declared captures, and traffic with a memory. */

import { chosenPackets } from './chosen-packets.js';
import {
  fillImagePool,
  IMAGE_HALF,
  type ImagePool,
  imagePoolBytes,
  imagePoolOver,
  TARGET,
  VARIANT,
} from './image-pool.js';
import type { PacketTemplate } from './packet-template.js';
import { halfAt, wordAt } from './trusted-reads.js';
import { requireTargets } from './validate-template.js';
import { frameMemory, writeFrames } from './write-frame.js';

/** A template made ready to give frames. */
export interface FrameSource {
  readonly ingressPort: number;
  /** Bytes of every frame: the template's minimum, or more where its headers need them. */
  readonly bytes: number;
  /** The frame of a flow, 0 to flows − 1; valid lengths and checksums. */
  frame(flow?: number): Uint8Array;
}

/**
 * @param flowKey decides which addresses and ports a flow has; the same for templates that share flows
 * @throws TrafficError for a template that cannot be generated
 */
export function frameSource(template: PacketTemplate, flowKey = 0): FrameSource {
  requireTargets([{ variants: [template] }]);
  const targets = [{ variants: [template], flowKey, name: 'packet' }];
  const pool = imagePoolOver(new ArrayBuffer(imagePoolBytes(targets)), targets.length);
  fillImagePool(pool, targets);
  const image = imageRecord(pool);
  const length = halfAt(pool.halves, 2 * image + IMAGE_HALF.minimumBytes);
  const chosen = chosenPackets(1);
  chosen.image[0] = image;
  chosen.length[0] = length;
  chosen.flowKey[0] = flowKey;
  return {
    ingressPort: template.ingressPort,
    bytes: length,
    frame: (flow = 0) => {
      const bytes = new Uint8Array((length + 7) & ~7);
      chosen.flow[0] = flow;
      writeFrames(pool, chosen, 1, frameMemory(bytes), AT_START, 0);
      return bytes.subarray(0, length);
    },
  };
}

const AT_START = new Uint32Array(1);

/** Where the record of the pool's only image is. */
const imageRecord = (pool: ImagePool): number => {
  const target = wordAt(pool.words, 0);
  return wordAt(pool.words, target + TARGET.variants + VARIANT.image);
};

/** The one frame of a template with one flow. @throws TrafficError */
export const packetFrame = (template: PacketTemplate): Uint8Array => frameSource(template).frame();
