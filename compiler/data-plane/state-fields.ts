/**
 * What a packet carries between ingress, egress and recirculation, in the order of the header that holds it. Widths are
 * those on the wire: whole bytes together, and 32 bits for the address, as the ALU that adds the offset works on words.
 */
import type { DataPlane } from './data-plane.js';

export interface StateField {
  /** In the P4 source, below hdr.meta, e.g. reg.har. */
  readonly name: string;
  /** Bits. */
  readonly width: number;
}

const WORD = 32;
const FLAG = 8;
/** Ports are carried in 16-bit containers. */
const PORT = 16;

/** Saved registers are carried only if some RPB saves. */
export function stateFields({ description, rpbs }: DataPlane): readonly StateField[] {
  const { programIdBits, branchIdBits, recirculationIdBits } = description.state;
  const saves = rpbs.some(({ actions }) => [...actions.values()].some(({ effect }) => effect.kind === 'backup'));
  const word = (name: string): StateField => ({ name, width: WORD });
  return [
    ...['reg.har', 'reg.mar', 'reg.sar'].map(word),
    { name: 'id.flow_id', width: programIdBits },
    { name: 'id.branch_id', width: branchIdBits },
    { name: 'rec.iterations', width: recirculationIdBits },
    word('param.physical_address'),
    ...(saves ? ['param.backup1', 'param.backup2', 'param.backup3'].map(word) : []),
    { name: 'param.salu_flag', width: FLAG },
    { name: 'rec.egress_port', width: PORT },
    ...(description.init.onEveryPass ? [] : [{ name: 'rec.ingress_port', width: PORT }]),
  ];
}
