/** The overlay that lists all keyboard shortcuts. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { PANES } from '../panes/index.js';
import { licencesAddress } from '../state/scenario.js';
import { keysText, type Shortcut } from './shortcuts.js';
import { isHelpOpen } from './view.js';

export function HelpOverlay({ pageShortcuts }: { readonly pageShortcuts: readonly Shortcut[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = isHelpOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const withShortcuts = PANES.filter(({ shortcuts }) => shortcuts.length > 0);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={() => (isHelpOpen.value = false)}>
      <header>
        <h2 id="help-title">Keyboard shortcuts</h2>
        <form method="dialog">
          <button type="submit" class="plain" aria-label="Close the help">
            ×
          </button>
        </form>
      </header>
      <div class="shortcut-lists">
        <ShortcutList title="Everywhere" shortcuts={pageShortcuts} />
        {withShortcuts.map(({ id, title, shortcuts }) => (
          <ShortcutList key={id} title={`In ${title}`} shortcuts={shortcuts} />
        ))}
      </div>
      <p class="fine">Made with free libraries: {isOpen && <Licences />}.</p>
    </dialog>
  );
}

/** A file to keep, as a page of it would be shown in place of the studio. */
function Licences() {
  const address = useMemo(licencesAddress, []);
  return (
    <a href={address} download="licences.txt">
      their licences
    </a>
  );
}

function ShortcutList({ title, shortcuts }: { readonly title: string; readonly shortcuts: readonly Shortcut[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {shortcuts.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((each, i) => (
                <span key={each}>
                  {i > 0 && ' '}
                  <kbd>{keysText(each)}</kbd>
                </span>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
