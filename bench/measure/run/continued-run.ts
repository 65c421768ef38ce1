/** Snapshots of runs: the note of a run in a snapshot, and a run resumed from it. */
import { analyse, type DataPlane } from '../../../compiler/index.js';
import { Controller } from '../../../hw-driver/index.js';
import { type Counters, InProcessTarget, type OutputDigestState, type Switch } from '../../../sim/index.js';
import {
  declarations,
  readSnapshot,
  restoreSnapshot,
  type SwitchSnapshot,
  takeSnapshot,
} from '../../../sim/snapshot/snapshot.js';
import type { Admission } from '../../workloads/admission.js';
import type { Deployment } from '../../workloads/deployment.js';
import { type Workload, WorkloadError } from '../../workloads/workload.js';

/** The note that a run adds to the snapshot of its switch. */
export interface RunNote extends Admission {
  readonly workload: {
    readonly name: string;
    /** Size of each memory in bytes; null if programs keep their declared sizes. */
    readonly memoryBytes: number | null;
    readonly cases: number;
    /** Absent in snapshots of versions that always replaced the filters of programs. */
    readonly asWritten?: boolean;
  };
  readonly seed: string;
  readonly programsRequested: number | 'max';
  /** Number of generated packets that have run. */
  readonly generated: number;
  readonly outputs: OutputDigestState;
}

/** A snapshot to resume from. */
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

/** Restores the switch and its programs. @throws {SnapshotError} {@link WorkloadError} if the workload has changed since */
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
        `workload ${workload.name} has changed since the snapshot: the text of program ${compiled.program} differs`,
      );
    }
    return { arrival, program, compiled };
  });
  const { admitted, allocations, failure } = note;
  const operations = [
    ...declarations(snapshot.blocks),
    ...snapshot.groups.map((group) => ({ kind: 'insertGroup' as const, group })),
    ...snapshot.entries.map((entry) => ({ kind: 'insertEntry' as const, entry })),
  ];
  return { admitted, allocations, failure, controller, programs, operations };
}
