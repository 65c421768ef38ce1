/** Packets built by hand: by values of fields, or by their bytes. */
import { signal } from '@preact/signals';
import { useRef, useState } from 'preact/hooks';
import { Dialog } from '../../shell/dialog.js';
import { addPackets, session, timeline, work } from '../../state/studio.js';

export const isBuildOpen = signal(false);

const EXAMPLE = 'ipv4.src=10.0.0.1 ipv4.dst=10.0.0.2 udp.src_port=5000 udp.dst_port=7777';

export function BuildDialog() {
  return isBuildOpen.value ? <OpenDialog /> : null;
}

/** A line as the session reads it: bytes begin with `hex`. */
function lineOf(text: string): string {
  const isBytes = /^[\da-f\s:]+$/i.test(text) && text.replaceAll(/[\s:]/g, '').length >= 2;
  return isBytes ? `hex ${text}` : text;
}

/** As made packets may name fields too. */
const withoutPrefix = (field: string): string => field.replace(/^hdr\./, '');

function OpenDialog() {
  const [text, setText] = useState(EXAMPLE);
  const [port, setPort] = useState('');
  const area = useRef<HTMLTextAreaElement>(null);
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const ingressPort = /^\d+$/.test(port) ? Number(port) : undefined;
  const close = (): void => {
    isBuildOpen.value = false;
  };
  const send = async (): Promise<void> => {
    const options = ingressPort === undefined ? {} : { ingressPort };
    const isAdded = await addPackets({ kind: 'made', packets: lines.map(lineOf), ...options });
    // What cannot be read stays, so that it can be mended.
    if (isAdded) close();
  };
  const insert = (field: string): void => {
    const { current } = area;
    const at = current === null ? text.length : current.selectionEnd;
    const before = text.slice(0, at);
    setText(`${before}${/\S$/.test(before) ? ' ' : ''}${field}=${text.slice(at)}`);
    current?.focus();
  };
  return (
    <Dialog
      title="Build packets"
      isOpen
      onClose={close}
      action={lines.length === 1 ? 'Add the packet' : `Add ${lines.length} packets`}
      isReady={work.value === undefined && lines.length > 0 && (port === '' || ingressPort !== undefined)}
      onSend={() => void send()}
    >
      <p class="fine">
        One packet a line: fields with their values, or all its bytes in hexadecimal digits. They come behind the{' '}
        {timeline.value.packets.toLocaleString('en-US')} packets that are there.
      </p>
      <textarea
        ref={area}
        class="mono"
        rows={5}
        spellcheck={false}
        aria-label="Packets"
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <label class="field">
        Port on which they arrive
        <input
          type="text"
          inputMode="numeric"
          class="number"
          placeholder="0"
          value={port}
          aria-invalid={port !== '' && ingressPort === undefined}
          onInput={({ currentTarget }) => setPort(currentTarget.value)}
        />
      </label>
      <FieldNames onChoose={insert} />
    </Dialog>
  );
}

/** The fields of the data plane, each a button. */
function FieldNames({ onChoose }: { readonly onChoose: (field: string) => void }) {
  return (
    <details>
      <summary>Fields of the data plane</summary>
      {session.value?.dataPlane.headers.map(({ name, fields }) => (
        <div key={name} class="field-names">
          {fields.map((field) => (
            <button
              key={field.name}
              type="button"
              class="plain mono"
              onClick={() => onChoose(withoutPrefix(field.name))}
            >
              {withoutPrefix(field.name)}
            </button>
          ))}
        </div>
      ))}
    </details>
  );
}
