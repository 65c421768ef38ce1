/** The options that select when programs arrive and depart. */
import { isModulePath, MODULE_PATHS } from '../../../hw-driver/cli/kit/user-modules.js';
import { readText, UsageError } from '../../../hw-driver/index.js';
import { ArrivalError, type ArrivalProcess, oneByOne } from '../../workloads/arrivals/arrival-process.js';
import { eventsOfFile } from '../../workloads/arrivals/event-file.js';
import { poisson } from '../../workloads/arrivals/poisson.js';
import { arrivalsOfModule } from './arrival-modules.js';
import { duration } from './duration.js';

const FORMS = `one-by-one, poisson:GAP,LIFETIME (mean times, as poisson:30s,30h), a .csv file, or ${MODULE_PATHS}`;

const POISSON = 'poisson:';

/** @param initial what the command takes where the option is left out */
export const arrivalOption = (initial: string) =>
  ({
    arrivals: {
      type: 'string',
      default: initial,
      describe: `Arrivals and departures of programs: ${FORMS}; columns of a .csv file: time_s, event (arrive, depart), program`,
    },
  }) as const;

/** @throws {UsageError} {@link ArrivalError} for a file that is no table of events */
export async function arrivalsFrom(text: string): Promise<ArrivalProcess> {
  if (text === 'one-by-one') return oneByOne('max');
  if (text.startsWith(POISSON)) return poissonFrom(text.slice(POISSON.length));
  if (text.endsWith('.csv')) return eventsOfFile(readText(text), text);
  if (isModulePath(text)) return arrivalsOfModule(text);
  throw new ArrivalError(`there are no arrivals '${text}': they are ${FORMS}`);
}

function poissonFrom(parameters: string): ArrivalProcess {
  const means = parameters.split(',');
  const [gap, lifetime] = means;
  if (means.length !== 2 || gap === undefined || lifetime === undefined) {
    throw new UsageError(
      `--arrivals poisson takes two mean times, GAP,LIFETIME, as poisson:30s,30h, not '${parameters}'`,
    );
  }
  return poisson({ arrivalSeconds: positiveSeconds(gap), lifetimeSeconds: positiveSeconds(lifetime) });
}

/** @throws {UsageError} */
function positiveSeconds(text: string): number {
  const seconds = secondsFrom('--arrivals', text);
  if (seconds > 0) return seconds;
  throw new UsageError(`--arrivals poisson takes mean times above 0, not '${text}'`);
}

/** A time span in seconds. @throws {UsageError} naming the option */
export const secondsFrom = (option: string, text: string): number => Number(duration(option, text)) / 1e9;
