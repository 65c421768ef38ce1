/** Numbers of blocks and units in one stage. */
export interface Needs {
  readonly tcamBlocks: number;
  readonly sramBlocks: number;
  readonly mapRams: number;
  readonly statefulAlus: number;
  readonly logicalTables: number;
  readonly hashDistributionUnits: number;
  readonly hashBits: number;
}

/**
 * A chip: the resources of one pipe, and the power of an access to its memories.
 *
 * Sources: Bosshart et al., "Forwarding Metamorphosis", SIGCOMM 2013, for the shape of a stage; the open Tofino back
 * end in p4lang/p4c (specs/mau_spec.h, specs/phv_spec.cpp, specs/parde_spec.h, specs/power_spec.h) for the numbers.
 */
export interface Chip {
  readonly name: string;
  readonly pipes: number;
  /**
   * Port numbers of one pipe: a port's pipe is its number divided by it (device ports of Tofino: pipe, then 7 bits).
   */
  readonly portsPerPipe: number;
  /** Stages of a pipe; each is shared by both gresses. */
  readonly stages: number;
  /** Resources of one stage. */
  readonly perStage: Needs & {
    /** VLIW instruction words; both gresses can use the same word. */
    readonly vliwWords: number;
  };
  /** A word holds one instruction of each colour, for each gress. */
  readonly vliwColours: number;
  readonly tcamBlock: { readonly rows: number; readonly bits: number };
  readonly sramBlock: { readonly rows: number; readonly bits: number };
  readonly phv: {
    readonly bits: number;
    /** Sizes of containers, in bits. */
    readonly containerSizes: readonly number[];
  };
  /** Maximum number of bytes that the egress parser reads of a packet, its own metadata included. */
  readonly egressParseBytes: number;
  readonly power: ChipPower;
}

export interface ChipPower {
  /** Watts per access and block, in a pipe that takes a packet in every cycle. */
  readonly tcamSearch: number;
  readonly ramRead: number;
  readonly ramWrite: number;
  readonly mapRamRead: number;
  readonly mapRamWrite: number;
  /** Watts of all pipes, above which the load has to be limited. */
  readonly budget: number;
  /** Maximum number of packets between parser and deparser of one gress. */
  readonly maxPacketsInFlight: number;
  /** Cycles of the deparser's credit back to the parser, and cycles from the parser to the first stage. */
  readonly creditCycles: number;
  readonly issueCycles: number;
}

const RAM_SCALE = 1.88574;
const TCAM_SCALE = 0.62736;

export const TOFINO_1: Chip = {
  name: 'Tofino 1',
  pipes: 4,
  portsPerPipe: 128,
  stages: 12,
  perStage: {
    tcamBlocks: 24,
    sramBlocks: 80,
    mapRams: 48,
    statefulAlus: 4,
    logicalTables: 16,
    hashDistributionUnits: 6,
    hashBits: 416,
    vliwWords: 32,
  },
  vliwColours: 2,
  tcamBlock: { rows: 512, bits: 44 },
  sramBlock: { rows: 1024, bits: 128 },
  phv: { bits: 4096, containerSizes: [8, 16, 32] },
  egressParseBytes: 160,
  power: {
    tcamSearch: 0.0398 * TCAM_SCALE,
    ramRead: 0.012771 * RAM_SCALE,
    ramWrite: 0.023419 * RAM_SCALE,
    mapRamRead: 0.0025861 * RAM_SCALE,
    mapRamWrite: 0.0030107 * RAM_SCALE,
    budget: 40,
    maxPacketsInFlight: 288,
    creditCycles: 28,
    issueCycles: 11,
  },
};
