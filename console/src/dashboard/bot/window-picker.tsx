/** How far back the figures go. */

import type { JSX } from "preact";

import type { FiguresWindow } from "../../api/types";

const WINDOWS: readonly { seconds: FiguresWindow; label: string; short: string }[] = [
  { seconds: 600, label: "10 minutes", short: "10 min" },
  { seconds: 3_600, label: "1 hour", short: "1 h" },
  { seconds: 21_600, label: "6 hours", short: "6 h" },
  { seconds: 86_400, label: "1 day", short: "1 day" },
  { seconds: 604_800, label: "1 week", short: "1 week" },
];

/** The choice goes with the reader from bot to bot. */
let kept: FiguresWindow = 3_600;

/** Give the window that was chosen last. */
export function keptWindow(): FiguresWindow {
  return kept;
}

/** Remember a choice. */
export function keepWindow(window: FiguresWindow): void {
  kept = window;
}

interface Props {
  window: FiguresWindow;
  onChoose: (window: FiguresWindow) => void;
}

/** Offer the windows as one group of which one is chosen. */
export function WindowPicker({ window, onChoose }: Props): JSX.Element {
  return (
    <fieldset class="windows">
      <legend class="visually-hidden">Show the last</legend>
      {WINDOWS.map(({ seconds, label, short }) => (
        <label key={seconds} class="windows-choice">
          <input type="radio" name="window" value={seconds} checked={window === seconds} onChange={() => onChoose(seconds)} />
          <span class="windows-long">{label}</span>
          <span class="windows-short" aria-hidden="true">
            {short}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
