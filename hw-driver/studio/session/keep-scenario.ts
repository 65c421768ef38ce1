/** A session as a scenario, and a session of a scenario. */
import { packScenario, type Scenario, unpackScenario } from '../scenario/index.js';
import type { ScenarioOfPage } from './protocol.js';
import { StudioRun } from './studio-run.js';
import type { Working } from './working.js';

/** The packed scenario of a run. */
export function scenarioOfRun(run: StudioRun, { title, files, view }: ScenarioOfPage): Uint8Array {
  const { dataPlane, seed, packets, history } = run;
  const events = run.events.map(({ event }) => event);
  return packScenario({ title, dataPlane, seed, files, events, packets, ran: history.count, view });
}

/** The run of a packed scenario, as far as it had run. @throws {ScenarioError} {@link SessionError} `cancelled` */
export async function runOfScenario(
  packed: Uint8Array,
  working: Working,
): Promise<{ readonly run: StudioRun; readonly scenario: Scenario }> {
  const scenario = unpackScenario(packed);
  const { dataPlane, seed, packets, events, ran } = scenario;
  const run = new StudioRun(dataPlane, seed);
  run.setPackets(packets);
  run.setEvents(events);
  await run.advance(working, ran);
  return { run, scenario };
}
