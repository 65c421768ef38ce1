/** The run in virtual time: what waited in which queue, what was lost, and when the packet at the moment left. */
import { signal } from '@preact/signals';
import { useCallback, useMemo, useRef } from 'preact/hooks';
import type UPlot from 'uplot';
import type { Timeline, TimingQuestion, TimingResult } from '../../../session/protocol.js';
import { Plot } from '../../shell/plot.js';
import { durationText } from '../../state/duration.js';
import { counted, grouped, packetNumber } from '../../state/format.js';
import { askSession } from '../../state/session-client.js';
import { goTo, moment, tell, timeline, work, working } from '../../state/studio.js';
import { useAnswer } from '../../state/use-answer.js';
import { linesOf, timingData, timingOptions } from './timing-plot.js';

/** Whether the pane shows virtual time, and not the line over all packets. */
export const isVirtual = signal(false);

const BINS = 480;

/** What a person may set, in the units in which it is asked for; empty for what captures and the data plane say. */
const SETTINGS = [
  { key: 'packetsPerSecond', label: 'Packets a second', placeholder: 'time stamps', factor: 1 },
  { key: 'portBitsPerSecond', label: 'Gbit/s of a port', placeholder: 'data plane', factor: 1e9 },
  { key: 'recirculationBitsPerSecond', label: 'Gbit/s of recirculation', placeholder: 'data plane', factor: 1e9 },
  { key: 'queueBytes', label: 'Bytes of a queue', placeholder: 'data plane', factor: 1 },
] as const;
type Setting = (typeof SETTINGS)[number]['key'];

const texts = signal<Readonly<Record<Setting, string>>>({
  packetsPerSecond: '',
  portBitsPerSecond: '',
  recirculationBitsPerSecond: '',
  queueBytes: '',
});

/** A finished run, and the timeline that it is of. */
const finished = signal<{ readonly result: TimingResult; readonly of: Timeline } | undefined>(undefined);

/** @returns undefined where a text is no number above 0 */
function question(): TimingQuestion | undefined {
  const given = SETTINGS.flatMap(({ key, factor }) => {
    const text = texts.value[key].replaceAll(',', '').trim();
    return text === '' ? [] : [[key, Number(text) * factor] as const];
  });
  return given.every(([, value]) => value > 0 && Number.isFinite(value))
    ? { bins: BINS, ...Object.fromEntries(given) }
    : undefined;
}

async function run(): Promise<void> {
  const asked = question();
  if (asked === undefined) return tell(new Error('Rates and sizes are numbers above 0'));
  const of = timeline.value;
  const result = await working('Running in virtual time', (options) => askSession('timing', asked, options));
  if (result !== undefined) finished.value = { result, of };
}

export function VirtualTime() {
  const last = finished.value;
  const isOld = last !== undefined && last.of !== timeline.value;
  return (
    <div class="virtual-time">
      <form
        class="time-tools"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        {SETTINGS.map(({ key, label, placeholder }) => (
          <label key={key}>
            <span class="fine">{label}</span>{' '}
            <input
              type="text"
              inputMode="decimal"
              value={texts.value[key]}
              placeholder={placeholder}
              onInput={({ currentTarget }) => {
                texts.value = { ...texts.value, [key]: currentTarget.value };
              }}
            />
          </label>
        ))}
        <button type="submit" disabled={work.value !== undefined}>
          Run in virtual time
        </button>
        {isOld && <span class="fine">The run has changed since: run it again.</span>}
      </form>
      {last === undefined ? (
        <p class="pane-empty">
          Packets arrive at their time stamps, wait in queues, and are lost where these are full.
        </p>
      ) : (
        <Outcome result={last.result} isOld={isOld} />
      )}
    </div>
  );
}

function Outcome({ result, isOld }: { readonly result: TimingResult; readonly isOld: boolean }) {
  const plot = useRef<UPlot | undefined>(undefined);
  const lines = useMemo(() => linesOf(result), [result]);
  const data = useMemo(() => timingData(result, lines), [result, lines]);
  const at = moment.value;
  const isInRun = !isOld && at < timeline.value.ran;
  const { answer } = useAnswer('packet-time', isInRun ? { packet: at } : undefined);
  const now = useRef<number | undefined>(undefined);
  now.current = answer?.arrivalNs;
  const options = useCallback(
    (colour: (value: string) => string) => timingOptions(result, lines, () => now.current, colour),
    [result, lines],
  );
  const onPointerDown = (event: PointerEvent): void => {
    const box = plot.current?.over.getBoundingClientRect();
    if (isOld || box === undefined || box.width === 0) return;
    const share = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
    const nanoseconds = share * result.series.bins * result.series.nanosecondsPerBin;
    askSession('packet-at-time', { nanoseconds }).then(({ packet }) => goTo(packet), tell);
  };
  return (
    <>
      <div class="time-tools fine">
        <span>{summaryOf(result)}</span>
        {answer !== undefined && <span>{packetText(at, answer)}</span>}
        <ul class="time-legend" aria-label="Lines of the plot">
          {lines.map(({ name, colour }) => (
            <li key={name}>
              <span class="swatch line" style={{ background: colour }} /> {name}
            </li>
          ))}
        </ul>
      </div>
      <div class="virtual-plot" onPointerDown={onPointerDown}>
        <Plot
          options={options}
          data={data}
          version={`${lines.map(({ name }) => name).join()} ${result.series.nanosecondsPerBin}`}
          label={`Queues and losses over virtual time: ${summaryOf(result)}`}
          redraw={answer}
          onPlot={(made) => {
            plot.current = made;
          }}
        />
      </div>
    </>
  );
}

const sum = (column: Uint32Array): number => column.reduce((all, count) => all + count, 0);

function summaryOf({ series, reasons, updates }: TimingResult): string {
  const lost = reasons.map((reason, code) => {
    const count = series.lost.reduce((all, each, i) => (i % reasons.length === code ? all + each : all), 0);
    return { reason, count };
  });
  const places = lost
    .filter(({ count }) => count > 0)
    .map(({ reason, count }) => `${grouped(count)} ${PLACES[reason]}`);
  const mixed = updates.reduce((all, { mixedPackets }) => all + mixedPackets, 0);
  return [
    `${counted(sum(series.packetsIn), 'packet')} in ${durationText(series.bins * series.nanosecondsPerBin)}`,
    `${grouped(sum(series.packetsOut))} out`,
    ...(places.length === 0 ? ['none lost'] : [`lost: ${places.join(', ')}`]),
    ...(mixed === 0 ? [] : [`${counted(mixed, 'packet')} met half of an event`]),
  ].join(' · ');
}

/** Where packets are lost. */
const PLACES: Readonly<Record<TimingResult['reasons'][number], string>> = {
  input: 'before the pipe',
  ingress: 'dropped in ingress',
  queue: 'at a full queue',
  buffer: 'at the full buffer',
  egress: 'dropped in egress',
  unforwarded: 'not forwarded',
};

interface Times {
  readonly arrivalNs: number;
  readonly departureNs: number | null;
  readonly lost: TimingResult['reasons'][number] | null;
}

function packetText(packet: number, { arrivalNs, departureNs, lost }: Times): string {
  const arrives = `packet ${packetNumber(packet)} arrives at ${durationText(arrivalNs)}`;
  if (departureNs !== null) return `${arrives} and is ${durationText(departureNs - arrivalNs)} in the switch`;
  return lost === null ? arrives : `${arrives} and is lost: ${PLACES[lost]}`;
}
