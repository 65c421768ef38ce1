/** What the pane of packets shows as long as there are none: how to get some. */

import { askSession } from '../../state/session-client.js';
import { addPackets, moment, session, timeline, work, working } from '../../state/studio.js';
import { openedFile } from '../programs/files.js';
import { runOpenedFile } from '../programs/running.js';

/** Of the quick start. */
const TRAFFIC = { packets: 10_000, seed: '1', packetsPerSecond: 1_000_000 } as const;

/** Runs the program in the editor, and packets that it matches. */
async function quickStart(): Promise<void> {
  if (timeline.value.events.length === 0) await runOpenedFile();
  const { programs: running } = await askSession('switch', { at: moment.value });
  const programs = running.map(({ program, text }) => ({ program, text }));
  const { packets, seed, packetsPerSecond } = TRAFFIC;
  const content = { kind: 'matching', programs, packetsPerSecond } as const;
  if (programs.length > 0) await addPackets({ kind: 'generated', traffic: { packets, seed, content } });
}

export function NoPackets() {
  const hasEvents = timeline.value.events.length > 0;
  const what = hasEvents ? 'the programs on the switch' : openedFile.value.name;
  return (
    <div class="pane-empty">
      <p>
        No packets yet. Drop a capture on the page (pcap or pcapng, also compressed by gzip), generate packets that
        programs match, or build one by hand.
      </p>
      <button
        type="button"
        class="main"
        disabled={session.value === undefined || work.value !== undefined}
        onClick={() => void working('Starting', quickStart)}
      >
        Run 10,000 packets through {what}
      </button>
    </div>
  );
}
