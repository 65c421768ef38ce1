/**
 * The steps of generation in WebAssembly, as {@link PlainSteps} and write-frame.ts have them in JavaScript. All but the
 * draws take the number of packets first, in bytes of a column of {@link ChosenPackets}. Places in the pool and lengths
 * are in bytes.
 */
import { KernelModule } from '../web-assembly/kernels.js';
import { choosePackets, chooseTargets, chooseWanted, drawChunk } from './choice-kernels.js';
import { findFlows } from './flow-kernel.js';
import { copyFrames, patchFrames } from './frame-kernels.js';

export type GenerationKernel =
  | 'drawChunk'
  | 'chooseTargets'
  | 'chooseWanted'
  | 'choosePackets'
  | 'copyFrames'
  | 'findFlows'
  | 'patchFrames';

export const GENERATION_KERNELS = new KernelModule<GenerationKernel>(() => [
  drawChunk(),
  chooseTargets(),
  chooseWanted(),
  choosePackets(),
  copyFrames(),
  findFlows(),
  patchFrames(),
]);
