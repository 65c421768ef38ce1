/** Lines in reasons why a program does not fit: of an instance, they are not those of the file that it is made from. */
import { isModulePath } from '../../../hw-driver/index.js';

/** The reason, with what its line counts. @param workload whose programs are instances, but for those of a module */
export function withLineOfInstance(reason: string, workload: string): string {
  const line = /^program (\S+) does not fit: step .*, line (\d+)\)/.exec(reason);
  if (line === null || isModulePath(workload)) return reason;
  return `${reason} (line ${line[2]} of the text of ${line[1]}, which is written anew for each instance, without comments)`;
}
