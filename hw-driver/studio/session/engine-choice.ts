/** What a page lets the emulator use. */
import { canGenerateCode } from '../../../sim/engines/compiled/compiled-engine.js';
import { hasSharedMemory } from '../../../traces/platform/shared-memory.js';
import type { EngineChoice } from './protocol.js';

/** The fastest engine that runs here, and why it is no faster one. */
export function engineChoice(): EngineChoice {
  if (!canGenerateCode()) {
    return {
      engine: 'interpreted',
      reason: 'This page may not generate code (its policy lacks unsafe-eval), so the interpreted engine runs.',
    };
  }
  if (!hasSharedMemory()) {
    return {
      engine: 'interpreted',
      reason: 'This page has no shared memory (it is not isolated from other origins), so the interpreted engine runs.',
    };
  }
  return { engine: 'compiled', reason: null };
}
