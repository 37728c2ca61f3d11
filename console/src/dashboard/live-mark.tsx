/** Whether what is shown changes by itself right now. */

import type { JSX } from "preact";

import type { Health } from "../live/stream";

const WORDS: Record<Health, readonly [string, string]> = {
  live: ["Live", "Changes are shown as they come."],
  connecting: ["Connecting…", "The figures are as they were when they were fetched."],
  waiting: ["Reconnecting…", "The gateway cannot be followed at the moment; the figures may be old. The next try comes by itself."],
};

/** Show the health of the live stream. */
export function LiveMark({ health }: { health: Health }): JSX.Element {
  const [word, meaning] = WORDS[health];
  return (
    <span class={`live live-${health}`} role="status" title={meaning}>
      <span class="live-dot" aria-hidden="true" />
      {word}
    </span>
  );
}
