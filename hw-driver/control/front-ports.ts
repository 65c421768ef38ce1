/** Default forwarding of an emulated switch that nobody has configured. */
import { type DataPlane, defaultForwardEntry, type Operation } from '../../compiler/index.js';

/** Front ports with default forwarding. */
export const FRONT_PORTS = 32;

/** Neighbouring front ports are connected, so that packets that no program forwards leave. */
export const frontPortForwarding = (dataPlane: DataPlane): Operation[] =>
  Array.from({ length: FRONT_PORTS }, (_, port) => ({
    kind: 'insertEntry',
    entry: defaultForwardEntry(dataPlane, port, port ^ 1),
  }));
