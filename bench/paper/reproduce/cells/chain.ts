/** A program of several passes over switches in a row, or in one switch that recirculates. */
import { must } from '../../../../compiler/data-plane/must.js';
import {
  analyse,
  chainOf,
  type DataPlane,
  DEFAULT_RECIRCULATIONS,
  DoesNotFit,
  groupOfPorts,
  installOperations,
  link,
  lower,
  type Operation,
  SwitchState,
  stateHeaderBytes,
} from '../../../../compiler/index.js';
import { frontPortForwarding } from '../../../../hw-driver/index.js';
import { type EngineName, timedSwitchOptions } from '../../../../sim/index.js';
import type { TrafficTarget } from '../../../../traces/generate/packet-template.js';
import { lossFreeRow, programOf } from '../../../measure/timing/loss-free-rate.js';
import { CHECK_SEQUENCE_BYTES, LossFreeTrial } from '../../../measure/timing/loss-free-trial.js';
import { PROGRAM_KINDS, type ProgramKey } from '../../../workloads/program-kind.js';
import { loadWorkload } from '../../../workloads/workload.js';
import { experimentPlane } from './fill.js';

export interface ChainCell {
  readonly kind: 'chain';
  /** A program that ships, or one of this many passes with a step for each of their RPBs. */
  readonly program: ProgramKey | number;
  /** In a row; 1: one switch, which recirculates. */
  readonly switches: number;
  readonly packetBytes: number;
  readonly memoryBytes: number;
  readonly cases: number;
  /** From the port of a switch to that of the next. */
  readonly betweenSwitchesNs: number;
  /** Tolerance of the rate, as a share of it. */
  readonly tolerance: number;
  readonly seed: string;
}

export interface ChainRate {
  /** Null for a program that does not fit. */
  readonly throughputGbps: number | null;
  readonly latencyNs: number | null;
  /** Why it does not fit. */
  readonly failure: string | null;
  readonly stateBytes: number;
}

const ENGINE: EngineName = 'compiled';
const INGRESS_PORT = 0;
const GROUP = 1;
const GROUP_PORTS = [1, 2];
/** Packets whose latencies are compared: programs drop some of them. */
const LONELY_PACKETS = 64;

export async function chainRate(cell: ChainCell): Promise<ChainRate> {
  const { program, switches, packetBytes, tolerance, betweenSwitchesNs } = cell;
  const single = experimentPlane(typeof program === 'number' ? undefined : PROGRAM_KINDS[program].dataPlane);
  const dataPlane = chainOf(single, switches);
  const timing = timedSwitchOptions(single);
  const options = {
    dataPlane,
    engine: ENGINE,
    // In a chain, the line of a front port leads to the next switch.
    switch: { ...timing, ...(switches > 1 && { recirculationBitsPerSecond: timing.portBitsPerSecond }) },
    betweenSwitchesNs,
    tolerance,
  };
  const stateBytes = stateHeaderBytes(single);
  if (typeof program === 'number') {
    const row = await lossFreeRow(options, programOf(program - 1, dataPlane), packetBytes);
    return { throughputGbps: row.throughputGbps, latencyNs: row.latencyNs, failure: null, stateBytes };
  }
  const deployed = await deployedProgram(cell, program, dataPlane, single);
  if (typeof deployed === 'string') return { throughputGbps: null, latencyNs: null, failure: deployed, stateBytes };
  const trial = new LossFreeTrial({ ...options, ...deployed, packetBytes });
  return {
    throughputGbps: await trial.lossFreeGbps(),
    latencyNs: trial.latencyNs(LONELY_PACKETS),
    failure: null,
    stateBytes,
  };
}

/** The first instance of a program and its packets, or why it does not fit. */
async function deployedProgram(
  { memoryBytes, cases, seed, packetBytes }: ChainCell,
  name: ProgramKey,
  dataPlane: DataPlane,
  single: DataPlane,
): Promise<{ readonly operations: readonly Operation[]; readonly target: TrafficTarget } | string> {
  const workload = await loadWorkload({ name, memoryBytes, cases, seed, dataPlane: single });
  const arrival = workload.arrival(0);
  const { programs, sourceHash } = analyse(arrival.source, dataPlane);
  const program = must(programs[0], `program ${name}`);
  try {
    const recirculations = dataPlane.switches > 1 ? 0 : DEFAULT_RECIRCULATIONS;
    const compiled = link(lower(program, dataPlane, recirculations), new SwitchState(dataPlane), sourceHash);
    const operations = [...frontPortForwarding(single), ...groupOf(single), ...installOperations(compiled)];
    return { operations, target: inOneLine(arrival.traffic, packetBytes) };
  } catch (error) {
    if (error instanceof DoesNotFit) return error.message;
    throw error;
  }
}

/** The group of the programs that copy packets, where the data plane has groups. */
const groupOf = ({ description }: DataPlane): Operation[] =>
  description.replication === undefined ? [] : [{ kind: 'insertGroup', group: groupOfPorts(GROUP, GROUP_PORTS, []) }];

/** The same packets, all of one size and by one port. */
function inOneLine(target: TrafficTarget, packetBytes: number): TrafficTarget {
  const bytes = packetBytes - CHECK_SEQUENCE_BYTES;
  return {
    ...target,
    variants: target.variants.map((variant) => ({
      ...variant,
      ingressPort: INGRESS_PORT,
      frameBytes: { minimum: bytes, maximum: bytes },
    })),
  };
}
