/** Arrival processes of other people: a module whose default export is one. */
import { thrownText } from '../../../compiler/data-plane/thrown-text.js';
import { UsageError } from '../../../hw-driver/cli/kit/command-line.js';
import { callWithin, DEFAULT_ANSWER_SECONDS, defaultExportOf } from '../../../hw-driver/cli/kit/user-modules.js';
import { ArrivalError, type ArrivalEvent, type ArrivalProcess } from '../../workloads/arrivals/arrival-process.js';

/**
 * The process of a module. Each event has to come in time; what it has to be, {@link playArrivals} checks.
 * @param path relative to the working directory; it names the process in errors and reports
 * @throws {UsageError} for a module that cannot be loaded or exports something else; {@link ArrivalError} from its events
 */
export async function arrivalsOfModule(path: string, seconds = DEFAULT_ANSWER_SECONDS): Promise<ArrivalProcess> {
  const exported = await defaultExportOf(path, seconds);
  const { events } = (typeof exported === 'object' && exported !== null ? exported : {}) as Partial<ArrivalProcess>;
  if (typeof events !== 'function') {
    throw new UsageError(
      `${path} is no arrival process: it ${typeof exported === 'function' ? 'is a function' : 'has no function events'}, where { name, events(seed) } was expected`,
    );
  }
  const process = exported as ArrivalProcess;
  return { name: path, events: (seed) => guardedEvents(process, seed, path, seconds) };
}

function* guardedEvents(process: ArrivalProcess, seed: string, path: string, seconds: number): Generator<ArrivalEvent> {
  const wrong = (reason: string, cause?: unknown): ArrivalError =>
    new ArrivalError(`arrivals ${path}: ${reason}`, { cause });
  const call = (what: string, run: () => unknown): unknown => {
    const late = (): ArrivalError => wrong(`${what} did not return within ${seconds} s`);
    try {
      return callWithin(seconds, run, late);
    } catch (error) {
      throw error instanceof ArrivalError ? error : wrong(`${what} threw ${thrownText(error)}`, error);
    }
  };
  const events = call('events()', () => process.events(seed)) as Partial<Iterable<unknown>> | null | undefined;
  if (typeof events?.[Symbol.iterator] !== 'function') {
    throw wrong('events() gave no iterable of events, as an array or a generator is');
  }
  const iterator = (events as Iterable<unknown>)[Symbol.iterator]();
  for (let number = 1; ; number++) {
    const { done, value } = call(`event ${number}`, () => iterator.next()) as IteratorResult<unknown>;
    if (done === true) {
      if (number === 1) throw wrong('events() gave no event');
      return;
    }
    if (typeof value !== 'object' || value === null) {
      throw wrong(`event ${number} is ${String(value)}, where { kind, at, program } was expected`);
    }
    yield value as ArrivalEvent;
  }
}
