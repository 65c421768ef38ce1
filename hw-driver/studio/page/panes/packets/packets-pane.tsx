/** The pane of packets: where they come from, the filter, and the list. */
import { useCallback, useRef } from 'preact/hooks';
import type { Pane } from '../../shell/pane.js';
import { VirtualList } from '../../shell/virtual-list.js';
import { addPackets, clearPackets, goTo, moment, session, tell, timeline, work } from '../../state/studio.js';
import { BuildDialog, isBuildOpen } from './build-dialog.js';
import { FilterBar, FilterOutcome } from './filter-bar.js';
import { GenerateDialog, isGenerateOpen } from './generate-dialog.js';
import { NoPackets } from './no-packets.js';
import { goToRow, rowCount, selectedRow, shownRow } from './packet-list.js';
import { COLUMNS, PacketRow } from './packet-row.js';
import { blocksCame, fetchRows } from './row-blocks.js';
import './packets.css';

const ROW_HEIGHT = 23;
const ROW_HEIGHT_OF_PHONE = 44;

/** Adds the packets of a capture. */
export const openCapture = (file: File): Promise<boolean> =>
  addPackets({ kind: 'capture', name: file.name, blob: file });

function SourceTools() {
  const isClosed = session.value === undefined;
  const isBusy = work.value !== undefined || isClosed;
  return (
    <div class="pane-tools">
      <label class={`button ${isBusy ? 'disabled' : ''}`}>
        Open capture
        <input
          type="file"
          class="said-only"
          accept=".pcap,.pcapng,.cap,.gz"
          disabled={isBusy}
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            // Cleared, so that the same file can be chosen again.
            if (file !== undefined) void openCapture(file).then(() => (currentTarget.value = ''));
          }}
        />
      </label>
      <button type="button" disabled={isClosed} onClick={() => (isGenerateOpen.value = true)}>
        Generate…
      </button>
      <button type="button" disabled={isClosed} onClick={() => (isBuildOpen.value = true)}>
        Build…
      </button>
      <FilterOutcome />
      <button
        type="button"
        class="clear"
        disabled={isBusy || timeline.value.packets === 0}
        onClick={() => void clearPackets()}
      >
        Clear
      </button>
    </div>
  );
}

function Header() {
  return (
    <div class="virtual-header" aria-hidden="true">
      {COLUMNS.map(({ title, name }) => (
        <span key={name} class={`cell ${name}`}>
          {title}
        </span>
      ))}
    </div>
  );
}

const drawRow = (row: number) => <PacketRow row={row} />;

function Content() {
  const phone = useRef(matchMedia('(width < 900px)'));
  const onRange = useCallback((from: number, to: number) => fetchRows(from, to), []);
  // Rows that came are drawn.
  const { value: came } = blocksCame;
  const { packets } = timeline.value;
  return (
    <>
      {packets === 0 ? (
        <NoPackets />
      ) : (
        <>
          <FilterBar />
          <VirtualList
            count={rowCount.value}
            rowHeight={phone.current.matches ? ROW_HEIGHT_OF_PHONE : ROW_HEIGHT}
            label="Packets"
            columns={COLUMNS.map(({ width }) => width).join(' ')}
            header={<Header />}
            selected={selectedRow.value}
            shown={shownRow.value}
            version={came}
            onSelect={(row) => void goToRow(row).catch(tell)}
            onRange={onRange}
            row={drawRow}
          />
        </>
      )}
      <GenerateDialog />
      <BuildDialog />
    </>
  );
}

export const packetsPane: Pane = {
  id: 'packets',
  title: 'Packets',
  area: 'list',
  shortcuts: [
    { keys: ['g'], does: 'Generate packets', run: () => (isGenerateOpen.value = session.value !== undefined) },
    { keys: ['b'], does: 'Build a packet', run: () => (isBuildOpen.value = session.value !== undefined) },
    { keys: ['n'], does: 'Go to the next packet', run: () => goTo(moment.value + 1) },
    { keys: ['p'], does: 'Go to the packet before', run: () => goTo(moment.value - 1) },
  ],
  Tools: SourceTools,
  Content,
};
