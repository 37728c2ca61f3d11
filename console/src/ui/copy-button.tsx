/** A button that puts a text on the clipboard. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { Icon } from "../shell/icons";

interface Props {
  text: string;
  /** What is copied, for the button's name: "Copy the error id". */
  what: string;
}

/** Copy `text` when pressed, and say for two seconds that it is done. */
export function CopyButton({ text, what }: Props): JSX.Element {
  const [outcome, setOutcome] = useState<"idle" | "copied" | "refused">("idle");

  useEffect(() => {
    if (outcome === "idle") {
      return undefined;
    }
    const timer = setTimeout(() => setOutcome("idle"), 2000);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome("copied");
    } catch {
      // Browsers hand out the clipboard on https and localhost only.
      setOutcome("refused");
    }
  };

  const name = { idle: `Copy ${what}`, copied: "Copied", refused: "The browser refuses: select and copy by hand" }[outcome];
  return (
    <button type="button" class="icon-button small-button" onClick={() => void copy()} aria-label={name} title={name}>
      <Icon name={outcome === "copied" ? "check" : "copy"} size={15} />
    </button>
  );
}
