/** The lines of the charts: each is told from the others by its colour (charts.css), and without one by dash or width. */

import type { Figures } from "../../api/types";

/** Names of the series that the gateway gives. */
export type SeriesName = keyof Figures["series"];

/** One line of a chart. */
export interface Line {
  readonly name: SeriesName;
  readonly label: string;
  /** Lengths of strokes and gaps in pixels; empty for an unbroken line. */
  readonly dash: readonly number[];
  readonly width: number;
  /** Bars rather than a line: for the one series that the others are parts of. */
  readonly bars?: true;
}

/** A chart: what it is called, what it draws, and how its values are written. */
export interface Plot {
  readonly title: string;
  readonly unit: "count" | "ms";
  readonly lines: readonly Line[];
  /** Leave out stretches of zeros: of several lines on the ground none could be told from the others. */
  readonly hidesZeros?: true;
}

/** Take the stretches of zeros out of a series; a zero beside another value stays, so that the line comes from the ground. */
export function withoutZeros(values: readonly (number | null)[]): (number | null)[] {
  const isZero = (index: number): boolean => (values[index] ?? 0) === 0;
  return values.map((value, index) => (isZero(index - 1) && isZero(index) && isZero(index + 1) ? null : value));
}

/** Turns, and the conversations that began. */
export const TRAFFIC: Plot = {
  title: "Turns and new conversations",
  unit: "count",
  lines: [
    { name: "turns", label: "Turns", dash: [], width: 1, bars: true },
    { name: "conversations", label: "New conversations", dash: [], width: 2 },
  ],
};

/** How conversations ended, and what went wrong. */
export const OUTCOMES: Plot = {
  title: "Closed, handed over, failed",
  unit: "count",
  hidesZeros: true,
  lines: [
    { name: "closed", label: "Closed by the bot", dash: [], width: 1.5 },
    { name: "transferred", label: "Transferred", dash: [8, 3], width: 1.5 },
    { name: "escalated", label: "Escalated", dash: [3, 3], width: 2 },
    { name: "failed", label: "Failed", dash: [], width: 2.5 },
  ],
};

/** How long turns took. */
export const LATENCY: Plot = {
  title: "Latency",
  unit: "ms",
  lines: [
    { name: "p50Ms", label: "Median", dash: [], width: 2.5 },
    { name: "p95Ms", label: "95th percentile", dash: [6, 3], width: 1.5 },
    { name: "p99Ms", label: "99th percentile", dash: [2, 3], width: 1.5 },
  ],
};
