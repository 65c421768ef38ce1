/** All of a session as data. */
import type { ScenarioFile, ScenarioView } from '../../scenario/scenario.js';

export type { ScenarioFile, ScenarioView } from '../../scenario/scenario.js';

/** What the session does not know of a scenario. */
export interface ScenarioOfPage {
  readonly title: string;
  readonly files: readonly ScenarioFile[];
  readonly view: ScenarioView;
}
