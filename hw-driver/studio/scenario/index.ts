/** Scenarios of the studio: what they are, and how they are packed and read. */
export { MAX_UNPACKED_BYTES, packScenario, scenarioOfText, textOfScenario, unpackScenario } from './pack.js';
export {
  SCENARIO_SCHEMA,
  type Scenario,
  type ScenarioEvent,
  type ScenarioFile,
  type ScenarioView,
  type ScenarioWord,
} from './scenario.js';
export { ScenarioError } from './scenario-error.js';
