/** The header of the page: what is open, what is going on, colours and help. */
import type { SessionProgress } from '../../session/protocol.js';
import { byteText, counted, grouped } from '../state/format.js';
import { runPackets, session, timeline, type Work, work } from '../state/studio.js';
import { isHelpOpen, nextTheme, type Theme, theme } from './view.js';

const THEME_SIGNS: Readonly<Record<Theme, string>> = { system: '◐', light: '☀', dark: '☾' };

export function Header() {
  const { value: going } = work;
  return (
    <header class="page-header">
      <h1>
        P4runpro <span>studio</span>
      </h1>
      <div class="page-state" role="status">
        {going === undefined ? <OpenedState /> : <WorkState work={going} />}
      </div>
      <div class="header-tools">
        <button type="button" onClick={nextTheme} title="Colours (t)" aria-label={`Colours: ${theme.value}`}>
          <span aria-hidden="true">{THEME_SIGNS[theme.value]}</span>
        </button>
        <button
          type="button"
          onClick={() => (isHelpOpen.value = true)}
          title="Keyboard shortcuts (?)"
          aria-label="Help"
        >
          <span aria-hidden="true">?</span>
        </button>
      </div>
    </header>
  );
}

function OpenedState() {
  const opened = session.value;
  if (opened === undefined) return null;
  const { engine, reason } = opened.engine;
  const { packets, ran, bytes } = timeline.value;
  const state =
    packets === ran ? counted(packets, 'packet') : `${grouped(ran)} of ${counted(packets, 'packet')} have run`;
  return (
    <>
      <span>
        data plane <strong>{opened.dataPlane.name}</strong>
      </span>
      <span class={reason === null ? '' : 'warn'} title={reason ?? undefined}>
        {engine} engine
        {reason !== null && <span class="said-only">: {reason}</span>}
      </span>
      {packets > 0 && (
        <span title={`The record of the run takes ${byteText(bytes)} of memory`}>
          {state}, {byteText(bytes)}
        </span>
      )}
      {ran < packets && (
        <button type="button" onClick={() => void runPackets()}>
          Run the others
        </button>
      )}
    </>
  );
}

const progressText = ({ done, total, unit }: SessionProgress): string =>
  unit === 'bytes' ? `${byteText(done)} of ${byteText(total)}` : `${grouped(done)} of ${counted(total, 'packet')}`;

function WorkState({ work: { what, progress, cancel } }: { readonly work: Work }) {
  return (
    <>
      <span>{what}</span>
      {progress === undefined ? <progress /> : <progress value={progress.done} max={progress.total} />}
      <span class="progress-text">{progress !== undefined && progressText(progress)}</span>
      <button type="button" class="cancel" onClick={cancel}>
        Cancel
      </button>
    </>
  );
}
