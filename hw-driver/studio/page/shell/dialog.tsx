/** A dialog with a form: opened and closed by its owner. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Of the button that sends the form. */
  readonly action: string;
  readonly isReady?: boolean;
  readonly onSend: () => void;
  readonly children: ComponentChildren;
}

export function Dialog({ title, isOpen, onClose, action, isReady = true, onSend, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} class="form-dialog" aria-label={title} onClose={onClose}>
      {isOpen && (
        <form
          method="dialog"
          onSubmit={(event) => {
            event.preventDefault();
            onSend();
          }}
        >
          <h2>{title}</h2>
          {children}
          <div class="dialog-tools">
            <button type="button" onClick={onClose}>
              Cancel
            </button>
            <button type="submit" class="main" disabled={!isReady}>
              {action}
            </button>
          </div>
        </form>
      )}
    </dialog>
  );
}
