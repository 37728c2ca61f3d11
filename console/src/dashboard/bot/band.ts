/** Where the segments of the band of states lie. */

import type { BotState, Figures } from "../../api/types";

/** A time in one state, cut to the window that is shown. */
export interface Segment {
  readonly state: BotState;
  /** When the state began, also where that was before the window; milliseconds since 1970. */
  readonly since: number;
  /** When it ended; null while it lasts. */
  readonly until: number | null;
  /** Place and width in the window, 0 to 1. */
  readonly left: number;
  readonly width: number;
}

/**
 * Lay the states out over the window, oldest first; what lies outside it is left out.
 *
 * @param end - the window's end, milliseconds since 1970
 */
export function layOut(states: Figures["states"], begins: number, end: number): Segment[] {
  const whole = end - begins;
  return states.flatMap(({ state, since, until }) => {
    const from = Date.parse(since);
    const to = until === null ? null : Date.parse(until);
    const left = Math.max(from, begins);
    const right = Math.min(to ?? end, end);
    return right > left && whole > 0
      ? [{ state, since: from, until: to, left: (left - begins) / whole, width: (right - left) / whole }]
      : [];
  });
}
