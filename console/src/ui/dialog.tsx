/** A window above the page: the browser's own dialog, with its focus and its Escape key. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

import { Icon } from "../shell/icons";

interface Props {
  title: string;
  /** The word on the button that ends the dialog with its deed. */
  deed: string;
  disabled?: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: ComponentChildren;
}

/** Show a form above the page until it is sent or closed. */
export function Dialog({ title, deed, disabled = false, onSubmit, onClose, children }: Props): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();

  useEffect(() => {
    element.current?.showModal();
  }, []);

  return (
    <dialog ref={element} class="dialog" aria-labelledby={id} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!disabled) {
            onSubmit();
          }
        }}
      >
        <header>
          <h2 id={id}>{title}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={() => element.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        <div class="dialog-body">{children}</div>
        <footer>
          <button type="button" class="quiet-button" onClick={() => element.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="primary-button" disabled={disabled}>
            {deed}
          </button>
        </footer>
      </form>
    </dialog>
  );
}
