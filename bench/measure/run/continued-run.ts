/** A run that ends in a snapshot, and one that goes on from it as if there had been no end. */
import { analyse, type DataPlane } from '../../../compiler/index.js';
import { Controller } from '../../../hw-driver/index.js';
import {
  type Counters,
  declarations,
  InProcessTarget,
  type OutputDigestState,
  readSnapshot,
  restoreSnapshot,
  type Switch,
  type SwitchSnapshot,
  takeSnapshot,
} from '../../../sim/index.js';
import type { Admission } from '../../workloads/admission.js';
import type { Deployment } from '../../workloads/deployment.js';
import { type Workload, WorkloadError } from '../../workloads/workload.js';

/** What a run adds to the snapshot of its switch. */
export interface RunNote extends Admission {
  readonly workload: {
    readonly name: string;
    /** Null where programs keep the sizes of their text. */
    readonly memoryBytes: number | null;
    readonly cases: number;
    /** Absent in snapshots of versions that always gave programs a filter of their own. */
    readonly asWritten?: boolean;
  };
  readonly seed: string;
  readonly programsRequested: number | 'max';
  /** How many packets of generated traffic were taken. */
  readonly generated: number;
  readonly outputs: OutputDigestState;
}

/** A snapshot to go on from. */
export interface ResumedRun {
  readonly snapshot: SwitchSnapshot;
  readonly note: RunNote;
}

/** @throws {SnapshotError} */
export function readRun(bytes: Uint8Array, dataPlane: DataPlane): ResumedRun {
  const snapshot = readSnapshot(bytes, dataPlane);
  return { snapshot, note: snapshot.note as RunNote };
}

export function snapshotOfRun(emulator: Switch, deployment: Deployment, counters: Counters, note: RunNote): Uint8Array {
  const programs = deployment.programs.map(({ compiled }) => compiled);
  return takeSnapshot(emulator, programs, counters, note);
}

/** The switch and its programs as they were. @throws {SnapshotError} {@link WorkloadError} if the workload is another now */
export function resumeDeployment(emulator: Switch, workload: Workload, { snapshot, note }: ResumedRun): Deployment {
  const { dataPlane } = emulator;
  restoreSnapshot(emulator, snapshot);
  const controller = new Controller(dataPlane, new InProcessTarget(emulator));
  const programs = snapshot.programs.map((compiled, i) => {
    controller.adopt(compiled);
    const arrival = workload.arrival(note.admitted[i]?.number ?? i);
    const { programs: checked, sourceHash } = analyse(arrival.source, dataPlane);
    const [program] = checked;
    if (program === undefined || sourceHash !== compiled.sourceHash) {
      throw new WorkloadError(
        `workload ${workload.name} is not what it was: program ${compiled.program} has another text`,
      );
    }
    return { arrival, program, compiled };
  });
  const { admitted, allocations, failure } = note;
  const operations = [
    ...declarations(snapshot.blocks),
    ...snapshot.entries.map((entry) => ({ kind: 'insertEntry' as const, entry })),
  ];
  return { admitted, allocations, failure, controller, programs, operations };
}
