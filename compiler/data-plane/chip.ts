import type { ChipName, DataPlaneDescription } from './description.js';

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
 * end in p4lang/p4c (backends/tofino/bf-p4c/specs) for the numbers, each with its file in {@link Chip.sources}.
 */
export interface Chip {
  readonly name: string;
  /** The P4 architecture of its programs and the target of p4c. */
  readonly p4: { readonly architecture: string; readonly target: string };
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
    /** Bits of the containers that parser and deparser reach: normal ones, and on a Tofino 2 mocha ones. */
    readonly bits: number;
    /** Bits of those among them that any instruction can write; absent where all are such. */
    readonly normalBits?: number;
    /** 32-bit containers of a group that parser and deparser reach. */
    readonly groupWords: number;
    /** Sizes of containers, in bits. */
    readonly containerSizes: readonly number[];
  };
  /** Maximum number of bytes that the egress parser reads of a packet, its own metadata included; absent: no limit. */
  readonly egressParseBytes?: number;
  readonly power: ChipPower;
  /** What the numbers are, and where each is from. */
  readonly sources: readonly ChipSource[];
}

export interface ChipSource {
  /** The numbers, for one line. */
  readonly numbers: string;
  /** For p4c the file, below backends/tofino/bf-p4c/specs unless with a folder, and the class in it. */
  readonly source: string;
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
  /** Absent where a gress takes a packet in every cycle, however long it is. */
  readonly throttling?: Throttling;
}

/** Limits of a gress whose deparser holds back the parser. */
export interface Throttling {
  /** Maximum number of packets between parser and deparser of one gress. */
  readonly maxPacketsInFlight: number;
  /** Cycles of the deparser's credit back to the parser, and cycles from the parser to the first stage. */
  readonly creditCycles: number;
  readonly issueCycles: number;
}

const RAM_SCALE = 1.88574;
const TCAM_SCALE = 0.62736;

/** What a stage of either chip has. */
const STAGE = {
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
} as const;

/** TofinoMauSpec and JBayMauSpec describe their stages by the same classes. */
const STAGE_SOURCES: readonly ChipSource[] = [
  {
    numbers: 'a stage: 24 TCAM blocks, 80 SRAM blocks, 48 map RAMs, 16 logical tables',
    source: 'p4c mau_spec.h, StageUse',
  },
  { numbers: 'a stage: 4 stateful ALUs', source: 'p4c mau/memories.h' },
  { numbers: 'TCAM blocks of 512 × 44 bits, SRAM blocks of 1,024 × 128 bits', source: 'p4c mau/memories.h' },
  {
    numbers: 'a stage: 2 × 3 hash distribution units, 8 hash groups of 52 bits (416 bits)',
    source: 'p4c mau_spec.h, TofinoIXBarSpec',
  },
  { numbers: 'a stage: 32 VLIW words of 2 colours', source: 'p4c mau_spec.h, TofinoIMemSpec' },
];

export const TOFINO_1: Chip = {
  ...STAGE,
  name: 'Tofino 1',
  p4: { architecture: 'tna', target: 'tofino' },
  pipes: 4,
  portsPerPipe: 128,
  stages: 12,
  phv: { bits: 4096, groupWords: 16, containerSizes: [8, 16, 32] },
  egressParseBytes: 160,
  power: {
    tcamSearch: 0.0398 * TCAM_SCALE,
    ramRead: 0.012771 * RAM_SCALE,
    ramWrite: 0.023419 * RAM_SCALE,
    mapRamRead: 0.0025861 * RAM_SCALE,
    mapRamWrite: 0.0030107 * RAM_SCALE,
    budget: 40,
    throttling: { maxPacketsInFlight: 288, creditCycles: 28, issueCycles: 11 },
  },
  sources: [
    { numbers: '12 stages, 4 pipes, ports of 9 bits (2 of the pipe)', source: 'p4c device.h, TofinoDevice' },
    ...STAGE_SOURCES,
    {
      numbers: 'PHV of 4,096 bits: 64 × 8, 96 × 16 and 64 × 32 bits, all written by any instruction',
      source: 'p4c phv_spec.cpp, TofinoPhvSpec',
    },
    { numbers: '32-bit containers in groups of 16', source: 'p4c phv_spec.cpp, TofinoPhvSpec' },
    { numbers: 'at most 160 bytes parsed in egress', source: 'p4c parde_spec.h, TofinoPardeSpec' },
    {
      numbers:
        '40 W; TCAM search 0.0398 × 0.62736 W, and × 1.88574 W: RAM read 0.012771, write 0.023419, map RAM read ' +
        '0.0025861, write 0.0030107',
      source: 'p4c power_spec.h, TofinoMauPowerSpec',
    },
    {
      numbers: 'at most 288 packets in a gress, credit after 28 cycles, issue after 11',
      source: 'p4c power_spec.h, TofinoMauPowerSpec',
    },
  ],
};

/**
 * Tofino 2, `jbay` in p4c. Its PHV has three kinds of containers: normal ones; mocha ones, which are parsed and deparsed
 * but take only moves of whole containers; dark ones, which only such moves reach, so that no field of a packet
 * lies there for good. The first two count here. Power is that of library models at 1.5 GHz, as p4c says.
 */
export const TOFINO_2: Chip = {
  ...STAGE,
  name: 'Tofino 2',
  p4: { architecture: 't2na', target: 'tofino2' },
  pipes: 4,
  portsPerPipe: 128,
  stages: 20,
  phv: { bits: 4096, normalBits: 3072, groupWords: 16, containerSizes: [8, 16, 32] },
  power: {
    tcamSearch: 0.0185,
    ramRead: 0.0166,
    ramWrite: 0.0176,
    mapRamRead: 0.0027,
    mapRamWrite: 0.003,
    budget: 52,
  },
  sources: [
    { numbers: '20 stages, 4 pipes, ports of 9 bits (2 of the pipe)', source: 'p4c device.h, JBayDevice' },
    ...STAGE_SOURCES,
    {
      numbers:
        'PHV: 3,072 bits of normal containers (48 × 8, 72 × 16, 48 × 32 bits), 1,024 of mocha and 1,024 of dark ones ' +
        '(16 × 8, 24 × 16, 16 × 32 bits each); counted are normal and mocha ones',
      source: 'p4c phv_spec.cpp, JBayPhvSpec',
    },
    {
      numbers: '32-bit containers in groups of 12 normal, 4 mocha and 4 dark ones, 16 of them parsed',
      source: 'p4c phv_spec.cpp, JBayPhvSpec',
    },
    { numbers: 'no limit to the bytes parsed in egress', source: 'p4c parde_spec.h, JBayPardeSpec' },
    {
      numbers:
        '52 W; TCAM search 0.0185 W, RAM read 0.0166, write 0.0176, map RAM read 0.0027, write 0.003, scale factors 1 ' +
        '(library models at 1.5 GHz)',
      source: 'p4c power_spec.h, JBayMauPowerSpec',
    },
    {
      numbers: 'no limit to the packets in a gress of less than 600 cycles, no shortest egress',
      source: 'p4c power_spec.h, JBayMauPowerSpec',
    },
  ],
};

const CHIPS: Readonly<Record<ChipName, Chip>> = { tofino1: TOFINO_1, tofino2: TOFINO_2 };

/** The chip that a data plane is for. */
export const chipOf = ({ description }: { readonly description: DataPlaneDescription }): Chip =>
  CHIPS[description.chip ?? 'tofino1'];
