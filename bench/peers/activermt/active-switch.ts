/**
 * The switch of ActiveRMT as its allocator sees it: logical stages with one register array each. Source: Das, Snoeren,
 * "Memory Management in ActiveRMT: Towards Runtime-programmable Switches", SIGCOMM 2023, and its published controller.
 */

/** Logical stages: ingress, then egress. */
export const STAGES = 20;
export const INGRESS_STAGES = 10;
const EGRESS_STAGES = STAGES - INGRESS_STAGES;

/** Blocks in the register array of a stage: of the published controller, and of its older version. */
export const DEFAULT_BLOCKS = 368;
export const OLDER_BLOCKS = 256;

/** Words in the register array of a stage of the published controller: 256 for each of its blocks. */
export const CONTROLLER_WORDS = 94_208;
/** The same in the comparison of the P4runpro paper, section 6.2. */
export const COMPARED_WORDS = 2 ** 16;

/** Stage of the instruction at a position, from 0: a packet that recirculates runs through the egress stages again. */
export const stageOf = (position: number): number =>
  position < STAGES ? position : INGRESS_STAGES + ((position - INGRESS_STAGES) % EGRESS_STAGES);

/** Instructions that fit into the passes that a program of this length takes: the first pass has all stages. */
export const passEnd = (length: number): number =>
  length <= STAGES ? STAGES : INGRESS_STAGES + EGRESS_STAGES * Math.ceil((length - INGRESS_STAGES) / EGRESS_STAGES);

/** Instructions that one more recirculation adds. */
export const RECIRCULATION = EGRESS_STAGES;
