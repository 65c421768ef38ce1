/** Names in conditions have to be in the run, if only in one version of their program. */
import { ConditionError } from '../conditions/condition-error.js';
import type { History } from '../history.js';
import type { RecordedProgram } from '../history-event.js';

/**
 * @param fault what is wrong with a version of the program; undefined if it has what is named
 * @throws {ConditionError} if no version has
 */
export function required(
  history: History,
  name: string,
  fault: (program: RecordedProgram) => string | undefined = () => undefined,
): void {
  const versions = versionsOf(history, name);
  const [first] = versions;
  if (first === undefined) throw new ConditionError('not-in-the-run', `no program ${name} runs in this history`);
  if (versions.every((program) => fault(program) !== undefined)) {
    throw new ConditionError('not-in-the-run', `${fault(first)}`);
  }
}

/** All versions of a program that were deployed in a run, in order. */
export function versionsOf({ events }: History, name: string): RecordedProgram[] {
  return events.flatMap(({ change }) => {
    if (change.kind === 'deploy' && change.program.compiled.program === name) return [change.program];
    const isOther = change.kind === 'replace' || change.kind === 'cases';
    return isOther && change.after.compiled.program === name ? [change.after] : [];
  });
}
