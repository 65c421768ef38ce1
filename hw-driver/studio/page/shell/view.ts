/** Which panes are seen: signals that the shell draws, and the functions that change them. */
import { effect, signal } from '@preact/signals';
import { type Area, PANE_IDS, type Pane, type PaneId } from './pane.js';

/** From this width the panes stand side by side. */
const WIDE = matchMedia('(min-width: 900px)');

/** Whether panes stand side by side. */
export const isWide = signal(WIDE.matches);
WIDE.addEventListener('change', () => {
  isWide.value = WIDE.matches;
});

/** The pane that has the focus, or had it last: the one that a phone shows. */
export const currentPane = signal<PaneId>(PANE_IDS[0]);

/** The pane of each area that is shown on the wide page, where it is not its first. */
const chosen = signal<Partial<Record<Area, PaneId>>>({});

/** The pane that fills the wide page, if one does. */
export const maximised = signal<PaneId | undefined>(undefined);

/** Whether a pane is seen. @param first whether it is the first of its area */
export function isShown({ id, area }: Pane, first: boolean): boolean {
  if (!isWide.value) return currentPane.value === id;
  if (maximised.value !== undefined) return maximised.value === id;
  const shown = chosen.value[area];
  return shown === undefined ? first : shown === id;
}

export const panelId = (id: PaneId): string => `pane-${id}`;

/** Makes a pane seen, without moving the focus. */
export function revealPane({ id, area }: Pick<Pane, 'id' | 'area'>): void {
  currentPane.value = id;
  chosen.value = { ...chosen.value, [area]: id };
  if (maximised.value !== undefined) maximised.value = id;
}

/** Shows a pane and moves the focus to it. */
export function showPane(pane: Pick<Pane, 'id' | 'area'>): void {
  revealPane(pane);
  // The pane is drawn as shown in the next turn; what is hidden takes no focus.
  requestAnimationFrame(() => document.getElementById(panelId(pane.id))?.focus());
}

export function toggleMaximised(id: PaneId): void {
  maximised.value = maximised.value === id ? undefined : id;
}

/** What the user chose; `system` follows the system's setting. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const THEME_KEY = 'p4runpro-studio-theme';

/** Storage is refused to pages from some places, as files are in some browsers. */
function stored(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

const storedTheme = THEMES.find((each) => each === stored()?.getItem(THEME_KEY));
export const theme = signal<Theme>(storedTheme ?? THEMES[0]);

effect(() => {
  document.documentElement.dataset['theme'] = theme.value;
  stored()?.setItem(THEME_KEY, theme.value);
});

export function nextTheme(): void {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length];
  if (next !== undefined) theme.value = next;
}

export const isHelpOpen = signal(false);
