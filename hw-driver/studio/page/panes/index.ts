/** The panes of the page: a pane is its folder here and a row of this list. */
import { PANE_IDS, type Pane, type PaneId } from '../shell/pane.js';
import { packetPane } from './packet/packet-pane.js';
import { packetsPane } from './packets/packets-pane.js';
import { programsPane } from './programs/programs-pane.js';

/** In any order: the page has them in the order of {@link PANE_IDS}. */
const ROWS: readonly Pane[] = [programsPane, packetsPane, packetPane];

export const PANES: readonly Pane[] = [...ROWS].sort((a, b) => PANE_IDS.indexOf(a.id) - PANE_IDS.indexOf(b.id));

export const paneOf = (id: PaneId): Pane | undefined => PANES.find((pane) => pane.id === id);
