/** The pipe: RPBs of both gresses, with entries and memory of each by program. */
import { useRef } from 'preact/hooks';
import { addTo } from '../../../../../compiler/data-plane/counting.js';
import type { DataPlaneSummary, ShownRpb, SwitchView } from '../../../session/protocol.js';
import { programColour } from '../../state/colours.js';
import { counted, grouped } from '../../state/format.js';
import { selectedRpb, sourcePlace } from '../../state/places.js';

type RpbSummary = DataPlaneSummary['rpbs'][number];

/** What programs have of one resource of an RPB. */
interface Share {
  readonly program: string;
  readonly used: number;
}

function sharesOf(items: readonly { readonly program: string; readonly used: number }[]): Share[] {
  const shares = new Map<string, number>();
  for (const { program, used } of items) addTo(shares, program, used);
  return [...shares].map(([program, used]) => ({ program, used }));
}

/** Parts of a bar as percentages: of what is there, but never so small that a program is not seen. */
const SMALLEST_PART = 7;
const partHeight = (used: number, all: number): string => `${Math.max(SMALLEST_PART, (100 * used) / all)}%`;

function Bar({ shares, all }: { readonly shares: readonly Share[]; readonly all: number }) {
  return (
    <span class="rpb-bar">
      {shares.map(({ program, used }) => (
        <span key={program} style={{ height: partHeight(used, all), background: programColour(program) }} />
      ))}
    </span>
  );
}

interface CellProps {
  readonly summary: RpbSummary;
  readonly shown: ShownRpb | undefined;
}

function RpbCell({ summary, shown }: CellProps) {
  const { rpb, gress, stage, entries, buckets } = summary;
  const items = shown === undefined ? [] : shown.entries;
  const memories = shown === undefined ? [] : shown.memories;
  const usedBuckets = memories.reduce((sum, memory) => sum + memory.buckets, 0);
  const isSelected = selectedRpb.value === rpb;
  const place = sourcePlace.value;
  const isOfLine = items.some(({ program, lines }) => program === place?.program && lines.includes(place.line));
  const words =
    `RPB ${rpb}, ${gress} stage ${stage}: ${grouped(items.length)} of ${counted(entries, 'entry')}, ` +
    `${grouped(usedBuckets)} of ${counted(buckets, 'bucket')}`;
  return (
    <button
      type="button"
      class={`rpb-cell ${isOfLine ? 'of-line' : ''}`}
      aria-pressed={isSelected}
      aria-label={words}
      title={words}
      tabIndex={isSelected ? 0 : -1}
      data-rpb={rpb}
      onClick={() => (selectedRpb.value = rpb)}
    >
      <span class="rpb-bars">
        <Bar shares={sharesOf(items.map(({ program }) => ({ program, used: 1 })))} all={entries} />
        <Bar
          shares={sharesOf(memories.map((memory) => ({ program: memory.program, used: memory.buckets })))}
          all={buckets}
        />
      </span>
      <span class="rpb-number">{rpb}</span>
    </button>
  );
}

interface MapProps {
  readonly rpbs: readonly RpbSummary[];
  readonly view: SwitchView | undefined;
}

/** Arrow keys go from RPB to RPB, up and down from gress to gress. */
export function PipeMap({ rpbs, view }: MapProps) {
  const map = useRef<HTMLDivElement>(null);
  const gresses = ['ingress', 'egress'] as const;
  const step = (event: KeyboardEvent): void => {
    const at = rpbs.find(({ rpb }) => rpb === selectedRpb.value);
    if (at === undefined) return;
    const inGress = (gress: RpbSummary['gress']): RpbSummary[] => rpbs.filter((each) => each.gress === gress);
    const column = inGress(at.gress).indexOf(at);
    const row = { ArrowUp: 'ingress', ArrowDown: 'egress' }[event.key];
    const steps = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const all = row === undefined ? [] : rpbs.filter(({ gress }) => gress === row);
    const next =
      steps === undefined ? all[Math.min(column, all.length - 1)] : rpbs.find(({ rpb }) => rpb === at.rpb + steps);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    selectedRpb.value = next.rpb;
    map.current?.querySelector<HTMLElement>(`[data-rpb="${next.rpb}"]`)?.focus();
  };
  return (
    <div class="pipe-map" ref={map} role="group" aria-label="RPBs of the switch" onKeyDown={step}>
      {gresses.map((gress) => (
        <div key={gress} class="pipe-row">
          <span class="pipe-name">{gress}</span>
          <div class="pipe-cells">
            {rpbs
              .filter((each) => each.gress === gress)
              .map((summary) => (
                <RpbCell
                  key={summary.rpb}
                  summary={summary}
                  shown={view?.rpbs.find(({ rpb }) => rpb === summary.rpb)}
                />
              ))}
          </div>
        </div>
      ))}
    </div>
  );
}
