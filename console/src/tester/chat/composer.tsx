/** Where one writes as the consumer. */

import type { JSX, TargetedKeyboardEvent } from "preact";
import { useRef, useState } from "preact/hooks";

import { Icon } from "../../shell/icons";
import type { Said } from "../conversation/events";
import { FileDialog, LocationDialog, RichContentDialog } from "./dialogs";

interface Props {
  /** Whether the bot is being asked: one thing after the other. */
  busy: boolean;
  /** Whether engagement attributes go along. */
  sdesSet: boolean;
  onSdes: () => void;
  onSay: (said: Said) => void;
}

/** A text field with Enter to send, Shift+Enter for a new line, arrow up for what was said before, and the other events. */
export function Composer({ busy, sdesSet, onSay, onSdes }: Props): JSX.Element {
  const [text, setText] = useState("");
  const [dialog, setDialog] = useState<"location" | "rich-content" | "file" | null>(null);
  const said = useRef<string[]>([]);
  const recalled = useRef<number | null>(null);

  const send = (): void => {
    if (busy || text.trim() === "") {
      return;
    }
    said.current.push(text);
    recalled.current = null;
    setText("");
    onSay({ kind: "text", text });
  };

  const recall = (step: -1 | 1): boolean => {
    const from = recalled.current ?? said.current.length;
    const next = from + step;
    if (next < 0 || (step === 1 && recalled.current === null)) {
      return false;
    }
    recalled.current = next >= said.current.length ? null : next;
    setText(said.current[next] ?? "");
    return true;
  };

  const press = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    // An input method's own Enter chooses a word.
    if (event.isComposing) {
      return;
    }
    const field = event.currentTarget;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && (text === "" || (recalled.current !== null && field.selectionStart === text.length))) {
      if (recall(-1)) {
        event.preventDefault();
      }
    } else if (event.key === "ArrowDown" && recalled.current !== null && field.selectionStart === text.length) {
      if (recall(1)) {
        event.preventDefault();
      }
    }
  };

  const sayFromDialog = (event: Said): void => {
    setDialog(null);
    onSay(event);
  };

  return (
    <div class="composer">
      <div class="composer-field">
        <textarea
          rows={1}
          value={text}
          placeholder="Write as the consumer"
          aria-label="Message"
          aria-describedby="composer-keys"
          onInput={(event) => {
            recalled.current = null;
            setText(event.currentTarget.value);
          }}
          onKeyDown={press}
        />
        <button type="button" class="primary-button send-button" disabled={busy || text.trim() === ""} onClick={send} aria-label="Send">
          <Icon name="send" size={20} />
        </button>
      </div>
      <p id="composer-keys" class="visually-hidden">
        Enter sends, Shift and Enter begin a new line, arrow up brings back what was said.
      </p>
      <div class="composer-events" role="group" aria-label="Other events">
        <button type="button" class="quiet-button small-quiet" disabled={busy} onClick={() => onSay({ kind: "welcome" })}>
          Welcome
        </button>
        <button type="button" class="quiet-button small-quiet" disabled={busy} onClick={() => setDialog("location")}>
          Location
        </button>
        <button type="button" class="quiet-button small-quiet" disabled={busy} onClick={() => setDialog("file")}>
          File
        </button>
        <button type="button" class="quiet-button small-quiet" disabled={busy} onClick={() => setDialog("rich-content")} aria-label="Rich content" title="Rich content">
          Rich<span class="wide-only"> content</span>
        </button>
        <button type="button" class="quiet-button small-quiet" title="Engagement attributes" onClick={onSdes}>
          lpSdes{sdesSet ? " (set)" : ""}
        </button>
      </div>
      {dialog === "location" && <LocationDialog onSay={sayFromDialog} onClose={() => setDialog(null)} />}
      {dialog === "file" && <FileDialog onSay={sayFromDialog} onClose={() => setDialog(null)} />}
      {dialog === "rich-content" && <RichContentDialog onSay={sayFromDialog} onClose={() => setDialog(null)} />}
    </div>
  );
}
