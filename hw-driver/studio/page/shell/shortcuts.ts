/** Keyboard shortcuts: keys with what they do, for the page and for single panes. */

export interface Shortcut {
  /** As {@link keysOf} writes them: `Ctrl+Enter`, `?`, `ArrowLeft`, `Shift+F6`. Several do the same. */
  readonly keys: readonly string[];
  /** In the imperative: `Show the next entry`. */
  readonly does: string;
  /** Whether it applies in fields of text too, where plain characters are typed. */
  readonly whileTyping?: boolean;
  readonly run: () => void;
}

const MODIFIER_KEYS = new Set(['Control', 'Shift', 'Alt', 'Meta']);

/** The keys of an event by name: modifiers in the order Ctrl, Alt, Shift, then the key; Cmd of a Mac counts as Ctrl. */
export function keysOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  const { key } = event;
  if (MODIFIER_KEYS.has(key)) return '';
  // Of a character Shift is part: '?' is Shift and another key, on each keyboard another one.
  const isCharacter = key.length === 1;
  const parts = [
    ...(event.ctrlKey || event.metaKey ? ['Ctrl'] : []),
    ...(event.altKey ? ['Alt'] : []),
    ...(event.shiftKey && !isCharacter ? ['Shift'] : []),
    key === ' ' ? 'Space' : key,
  ];
  return parts.join('+');
}

/** Fields in which typed characters and arrow keys belong to the text. */
const TYPED_IN =
  'input:not([type=range]):not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]';

export const isTypedIn = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest(TYPED_IN) !== null;

/** Runs the first shortcut that an event's keys name. @returns whether one of them did */
export function runShortcut(shortcuts: readonly Shortcut[], event: KeyboardEvent): boolean {
  const keys = keysOf(event);
  const isTyping = isTypedIn(event.target);
  const found = shortcuts.find((each) => each.keys.includes(keys) && (!isTyping || each.whileTyping === true));
  if (found === undefined) return false;
  event.preventDefault();
  found.run();
  return true;
}

const SIGNS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
};

/** Keys as the help overlay writes them. */
export const keysText = (keys: string): string =>
  keys
    .split('+')
    .map((key) => SIGNS[key] ?? key)
    .join('+');
