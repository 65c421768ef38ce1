/** What the control plane did between two packets of a run. */
import type { CompiledProgram, Operation } from '../../compiler/index.js';
import type { MemoryWrite } from '../pipeline/time/update.js';

/** A program as it ran: its document, and the text that it was compiled from. */
export interface RecordedProgram {
  readonly compiled: CompiledProgram;
  readonly source: string;
}

/**
 * A change of the switch, planned for the programs that run where it is made. Its writes are made before its operations,
 * where no packet comes yet.
 */
export type HistoryChange = {
  readonly memory: readonly MemoryWrite[];
  readonly operations: readonly Operation[];
} & (
  | { readonly kind: 'deploy'; readonly program: RecordedProgram }
  | { readonly kind: 'revoke'; readonly program: RecordedProgram }
  /** Another version of the program, or other cases. */
  | { readonly kind: 'replace' | 'cases'; readonly before: RecordedProgram; readonly after: RecordedProgram }
  /** Words of one memory of a program, from a bucket of it on. */
  | { readonly kind: 'write'; readonly program: string; readonly name: string; readonly bucket: number }
  /** Entries and groups of no program, such as default forwarding. */
  | { readonly kind: 'configure'; readonly what: string }
);

/** A change at its place in the stream: between packet `packet - 1` and packet `packet`, numbered from 0. */
export interface HistoryEvent {
  readonly packet: number;
  readonly change: HistoryChange;
}

/** The programs that run after a change, by name. */
export function programsAfter(
  programs: ReadonlyMap<string, RecordedProgram>,
  change: HistoryChange,
): ReadonlyMap<string, RecordedProgram> {
  const after = new Map(programs);
  switch (change.kind) {
    case 'deploy':
      return after.set(change.program.compiled.program, change.program);
    case 'revoke':
      after.delete(change.program.compiled.program);
      return after;
    case 'replace':
    case 'cases':
      return after.set(change.after.compiled.program, change.after);
    case 'write':
    case 'configure':
      return programs;
  }
}

/** The name of the program that a change is about; undefined for one of no program. */
export function programOf(change: HistoryChange): string | undefined {
  switch (change.kind) {
    case 'deploy':
    case 'revoke':
      return change.program.compiled.program;
    case 'replace':
    case 'cases':
      return change.after.compiled.program;
    case 'write':
      return change.program;
    case 'configure':
      return undefined;
  }
}
