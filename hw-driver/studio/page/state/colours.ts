/** Colours of programs: by the order in which they came to the switch, the same in all panes. */
import { computed } from '@preact/signals';
import { timeline } from './studio.js';

/** As many as `base.css` has. */
const COLOURS = 12;

const order = computed<readonly string[]>(() => [
  ...new Set(timeline.value.events.flatMap(({ event }) => (event.kind === 'write' ? [] : [event.program]))),
]);

/** The colour of a program as a value of CSS; that of packets without a program for null. */
export function programColour(program: string | null): string {
  const at = program === null ? -1 : order.value.indexOf(program);
  return at < 0 ? 'var(--no-program)' : `var(--program-${at % COLOURS})`;
}
