/** The head of the pane of one packet: which packet, what became of it, and the slider of its steps. */
import type { TracedStep } from '../../../../../sim/pipeline/trace/packet-trace.js';
import type { ShownPacket } from '../../../session/protocol.js';
import { programColour } from '../../state/colours.js';
import { counted, packetNumber } from '../../state/format.js';
import { goToPlace, place, placesOf } from '../../state/story.js';
import { goTo, moment, timeline } from '../../state/studio.js';
import { verdictText } from './verdict-text.js';

export function PacketHead({ shown }: { readonly shown: ShownPacket }) {
  const { ran } = timeline.value;
  const at = moment.value;
  const { arrival, filter } = shown.trace;
  const program = filter === null ? null : filter.program;
  return (
    <div class="packet-head" data-packet={packetNumber(shown.packet)}>
      <button
        type="button"
        class="plain"
        aria-label="The packet before"
        disabled={at === 0}
        onClick={() => goTo(at - 1)}
      >
        ◀
      </button>
      <NumberOfPacket at={at} />
      <button
        type="button"
        class="plain"
        aria-label="The next packet"
        disabled={at + 1 >= ran}
        onClick={() => goTo(at + 1)}
      >
        ▶
      </button>
      <span class="swatch" style={{ background: programColour(program) }} />
      <strong>{program ?? 'no program'}</strong>
      <span class="verdict">{verdictText(shown.trace)}</span>
      <span class="fine">
        {counted(arrival.originalBytes, 'byte')} on port {arrival.port}
      </span>
    </div>
  );
}

/** The number of the packet, which can be typed. */
function NumberOfPacket({ at }: { readonly at: number }) {
  return (
    <input
      type="text"
      inputMode="numeric"
      class="number packet-number"
      aria-label="Packet"
      value={packetNumber(at)}
      onChange={({ currentTarget }) => {
        const wanted = Number(currentTarget.value.replaceAll(/[,\s]/g, ''));
        if (Number.isInteger(wanted)) goTo(wanted - 1);
        currentTarget.value = packetNumber(moment.peek());
      }}
    />
  );
}

/** What happens at a place, in one line. */
function placeText(steps: readonly TracedStep[], at: number): string {
  if (at === 0) return 'As it arrived';
  const step = steps[at - 1];
  if (step === undefined) return 'As it left';
  const of = step.copy === undefined ? '' : `copy ${step.copy}, `;
  return `Step ${at} of ${steps.length}: ${of}${step.gress} RPB ${step.rpb}`;
}

export function StepSlider({ shown }: { readonly shown: ShownPacket }) {
  const last = placesOf(shown) - 1;
  const at = place.value;
  const text = placeText(shown.trace.steps, at);
  return (
    <div class="step-slider">
      <button
        type="button"
        class="plain"
        aria-label="The step before"
        disabled={at === 0}
        onClick={() => goToPlace(at - 1)}
      >
        ←
      </button>
      <input
        type="range"
        min={0}
        max={last}
        value={at}
        aria-label="Step"
        aria-valuetext={text}
        onInput={({ currentTarget }) => goToPlace(Number(currentTarget.value))}
      />
      <button
        type="button"
        class="plain"
        aria-label="The next step"
        disabled={at === last}
        onClick={() => goToPlace(at + 1)}
      >
        →
      </button>
      <output class="step-text">{text}</output>
    </div>
  );
}
