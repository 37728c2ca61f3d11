/** Figures and times as people read them: numbers in the reader's own manner, times in the reader's zone. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Shown where there is no figure. */
export const NOTHING = "–";

const counts = new Intl.NumberFormat();
const clocks = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const shortClocks = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const days = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });

/** Write a count. */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** Write a latency: milliseconds below a second, seconds above. */
export function formatMs(ms: number | null): string {
  if (ms === null) {
    return NOTHING;
  }
  if (ms < 9.95) {
    return `${decimals(ms, 1)} ms`;
  }
  if (ms < 999.5) {
    return `${decimals(ms, 0)} ms`;
  }
  return `${decimals(ms / SECOND, ms < 9_995 ? 2 : 1)} s`;
}

/** Write a share of 0 to 1 as a percentage; what is nearly all or nearly nothing is not rounded to it. */
export function formatShare(share: number | null): string {
  if (share === null) {
    return NOTHING;
  }
  if (share === 0) {
    return "0 %";
  }
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) {
    return "< 0.1 %";
  }
  if (percent < 100 && percent > 99.9) {
    return `${decimals(Math.min(percent, 99.99), 2)} %`;
  }
  return `${decimals(percent, percent < 10 ? 1 : 0)} %`;
}

/** Write an uptime of 0 to 1: with the decimals that matter, and never as 100 % when it was less. */
export function formatUptime(uptime: number | null): string {
  if (uptime === null) {
    return NOTHING;
  }
  return uptime === 1 ? "100 %" : `${decimals(Math.floor(uptime * 10_000) / 100, 2)} %`;
}

/** Say what part of a whole something is; null when there is no whole. */
export function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/** Write a span of time with its largest unit alone ("3 h"), or its two largest ("3 h 20 min"). */
export function formatSpan(ms: number, units: 1 | 2 = 1): string {
  const parts: string[] = [];
  let left = Math.max(0, ms);
  for (const [size, name] of [[DAY, "d"], [HOUR, "h"], [MINUTE, "min"], [SECOND, "s"]] as const) {
    const whole = Math.floor(left / size);
    if (whole > 0) {
      parts.push(`${counts.format(whole)} ${name}`);
    } else if (parts.length > 0) {
      break;
    }
    left -= whole * size;
    if (parts.length === units) {
      break;
    }
  }
  return parts.join(" ") || "0 s";
}

/** Write a point in time: the hour today, the day with it at other times. */
export function formatTime(at: number, now: number): string {
  const clock = clocks.format(at);
  return isSameDay(at, now) ? clock : `${days.format(at)}, ${clock}`;
}

/** Write a point in time for an axis or a row of a chart's table. */
export function formatBucket(at: number, windowSeconds: number): string {
  if (windowSeconds <= 600) {
    return clocks.format(at);
  }
  return windowSeconds < 86_400 ? shortClocks.format(at) : `${days.format(at)}, ${shortClocks.format(at)}`;
}

/** Write a point in time in UTC, for the title of what is shown in the reader's zone. */
export function formatUtc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function isSameDay(at: number, now: number): boolean {
  return new Date(at).toDateString() === new Date(now).toDateString();
}

function decimals(value: number, digits: number): string {
  return value.toLocaleString(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
