/** What a pane of the page is. Each has a folder in `panes/`, and a row in the list of `panes/index.ts`. */
import type { ComponentType } from 'preact';
import type { Shortcut } from './shortcuts.js';

/** All panes, in the order of their digits and of the tabs on a phone. */
export const PANE_IDS = [
  'programs',
  'switch',
  'packets',
  'packet',
  'memory',
  'time',
  'search',
  'compare',
  'share',
] as const;
export type PaneId = (typeof PANE_IDS)[number];

/** Places of the wide page; panes of one area share it as tabs. A phone shows one pane at a time. */
export const AREAS = ['left', 'list', 'detail', 'state', 'tools', 'line'] as const;
export type Area = (typeof AREAS)[number];

export interface Pane {
  readonly id: PaneId;
  readonly title: string;
  readonly area: Area;
  /** Apply while the focus is in the pane; the help overlay lists them under its title. */
  readonly shortcuts: readonly Shortcut[];
  /** Buttons that stand beside the title on the wide page, and above the content on a phone. */
  readonly Tools?: ComponentType;
  /** The content. It stays mounted while the pane is hidden: {@link isShown} says whether it is seen. */
  readonly Content: ComponentType;
}
