/** How long to wait before the live stream is opened again: longer after every failure, and never the same for all readers. */

const SHORTEST_MS = 5_000;
const LONGEST_MS = 60_000;

/**
 * Give the milliseconds before the next try.
 *
 * @param failures - tries in a row that have failed, at least 1
 * @param retryAfterMs - what the gateway asked for; it is obeyed up to the longest wait
 * @param random - 0 to 1; spreads the readers of a gateway that has just come back
 */
export function waitMs(failures: number, retryAfterMs: number | null, random: number): number {
  const ceiling = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** Math.min(failures - 1, 10));
  const own = SHORTEST_MS + (ceiling - SHORTEST_MS) * random;
  return Math.min(LONGEST_MS, Math.max(own, retryAfterMs ?? 0));
}
