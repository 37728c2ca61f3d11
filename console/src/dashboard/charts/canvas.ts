/** The drawing of a chart by uPlot: what of it depends on neither markup nor state. */

import uPlot from "uplot";

import { formatBucket, formatCount, formatMs } from "../format";
import type { Line, Plot } from "./lines";

/** Height of a chart with its axis, in CSS pixels; fixed, so that nothing moves when the figures come. */
export const HEIGHT = 200;

const FONT = "11px system-ui, sans-serif";

/** Colours as the page's theme has them now. */
export interface Colours {
  readonly text: string;
  readonly grid: string;
  /** One for each line of the plot. */
  readonly lines: readonly string[];
}

/** What to draw a plot with. */
export interface Look {
  readonly width: number;
  readonly windowSeconds: number;
  /** Seconds of a bucket. */
  readonly resolution: number;
  readonly colours: Colours;
  /** Called with the index of the bucket under the pointer; null when it has left. */
  readonly pointed: (index: number | null) => void;
}

/** Make uPlot's options for a plot. */
export function makeOptions(plot: Plot, { width, windowSeconds, resolution, colours, pointed }: Look): uPlot.Options {
  const axis = { stroke: colours.text, font: FONT, ticks: { stroke: colours.grid, width: 1, size: 4 } };
  return {
    width,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    // The window is chosen above the charts; a drag that zooms would get in the way of a finger that scrolls.
    cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { size: 7 } },
    scales: {
      // Half a bucket on either side, so that the outermost bars are whole.
      x: { time: true, range: (_, least, most) => [least - resolution / 2, most + resolution / 2] },
      y: { range: (_, __, most) => [0, top(most, plot.unit)] },
    },
    axes: [
      {
        ...axis,
        size: 28,
        space: windowSeconds < 86_400 ? 64 : 110,
        grid: { show: false },
        values: (_, splits) => splits.map((seconds) => formatAxis(seconds * 1_000, windowSeconds)),
      },
      {
        ...axis,
        size: 56,
        space: 28,
        grid: { stroke: colours.grid, width: 1 },
        ...(plot.unit === "count" ? { incrs: WHOLE } : {}),
        values: (_, splits) => splits.map((value) => (plot.unit === "ms" ? formatTick(value) : formatCount(value))),
      },
    ],
    series: [{}, ...plot.lines.map((line, index) => makeSeries(line, colours.lines[index] ?? colours.text))],
    hooks: { setCursor: [(chart) => pointed(chart.cursor.idx ?? null)] },
  };
}

/** Steps of an axis of counts: there is no half turn. */
const WHOLE = [1, 2, 5].flatMap((step) => [0, 1, 2, 3, 4, 5, 6].map((power) => step * 10 ** power)).sort((a, b) => a - b);

function makeSeries(line: Line, colour: string): uPlot.Series {
  const bars = line.bars === true ? uPlot.paths.bars?.({ size: [0.75, 28] }) : undefined;
  return {
    label: line.label,
    stroke: colour,
    width: line.width,
    ...(bars === undefined ? { dash: [...line.dash] } : { paths: bars, fill: colour }),
    // A value between two gaps has no line to be seen on.
    points: { show: bars === undefined, size: 4, fill: colour, filter: (chart, index) => alone(chart.data[index] ?? []) },
  };
}

function alone(values: ArrayLike<number | null | undefined>): number[] {
  const found: number[] = [];
  for (let index = 0; index < values.length; index += 1) {
    if ((values[index] ?? null) !== null && (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null) {
      found.push(index);
    }
  }
  return found;
}

/** Leave some room above the largest value, and an axis of its own to a chart without any. */
function top(most: number, unit: Plot["unit"]): number {
  const least = unit === "count" ? 4 : 100;
  return Math.max(least, Number.isFinite(most) ? most * 1.08 : least);
}

function formatTick(ms: number): string {
  return ms === 0 ? "0" : ms < 1_000 ? `${formatCount(ms)} ms` : formatMs(ms).replace(/[.,]?0+ s$/, " s");
}

function formatAxis(at: number, windowSeconds: number): string {
  return windowSeconds === 600 ? formatBucket(at, 3_600) : formatBucket(at, windowSeconds);
}
