/** Events on the line: a flag for each place where the control plane changed the switch. */
import type { NewEvent, StudioEvent } from '../../../session/protocol.js';
import { programColour } from '../../state/colours.js';
import { counted, packetNumber } from '../../state/format.js';
import { goTo, removeEvents, tell, timeline, work } from '../../state/studio.js';

const SIGNS: Readonly<Record<NewEvent['kind'], string>> = {
  deploy: '+',
  revoke: '−',
  replace: '↻',
  cases: '≡',
  write: '✎',
};

const VERBS: Readonly<Record<NewEvent['kind'], string>> = {
  deploy: 'deploy',
  revoke: 'revoke',
  replace: 'replace',
  cases: 'change cases of',
  write: 'write',
};

export function eventText({ event, state }: StudioEvent): string {
  const target = event.kind === 'write' ? `${event.program}.${event.memory}[${event.bucket}]` : event.program;
  const refused = state.kind === 'refused' ? `; refused: ${state.reason}` : '';
  return `${VERBS[event.kind]} ${target}${refused}`;
}

/** Events of one place. */
interface Flag {
  readonly packet: number;
  readonly events: readonly StudioEvent[];
}

/** Flags nearer to each other than this part of the line are one. */
const PLACES = 80;

function flagsOf(from: number, to: number): Flag[] {
  const flags = new Map<number, StudioEvent[]>();
  const perPlace = Math.max(1, (to - from) / PLACES);
  for (const event of timeline.value.events) {
    const { packet } = event.event;
    if (packet < from || packet > to) continue;
    const place = packet === from ? -1 : Math.floor((packet - from) / perPlace);
    const there = flags.get(place);
    if (there === undefined) flags.set(place, [event]);
    else there.push(event);
  }
  return [...flags.values()].map((events) => ({ packet: events[0]?.event.packet ?? from, events }));
}

interface MarksProps {
  readonly from: number;
  readonly to: number;
  /** Pixels beside the line. */
  readonly left: number;
  readonly right: number;
}

export function EventMarks({ from, to, left, right }: MarksProps) {
  const flags = flagsOf(from, to);
  return (
    <ul class="event-marks" style={{ left: `${left}px`, right: `${right}px` }} aria-label="Events">
      {flags.map((flag) => (
        <Mark key={flag.packet} flag={flag} share={(flag.packet - from) / Math.max(1, to - from)} />
      ))}
    </ul>
  );
}

function Mark({ flag: { packet, events }, share }: { readonly flag: Flag; readonly share: number }) {
  const [first] = events;
  if (first === undefined) return null;
  const isRefused = events.some(({ state }) => state.kind === 'refused');
  const words = `${counted(events.length, 'event')} before packet ${packetNumber(packet)}: ${events.map(eventText).join(', ')}`;
  const remove = (): void => {
    if (work.value === undefined) removeEvents(events.map(({ id }) => id)).catch(tell);
  };
  return (
    <li style={{ left: `${100 * share}%` }}>
      <button
        type="button"
        class={isRefused ? 'refused' : ''}
        style={{ '--colour': programColour(first.event.program) }}
        title={`${words}. Delete undoes it.`}
        aria-label={words}
        onClick={() => goTo(packet)}
        onKeyDown={(event) => {
          if (event.key !== 'Delete' && event.key !== 'Backspace') return;
          event.preventDefault();
          event.stopPropagation();
          remove();
        }}
      >
        {events.length > 1 ? events.length : SIGNS[first.event.kind]}
      </button>
    </li>
  );
}
