/** Makes a switch or a chain of them. */
import type { DataPlane } from '../../../compiler/for-switches.js';
import type { Emulator } from '../emulator.js';
import { Switch } from '../switch.js';
import { SwitchChain, type SwitchChainOptions } from './switch-chain.js';

/** @param dataPlane of one switch, or of a chain */
export const newEmulator = (dataPlane: DataPlane, options: SwitchChainOptions = {}): Emulator =>
  dataPlane.switches === 1 ? new Switch(dataPlane, options) : new SwitchChain(dataPlane, options);
