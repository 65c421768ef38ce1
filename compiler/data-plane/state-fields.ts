/**
 * The carried state: the fields of the header that a packet carries between ingress, egress and recirculation, in
 * order. Together they are whole bytes. The address of 16 bits takes 32: the ALU that adds the offset works on words.
 */

import type { DataPlane } from './data-plane.js';
import { GROUP_BITS } from './instructions/multicast.js';
import { effectsOf } from './instructions/table.js';
import { WORD_BITS } from './tables.js';

export interface StateField {
  /** Part of the header, as in names of keys: hdr.meta.reg.har is `har` of `reg`. */
  readonly part: 'reg' | 'id' | 'param' | 'rec';
  readonly name: string;
  /** Bits. */
  readonly width: number;
  /** Set for padding of a byte or container. */
  readonly isPadding?: true;
}

const BYTE = 8;
/** Names of fields that other code looks up. */
export const SALU_FLAG = 'salu_flag';
export const SALU_FLAG_BITS = BYTE;
export const RECIRCULATION_ID = 'iterations';
/** The group that a packet is copied to after its last pass. */
export const GROUP = 'group';
/** Ports have 16-bit containers. */
const PORT_CONTAINER = 16;

/** Saved registers are carried only if some RPB saves registers, the ingress port only if the init block runs once. */
export function stateFields(dataPlane: DataPlane): readonly StateField[] {
  const { state, ports, init, replication } = dataPlane.description;
  const word = (part: StateField['part'], name: string): StateField => ({ part, name, width: WORD_BITS });
  const besidePort = PORT_CONTAINER - ports.width;
  const id: StateField = { part: 'rec', name: RECIRCULATION_ID, width: state.recirculationIdBits };
  const fields: StateField[] = [
    word('reg', 'har'),
    word('reg', 'mar'),
    word('reg', 'sar'),
    { part: 'id', name: 'flow_id', width: state.programIdBits },
    { part: 'id', name: 'branch_id', width: state.branchIdBits },
    word('param', 'physical_address'),
    ...(saves(dataPlane) ? ['backup1', 'backup2', 'backup3'].map((name) => word('param', name)) : []),
    { part: 'param', name: SALU_FLAG, width: SALU_FLAG_BITS },
    ...(state.recirculationIdLast ? [] : [id]),
    { part: 'rec', name: 'recirculation_flag', width: besidePort },
    { part: 'rec', name: 'egress_port', width: ports.width },
    ...(state.recirculationIdLast ? [id] : []),
  ];
  if (!init.onEveryPass) {
    fields.push({ part: 'rec', name: '_pad0', width: besidePort, isPadding: true });
    fields.push({ part: 'rec', name: 'ingress_port', width: ports.width });
  }
  if (replication !== undefined) fields.push({ part: 'rec', name: GROUP, width: GROUP_BITS });
  const odd = fields.reduce((sum, { width }) => sum + width, 0) % BYTE;
  return odd === 0 ? fields : [...fields, { part: 'rec', name: '_pad1', width: BYTE - odd, isPadding: true }];
}

export const stateHeaderBits = (dataPlane: DataPlane): number =>
  stateFields(dataPlane).reduce((sum, { width }) => sum + width, 0);

/** Size of the carried state in bytes. */
export const stateHeaderBytes = (dataPlane: DataPlane): number => stateHeaderBits(dataPlane) / BYTE;

const saves = ({ rpbs }: DataPlane): boolean =>
  rpbs.some(({ actions }) => [...actions.values()].some(({ effect }) => effectsOf(effect).copies.length > 0));

/** The most recirculations that the state header of a packet counts; none in a chain, where it counts switches. */
export const maxRecirculations = ({ description, switches }: DataPlane): number =>
  switches > 1 ? 0 : 2 ** description.state.recirculationIdBits - 1;
