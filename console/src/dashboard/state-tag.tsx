/** A bot's state and marks: each with a shape and a word of its own, so that none depends on its colour. */

import type { JSX } from "preact";

import type { Bot, BotState } from "../api/types";
import { formatTime } from "./format";

/** How each state looks. */
export const LOOKS: Record<BotState, { tone: "good" | "warn" | "bad" | "idle"; slug: string; path: string }> = {
  Online: { tone: "good", slug: "online", path: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Z" },
  "Vendor Interruption": { tone: "bad", slug: "vendor", path: "M8 1.5 15 14H1Z" },
  "Service Interruption": { tone: "warn", slug: "service", path: "M8 1 15 8 8 15 1 8Z" },
  Offline: { tone: "idle", slug: "offline", path: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 2.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7Z" },
};

/** Draw a state's shape. */
export function StateShape({ state }: { state: BotState }): JSX.Element {
  return (
    <svg class={`state-shape tone-${LOOKS[state].tone}`} viewBox="0 0 16 16" width="10" height="10" fill="currentColor" aria-hidden="true">
      <path d={LOOKS[state].path} fill-rule="evenodd" />
    </svg>
  );
}

/** Show a state. */
export function StateTag({ state }: { state: BotState }): JSX.Element {
  return (
    <span class={`tag tag-${LOOKS[state].tone}`}>
      <StateShape state={state} />
      {state}
    </span>
  );
}

/** Show what else there is to know of a bot at a glance: an open circuit, a recording. */
export function Marks({ bot }: { bot: Bot }): JSX.Element | null {
  const isOpen = bot.circuit !== null && bot.circuit !== "closed";
  if (!isOpen && bot.recordingUntil === null) {
    return null;
  }
  return (
    <>
      {isOpen && (
        <span class="tag tag-bad">
          <svg viewBox="0 0 16 16" width="11" height="11" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
            <path d="M1 11h4l6-6M11 11h4" />
          </svg>
          {bot.circuit === "open" ? "Circuit open" : "Circuit half open"}
        </span>
      )}
      {bot.recordingUntil !== null && (
        <span class="tag tag-accent" title={`until ${formatTime(Date.parse(bot.recordingUntil), Date.now())}`}>
          <svg viewBox="0 0 16 16" width="10" height="10" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
            <circle cx="8" cy="8" r="6.5" />
            <circle cx="8" cy="8" r="2.5" fill="currentColor" />
          </svg>
          Recording
        </span>
      )}
    </>
  );
}
