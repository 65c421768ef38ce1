/** What stands between an engine and its action unit, to see each action that packets take. Only the interpreted engine has it. */
import type { ActionUnit } from './actions.js';
import type { Phv } from './phv.js';

/** Executes actions, as {@link ActionUnit} does. */
export type ActionExecutor = Pick<ActionUnit, 'execute'>;

/** Sees each action before and after it is executed. */
export interface ActionWatch {
  /**
   * Executes the action of an entry by the action unit of the pipe: exactly once, and with these arguments.
   * @param code of the packet's program @param entry its place in the code @param rpb from 0
   */
  execute(actions: ActionExecutor, code: Int32Array, entry: number, rpb: number, phv: Phv): void;
}

/** An action unit that is watched. */
export const watchedActions = (actions: ActionExecutor, watch: ActionWatch): ActionExecutor => ({
  execute: (code, entry, rpb, phv) => watch.execute(actions, code, entry, rpb, phv),
});
