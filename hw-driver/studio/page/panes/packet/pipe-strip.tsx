/** The pipe as a strip of RPBs for each pass, with the way of the packet through it. */
import type { TracedStep } from '../../../../../sim/pipeline/trace/packet-trace.js';
import type { DataPlaneSummary } from '../../../session/protocol.js';
import { programColour } from '../../state/colours.js';
import { goToPlace } from '../../state/story.js';

interface StripProps {
  readonly rpbs: DataPlaneSummary['rpbs'];
  readonly steps: readonly TracedStep[];
  readonly passes: number;
  /** The place at which the packet is looked at. */
  readonly place: number;
  readonly program: string | null;
}

export function PipeStrip({ rpbs, steps, passes, place, program }: StripProps) {
  const rows = Array.from({ length: passes }, (_, pass) => pass);
  return (
    <section class="strip" aria-label="RPBs that the packet met" style={{ '--program': programColour(program) }}>
      {rows.map((pass) => (
        <div key={pass} class="strip-pass">
          <span class="strip-label">{passes === 1 ? 'RPB' : `pass ${pass + 1}`}</span>
          {rpbs.map(({ rpb, gress }, i) => (
            <RpbCell
              key={rpb}
              rpb={rpb}
              isFirstOfEgress={gress === 'egress' && rpbs[i - 1]?.gress === 'ingress'}
              // Places of the packet behind the steps here.
              places={steps.flatMap((each, at) => (each.pass === pass && each.rpb === rpb ? [at + 1] : []))}
              place={place}
            />
          ))}
        </div>
      ))}
    </section>
  );
}

interface CellProps {
  readonly rpb: number;
  readonly isFirstOfEgress: boolean;
  readonly places: readonly number[];
  readonly place: number;
}

function RpbCell({ rpb, isFirstOfEgress, places, place }: CellProps) {
  const [first] = places;
  const egress = isFirstOfEgress ? 'first-of-egress' : '';
  if (first === undefined) {
    return (
      <span class={`rpb ${egress}`} title={`RPB ${rpb}: no entry for the packet`}>
        {rpb}
      </span>
    );
  }
  const isCurrent = places.includes(place);
  const state = isCurrent ? 'current' : first < place ? 'past' : 'ahead';
  return (
    <button
      type="button"
      class={`rpb met ${state} ${egress}`}
      aria-label={`RPB ${rpb}, step ${first}`}
      aria-current={isCurrent ? 'step' : undefined}
      title={`RPB ${rpb}: step ${first}`}
      onClick={() => goToPlace(first)}
    >
      {rpb}
    </button>
  );
}
