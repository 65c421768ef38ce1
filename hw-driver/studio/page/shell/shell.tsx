/** The frame of the page: header, panes in their areas, tabs of a phone, shortcuts, messages. */
import { useEffect } from 'preact/hooks';
import { PANES, paneOf } from '../panes/index.js';
import { acceptFiles } from './file-drop.js';
import { Header } from './header.js';
import { HelpOverlay } from './help-overlay.js';
import { dismissLast, Notices } from './notices.js';
import { AREAS, type Area, PANE_IDS, type Pane, type PaneId } from './pane.js';
import { runShortcut, type Shortcut } from './shortcuts.js';
import {
  currentPane,
  isHelpOpen,
  isShown,
  isWide,
  maximised,
  nextTheme,
  panelId,
  revealPane,
  showPane,
  toggleMaximised,
} from './view.js';

const panesOf = (area: Area): Pane[] => PANES.filter((pane) => pane.area === area);

/** The pane that is a number of places on, in the order of the digits, and in a circle. */
function neighbour(steps: number): Pane | undefined {
  const at = PANES.findIndex(({ id }) => id === currentPane.value);
  return PANES[(at + steps + PANES.length) % PANES.length];
}

const go = (pane: Pane | undefined): void => {
  if (pane !== undefined) showPane(pane);
};

const PAGE_SHORTCUTS: readonly Shortcut[] = [
  { keys: ['F6'], does: 'Go to the next pane', whileTyping: true, run: () => go(neighbour(1)) },
  { keys: ['Shift+F6'], does: 'Go to the pane before', whileTyping: true, run: () => go(neighbour(-1)) },
  { keys: ['m'], does: 'Fill the page with the pane, or undo that', run: () => toggleMaximised(currentPane.value) },
  { keys: ['t'], does: 'Change between light, dark and the system’s colours', run: nextTheme },
  { keys: ['?', 'F1'], does: 'Show the keyboard shortcuts', run: () => (isHelpOpen.value = true) },
  { keys: ['Escape'], does: 'Dismiss the newest message', run: dismissLast },
];

/** A digit for each pane, by its place among all of them. */
const DIGITS: readonly Shortcut[] = PANES.map((pane) => ({
  keys: [String(PANE_IDS.indexOf(pane.id) + 1)],
  does: `Go to ${pane.title}`,
  run: () => showPane(pane),
}));

const EVERYWHERE = [...PAGE_SHORTCUTS, ...DIGITS];

/** The pane in which an element lies. */
const paneAround = (target: EventTarget | null): Pane | undefined => {
  const id = target instanceof Element ? target.closest<HTMLElement>('[data-pane]')?.dataset['pane'] : undefined;
  return PANES.find((pane) => pane.id === id);
};

function onKeyDown(event: KeyboardEvent): void {
  // An open dialog has the keyboard: Escape closes it.
  if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
  const pane = paneAround(event.target) ?? paneOf(currentPane.value);
  if (pane !== undefined && runShortcut(pane.shortcuts, event)) return;
  runShortcut(EVERYWHERE, event);
}

/** A pane that gets the focus, by a click or the tab key, is the current one. */
function onFocusIn(event: FocusEvent): void {
  const pane = paneAround(event.target);
  if (pane !== undefined) currentPane.value = pane.id;
}

export function Shell() {
  useEffect(() => {
    document.addEventListener('keydown', onKeyDown);
    document.addEventListener('focusin', onFocusIn);
    const stopFiles = acceptFiles();
    return () => {
      stopFiles();
      document.removeEventListener('keydown', onKeyDown);
      document.removeEventListener('focusin', onFocusIn);
    };
  }, []);
  const areas = AREAS.filter((area) => panesOf(area).length > 0);
  return (
    <>
      <Header />
      <main class={`workspace ${maximised.value === undefined ? '' : 'maximised'}`}>
        {areas.map((area) => (
          <AreaOfPanes key={area} area={area} />
        ))}
      </main>
      <PhoneTabs />
      <Notices />
      <HelpOverlay pageShortcuts={EVERYWHERE} />
    </>
  );
}

function AreaOfPanes({ area }: { readonly area: Area }) {
  const panes = panesOf(area);
  const shown = panes.find((pane, i) => isShown(pane, i === 0));
  const isEmpty = isWide.value && shown === undefined;
  return (
    <div class="area" data-area={area} hidden={isEmpty}>
      {isWide.value && shown !== undefined && <AreaHeader panes={panes} shown={shown} />}
      {panes.map((pane) => (
        <section
          key={pane.id}
          id={panelId(pane.id)}
          class="pane"
          data-pane={pane.id}
          aria-label={pane.title}
          tabIndex={-1}
          hidden={pane !== shown}
        >
          {!isWide.value && pane.Tools !== undefined && <pane.Tools />}
          <pane.Content />
        </section>
      ))}
    </div>
  );
}

function AreaHeader({ panes, shown }: { readonly panes: readonly Pane[]; readonly shown: Pane }) {
  const isMaximised = maximised.value === shown.id;
  return (
    <div class="area-header">
      {panes.length === 1 ? (
        <h2>{shown.title}</h2>
      ) : (
        <Tabs panes={panes} shown={shown.id} label="Panes of this place" />
      )}
      {/* Buttons of a pane belong to it, for its shortcuts too. */}
      <div class="area-tools" data-pane={shown.id}>
        {shown.Tools !== undefined && <shown.Tools />}
      </div>
      <button
        type="button"
        class="plain maximise"
        aria-pressed={isMaximised}
        aria-label={`Fill the page with ${shown.title}`}
        title="Fill the page (m)"
        onClick={() => {
          toggleMaximised(shown.id);
          currentPane.value = shown.id;
        }}
      >
        <span aria-hidden="true">{isMaximised ? '⤡' : '⤢'}</span>
      </button>
    </div>
  );
}

function PhoneTabs() {
  if (isWide.value) return null;
  return <Tabs panes={PANES} shown={currentPane.value} label="Panes" isOfPhone />;
}

interface TabsProps {
  readonly panes: readonly Pane[];
  readonly shown: PaneId;
  readonly label: string;
  readonly isOfPhone?: boolean;
}

/** A list of tabs: arrow keys go from one to the next, which is shown at once. */
function Tabs({ panes, shown, label, isOfPhone = false }: TabsProps) {
  const step = (event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void => {
    const steps = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    const at = panes.findIndex(({ id }) => id === shown);
    const next = panes[(at + steps + panes.length) % panes.length];
    if (next === undefined) return;
    revealPane(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-tab=${next.id}]`)?.focus();
  };
  return (
    <div class={`tabs ${isOfPhone ? 'of-phone' : ''}`} role="tablist" aria-label={label} onKeyDown={step}>
      {panes.map((pane) => (
        <button
          key={pane.id}
          type="button"
          role="tab"
          data-tab={pane.id}
          aria-selected={pane.id === shown}
          aria-controls={panelId(pane.id)}
          tabIndex={pane.id === shown ? 0 : -1}
          onClick={() => revealPane(pane)}
        >
          {pane.title}
        </button>
      ))}
    </div>
  );
}
