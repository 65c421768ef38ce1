/** Traffic that the programs on the switch match, made from a seed. */
import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { Dialog } from '../../shell/dialog.js';
import { programColour } from '../../state/colours.js';
import { grouped } from '../../state/format.js';
import { addPackets, timeline, work } from '../../state/studio.js';
import { useAnswer } from '../../state/use-answer.js';

export const isGenerateOpen = signal(false);

/** Most packets of a session. */
const MAX_PACKETS = 1_000_000;
const DEFAULTS = { packets: 10_000, seed: '1', packetsPerSecond: 1_000_000 } as const;

/** A whole number as people type it. @returns undefined if it is none, or not in the range */
function wholeNumber(text: string, most: number): number | undefined {
  const value = /^[\d,]+$/.test(text) ? Number(text.replaceAll(',', '')) : Number.NaN;
  return value >= 1 && value <= most ? value : undefined;
}

export function GenerateDialog() {
  const isOpen = isGenerateOpen.value;
  return isOpen ? <OpenDialog /> : null;
}

function OpenDialog() {
  const [packets, setPackets] = useState(grouped(DEFAULTS.packets));
  const [rate, setRate] = useState(grouped(DEFAULTS.packetsPerSecond));
  const [seed, setSeed] = useState<string>(DEFAULTS.seed);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const { answer } = useAnswer('switch', { at: timeline.value.ran });
  const running = answer === undefined ? [] : answer.programs;
  const chosen = running.filter(({ program }) => !left.has(program));
  const count = wholeNumber(packets, MAX_PACKETS);
  const packetsPerSecond = wholeNumber(rate, Number.MAX_SAFE_INTEGER);
  const close = (): void => {
    isGenerateOpen.value = false;
  };
  const send = (): void => {
    if (count === undefined || packetsPerSecond === undefined) return;
    close();
    const programs = chosen.map(({ program, text }) => ({ program, text }));
    const content = { kind: 'matching', programs, packetsPerSecond } as const;
    void addPackets({ kind: 'generated', traffic: { packets: count, seed, content } });
  };
  const toggle = (program: string): void => {
    const others = new Set(left);
    if (!others.delete(program)) others.add(program);
    setLeft(others);
  };
  return (
    <Dialog
      title="Generate packets"
      isOpen
      onClose={close}
      action="Generate"
      isReady={work.value === undefined && count !== undefined && packetsPerSecond !== undefined && chosen.length > 0}
      onSend={send}
    >
      <NumberField label="Packets" value={packets} isGood={count !== undefined} onInput={setPackets} />
      <NumberField label="Packets a second" value={rate} isGood={packetsPerSecond !== undefined} onInput={setRate} />
      <label class="field">
        Seed
        <input type="text" value={seed} onInput={({ currentTarget }) => setSeed(currentTarget.value)} />
      </label>
      <fieldset>
        <legend>For the filters of</legend>
        {running.length === 0 && <p class="fine">No program runs: deploy one first.</p>}
        {running.map(({ program }) => (
          <label key={program} class="choice">
            <input type="checkbox" checked={!left.has(program)} onChange={() => toggle(program)} />
            <span class="swatch" style={{ background: programColour(program) }} />
            {program}
          </label>
        ))}
      </fieldset>
    </Dialog>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly value: string;
  readonly isGood: boolean;
  readonly onInput: (text: string) => void;
}

function NumberField({ label, value, isGood, onInput }: NumberFieldProps) {
  return (
    <label class="field">
      {label}
      <input
        type="text"
        inputMode="numeric"
        class="number"
        value={value}
        aria-invalid={!isGood}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
    </label>
  );
}
