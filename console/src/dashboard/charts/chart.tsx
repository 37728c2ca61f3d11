/** A chart over time: drawn by uPlot, read by pointer, keyboard or screen reader, with its figures in a table behind it. */

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import uPlot from "uplot";

import type { Figures } from "../../api/types";
import { formatBucket, formatCount, formatMs, NOTHING } from "../format";
import { type Colours, HEIGHT, makeOptions } from "./canvas";
import { type Line, type Plot, withoutZeros } from "./lines";
import { Table } from "./table";
import { useAppearance } from "./appearance";

/** Properties of a chart. */
export interface ChartProps {
  readonly plot: Plot;
  readonly figures: Figures;
  /** The bucket that is pointed at, in whichever chart; null for none. */
  readonly pointed: number | null;
  readonly onPoint: (index: number | null) => void;
}

/** Draw one plot of a bot's figures. */
export function Chart({ plot, figures, pointed, onPoint }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const figure = useRef<HTMLElement>(null);
  const chart = useRef<uPlot | null>(null);
  const appearance = useAppearance();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const times = useMemo(() => bucketTimes(figures), [figures]);
  const data = useMemo<uPlot.AlignedData>(
    () => [times.map((at) => at / 1_000), ...plot.lines.map(({ name }) => drawn(plot, figures.series[name]))],
    [times, plot, figures],
  );
  const newest = useRef(data);
  newest.current = data;
  const point = useRef(onPoint);
  point.current = onPoint;

  useEffect(() => {
    const target = box.current;
    if (target === null || figure.current === null) {
      return;
    }
    const made = new uPlot(
      makeOptions(plot, {
        width: target.clientWidth,
        windowSeconds: figures.window,
        resolution: figures.resolution,
        colours: readColours(figure.current),
        pointed: (index) => point.current(index),
      }),
      newest.current,
      target,
    );
    chart.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: target.clientWidth, height: HEIGHT }));
    resized.observe(target);
    return () => {
      resized.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [plot, figures.window, figures.resolution, appearance]);

  useEffect(() => chart.current?.setData(data), [data]);

  useEffect(() => {
    plot.lines.forEach((line, index) => chart.current?.setSeries(index + 1, { show: !hidden.has(line.name) }, false));
  }, [plot, hidden, figures.window, appearance]);

  useEffect(() => {
    const drawn = chart.current;
    const at = pointed === null ? undefined : times[pointed];
    drawn?.setCursor(at === undefined ? { left: -10, top: -10 } : { left: drawn.valToPos(at / 1_000, "x"), top: 0 }, false);
  }, [pointed, times]);

  const last = times.length - 1;
  const now = pointed ?? last;
  const press = useCallback(
    (event: KeyboardEvent) => {
      const to = afterKey(event.key, pointed ?? last + 1, last);
      if (to !== undefined) {
        event.preventDefault();
        onPoint(to);
      }
    },
    [pointed, last, onPoint],
  );

  // Hundreds of rows, which a pointer that moves over the chart does not change.
  const table = useMemo(() => <Table plot={plot} figures={figures} times={times} />, [plot, figures, times]);

  return (
    <figure class="chart" ref={figure}>
      <figcaption class="chart-title">
        <h3>{plot.title}</h3>
        <span class="chart-at">{pointed === null ? `per ${nameResolution(figures.resolution)}` : timeOf(times, now, figures)}</span>
      </figcaption>
      <ul class="chart-legend">
        {plot.lines.map((line) => (
          <li key={line.name}>
            <button
              type="button"
              class={`chart-key ${line.name}`}
              aria-pressed={!hidden.has(line.name)}
              onClick={() => setHidden(toggle(hidden, line.name))}
            >
              <span class="chart-label">
                <Swatch line={line} />
                {line.label}
              </span>
              <span class="chart-value">{pointed === null ? whole(line, figures) : write(plot, figures.series[line.name][now])}</span>
            </button>
          </li>
        ))}
      </ul>
      <div
        class="chart-box"
        ref={box}
        role="slider"
        tabIndex={0}
        aria-label={`${plot.title}, by time`}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={Math.max(0, now)}
        aria-valuetext={`${timeOf(times, now, figures)}: ${readOut(plot, figures, now)}`}
        onKeyDown={press}
        onBlur={() => onPoint(null)}
      />
      {table}
    </figure>
  );
}

/** Give the beginning of every bucket, milliseconds since 1970. */
export function bucketTimes(figures: Figures): number[] {
  return figures.series.turns.map((_, index) => figures.begins + index * figures.resolution * 1_000);
}

/** Write a value of a plot. */
export function write(plot: Plot, value: number | null | undefined): string {
  if (value === null || value === undefined) {
    return NOTHING;
  }
  return plot.unit === "ms" ? formatMs(value) : formatCount(value);
}

function drawn(plot: Plot, values: (number | null)[]): (number | null)[] {
  return plot.hidesZeros === true ? withoutZeros(values) : values;
}

/** Say what a line comes to over the whole window, for when nothing in it is pointed at. */
function whole({ name }: Line, { totals, latency }: Figures): string {
  return name === "p50Ms" || name === "p95Ms" || name === "p99Ms" ? formatMs(latency[name]) : `${formatCount(totals[name])} in all`;
}

function readOut(plot: Plot, figures: Figures, index: number): string {
  return plot.lines.map((line) => `${line.label} ${write(plot, figures.series[line.name][index])}`).join(", ");
}

function timeOf(times: readonly number[], index: number, figures: Figures): string {
  const at = times[index];
  return at === undefined ? NOTHING : formatBucket(at, figures.window);
}

function nameResolution(seconds: number): string {
  return seconds < 60 ? `${seconds} seconds` : seconds === 60 ? "minute" : `${Math.round(seconds / 60)} minutes`;
}

/** Say where a key leads from a bucket; undefined for a key that means nothing here. */
function afterKey(key: string, from: number, last: number): number | null | undefined {
  const within = (index: number) => Math.min(last, Math.max(0, index));
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return within(from - 1);
    case "ArrowRight":
    case "ArrowUp":
      return within(from + 1);
    case "PageDown":
      return within(from - 10);
    case "PageUp":
      return within(from + 10);
    case "Home":
      return 0;
    case "End":
      return last;
    case "Escape":
      return null;
    default:
      return undefined;
  }
}

function toggle(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const changed = new Set(names);
  if (!changed.delete(name)) {
    changed.add(name);
  }
  return changed;
}

/** Show a line as the chart draws it. */
function Swatch({ line }: { readonly line: Line }) {
  return (
    <svg class="chart-swatch" viewBox="0 0 24 10" width="24" height="10" aria-hidden="true">
      {line.bars === true ? (
        <path d="M3 10V4h4v6zM10 10V1h4v9zM17 10V6h4v4z" fill="currentColor" />
      ) : (
        <path d="M1 5H23" stroke="currentColor" stroke-width={line.width} stroke-dasharray={line.dash.join(" ") || undefined} />
      )}
    </svg>
  );
}

/** Read the theme's colours off the page: the canvas knows neither custom properties nor light-dark(). */
function readColours(figure: HTMLElement): Colours {
  const swatches = [...figure.querySelectorAll(".chart-swatch")];
  const title = figure.querySelector(".chart-at") ?? figure;
  return {
    text: getComputedStyle(title).color,
    grid: getComputedStyle(figure).borderTopColor,
    lines: swatches.map((swatch) => getComputedStyle(swatch).color),
  };
}
