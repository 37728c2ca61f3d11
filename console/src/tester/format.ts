/** Times of a turn as people read them. */

/** Write milliseconds with as many digits as tell anything. */
export function formatMs(ms: number): string {
  if (ms < 10) {
    return `${ms.toFixed(ms < 1 ? 2 : 1)} ms`;
  }
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Write a time of today, in the reader's zone. */
export const formatClock = (iso: string): string => clock.format(new Date(iso));

/** Write a date with its time, in the reader's zone. */
export function formatDay(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : day.format(date);
}

/** Write what is left of a time, as minutes and seconds. */
export function formatLeft(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
