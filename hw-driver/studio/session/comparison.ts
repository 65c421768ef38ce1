/** Two runs of the same packets: the present one, and one with another text of a program. */
import { firstDifference, type History } from '../../../sim/history/index.js';
import { SessionError } from './failure.js';
import type { CompareAsk, Compared, ComparedOutcomes, NewEvent } from './protocol.js';
import { StudioRun } from './studio-run.js';
import type { Working } from './working.js';

const CHANGES_OF_TEXT: readonly NewEvent['kind'][] = ['replace', 'cases'];

export class Comparison {
  private constructor(
    private readonly one: History,
    private readonly other: History,
  ) {}

  /** @throws {SessionError} `bad-question` if the program was not deployed, `cancelled` */
  static async of(
    run: StudioRun,
    ask: CompareAsk,
    working: Working,
  ): Promise<{ comparison: Comparison; answer: Compared }> {
    const { program, text, at } = ask;
    const events = run.events.map(({ event }) => event);
    const place = events.findLastIndex(
      (event) => event.kind === 'deploy' && event.program === program && event.packet <= at,
    );
    const deployed = events[place];
    if (deployed?.kind !== 'deploy') {
      throw new SessionError('bad-question', `no program ${program} has been deployed before packet ${at + 1}`);
    }
    // Changes of the text that is replaced have no meaning for the other one.
    const isChange = (event: NewEvent): boolean => CHANGES_OF_TEXT.includes(event.kind) && event.program === program;
    const others = events.flatMap((event, i): NewEvent[] => {
      if (i === place) return [{ ...deployed, text }];
      return i > place && isChange(event) ? [] : [event];
    });
    const other = new StudioRun(run.dataPlane, run.seed);
    other.setPackets(run.packets);
    other.setEvents(others);
    await other.advance(working, run.history.count);
    const comparison = new Comparison(run.history, other.history);
    const differences = differencesOf(run.history, other.history);
    const refused = other.events.flatMap(({ state }) => (state.kind === 'refused' ? [state.reason] : []));
    return { comparison, answer: { from: deployed.packet, packets: other.history.count, differences, refused } };
  }

  outcomes(packet: number): ComparedOutcomes {
    const { one, other } = this;
    const outcomes = { one: one.outcome(packet), other: other.outcome(packet) };
    const found = firstDifference(one, other, packet);
    const parts = found?.packet === packet ? found.parts : [];
    return { packet, parts, ...outcomes };
  }

  /** The other run. */
  get history(): History {
    return this.other;
  }
}

/** Packets that left in another way. */
function differencesOf(one: History, other: History): Uint32Array {
  const packets: number[] = [];
  for (let from = 0; ; ) {
    const found = firstDifference(one, other, from);
    if (found === undefined) return Uint32Array.from(packets);
    packets.push(found.packet);
    from = found.packet + 1;
  }
}
