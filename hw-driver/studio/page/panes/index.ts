/** The panes of the page: a pane is its folder here and a row of this list. */
import { PANE_IDS, type Pane, type PaneId } from '../shell/pane.js';
import { comparePane } from './compare/compare-pane.js';
import { memoryPane } from './memory/memory-pane.js';
import { packetPane } from './packet/packet-pane.js';
import { packetsPane } from './packets/packets-pane.js';
import { programsPane } from './programs/programs-pane.js';
import { searchPane } from './search/search-pane.js';
import { sharePane } from './share/share-pane.js';
import { switchPane } from './switch/switch-pane.js';
import { timePane } from './time/time-pane.js';

/** In any order: the page has them in the order of {@link PANE_IDS}. */
const ROWS: readonly Pane[] = [
  programsPane,
  switchPane,
  packetsPane,
  packetPane,
  memoryPane,
  timePane,
  searchPane,
  comparePane,
  sharePane,
];

export const PANES: readonly Pane[] = [...ROWS].sort((a, b) => PANE_IDS.indexOf(a.id) - PANE_IDS.indexOf(b.id));

export const paneOf = (id: PaneId): Pane | undefined => PANES.find((pane) => pane.id === id);
