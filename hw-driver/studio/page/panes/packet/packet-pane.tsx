/** The pane of one packet: its way through the pipe, step by step. */
import { useMemo } from 'preact/hooks';
import type { ShownPacket } from '../../../session/protocol.js';
import type { Pane } from '../../shell/pane.js';
import { showSource } from '../../state/places.js';
import { bytesAt, currentStep, goToPlace, place, runningLines, story } from '../../state/story.js';
import { goTo, moment, session, timeline } from '../../state/studio.js';
import { useAnswer } from '../../state/use-answer.js';
import { decoded, type HeaderLayout } from './decode.js';
import { ArrivalFacts, LeavingFacts } from './end-facts.js';
import { HeadersView } from './headers-view.js';
import { HexView } from './hex-view.js';
import { PacketHead, StepSlider } from './packet-head.js';
import { PipeStrip } from './pipe-strip.js';
import { RegistersView, type RegisterValues } from './registers-view.js';
import { StepFacts } from './step-facts.js';
import './packet.css';

/** Before the first step. */
const NO_REGISTERS: RegisterValues = { har: 0, sar: 0, mar: 0 };

interface BodyProps {
  readonly shown: ShownPacket;
  readonly layouts: readonly HeaderLayout[];
}

function PacketBody({ shown, layouts }: BodyProps) {
  const at = place.value;
  const { headers, steps } = shown.trace;
  const { answer: memories = NO_MEMORIES } = useAnswer('memories', { at: moment.value });
  const now = bytesAt(shown, at);
  const before = bytesAt(shown, Math.max(0, at - 1));
  const decode = (bytes: Uint8Array) => decoded(headers, layouts, bytes);
  const headersNow = useMemo(() => decode(now), [now, headers, layouts]);
  const headersBefore = useMemo(() => decode(before), [before, headers, layouts]);
  const headersArrived = useMemo(() => decode(shown.arrived), [shown, headers, layouts]);
  const step = currentStep.value;
  const registers = steps[Math.min(at, steps.length) - 1]?.after ?? NO_REGISTERS;
  return (
    <div class="packet-body">
      <div>
        <RegistersView before={step?.before ?? registers} after={registers} />
        {at === 0 && <ArrivalFacts trace={shown.trace} />}
        {step !== undefined && <StepFacts step={step} memories={memories} source={runningLines.value} />}
        {at > steps.length && <LeavingFacts trace={shown.trace} />}
      </div>
      <HeadersView now={headersNow} before={headersBefore} arrived={headersArrived} />
      <HexView bytes={now} before={before} arrived={shown.arrived} headers={headersNow} />
    </div>
  );
}

const NO_MEMORIES: readonly never[] = [];

function Content() {
  const shown = story.value;
  const opened = session.value;
  if (shown === undefined || opened === undefined) {
    return (
      <p class="pane-empty">
        {timeline.value.ran === 0
          ? 'The way of a packet through the pipe is shown here, step by step, once packets have run.'
          : 'This is the end of the run: no packet comes at this moment.'}
      </p>
    );
  }
  const { trace } = shown;
  return (
    <>
      <PacketHead shown={shown} />
      <PipeStrip
        rpbs={opened.dataPlane.rpbs}
        steps={trace.steps}
        passes={trace.verdict.recirculations + 1}
        place={place.value}
        program={trace.filter === null ? null : trace.filter.program}
      />
      <StepSlider shown={shown} />
      <PacketBody shown={shown} layouts={opened.dataPlane.headers} />
    </>
  );
}

export const packetPane: Pane = {
  id: 'packet',
  title: 'One packet',
  area: 'detail',
  shortcuts: [
    { keys: ['ArrowRight'], does: 'Step forwards by one entry', run: () => goToPlace(place.value + 1) },
    { keys: ['ArrowLeft'], does: 'Step backwards by one entry', run: () => goToPlace(place.value - 1) },
    { keys: ['Home'], does: 'Go to the packet as it arrived', run: () => goToPlace(0) },
    { keys: ['End'], does: 'Go to the packet as it left', run: () => goToPlace(Number.MAX_SAFE_INTEGER) },
    { keys: ['n', 'ArrowDown'], does: 'Go to the next packet', run: () => goTo(moment.value + 1) },
    { keys: ['p', 'ArrowUp'], does: 'Go to the packet before', run: () => goTo(moment.value - 1) },
    {
      keys: ['Enter'],
      does: 'Show the line that runs in the editor',
      run: () => {
        const { value: running } = runningLines;
        const line = running?.lines[0];
        if (running !== undefined && line !== undefined) showSource(running.program, running.text, line);
      },
    },
  ],
  Content,
};
