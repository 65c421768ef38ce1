/** The packet at the moment, with all its steps: what the pane of one packet shows, and the line in the editor. */
import { computed, effect, signal } from '@preact/signals';
import type { TracedStep } from '../../../../sim/pipeline/trace/packet-trace.js';
import type { ShownPacket } from '../../session/protocol.js';
import { askSession } from './session-client.js';
import { moment, step, tell, timeline } from './studio.js';

/** Undefined where no packet comes at the moment: at the end of the run. The one before stays until the next is there. */
export const story = signal<ShownPacket | undefined>(undefined);

effect(() => {
  const packet = moment.value;
  const asked = timeline.value;
  if (packet >= asked.ran) {
    story.value = undefined;
    return undefined;
  }
  const wanted = new AbortController();
  const { signal } = wanted;
  askSession('packet', { packet }, { signal }).then(
    (answer) => {
      if (!signal.aborted) story.value = answer;
    },
    (error: unknown) => {
      if (!signal.aborted) tell(error);
    },
  );
  return () => wanted.abort();
});

/** Places at which a packet can be looked at: when it arrived, behind each step, and when it left. */
export const placesOf = ({ trace }: ShownPacket): number => trace.steps.length + 2;

/** The place at which the packet is looked at, within those that it has. */
export const place = computed(() => (story.value === undefined ? 0 : Math.min(step.value, placesOf(story.value) - 1)));

/** The step behind which the packet is looked at; undefined when it arrived or left. */
export const currentStep = computed<TracedStep | undefined>(() => story.value?.trace.steps[place.value - 1]);

export function goToPlace(wanted: number): void {
  if (story.value !== undefined) step.value = Math.max(0, Math.min(wanted, placesOf(story.value) - 1));
}

/** Its bytes at a place. */
export function bytesAt({ arrived, afterSteps, left }: ShownPacket, at: number): Uint8Array {
  if (at === 0) return arrived;
  return afterSteps[at - 1] ?? left;
}

/** Lines of a text that run at the place, from 1. */
export interface RunningLines {
  readonly program: string;
  readonly text: string;
  readonly lines: readonly number[];
}

export const runningLines = computed<RunningLines | undefined>(() => {
  const source = story.value?.source;
  const lines = currentStep.value?.source;
  if (source === undefined || source === null || lines === undefined || lines.length === 0) return undefined;
  return { program: source.program, text: source.text, lines: lines.map(({ line }) => line) };
});
