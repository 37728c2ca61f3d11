/** The charts of a bot, with one pointer for all: what was the latency when so much failed? */

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import "uplot/dist/uPlot.min.css";

import type { Figures } from "../../api/types";
import { formatMs } from "../format";
import { Chart } from "./chart";
import { LATENCY, OUTCOMES, TRAFFIC } from "./lines";

const PERCENTILES: readonly { name: keyof Figures["latency"]; label: string }[] = [
  { name: "p50Ms", label: "Median" },
  { name: "p90Ms", label: "90 %" },
  { name: "p95Ms", label: "95 %" },
  { name: "p99Ms", label: "99 %" },
  { name: "maxMs", label: "Slowest" },
];

/** Draw all charts; null figures are being fetched. */
export function Charts({ figures }: { figures: Figures | null }): JSX.Element {
  const [pointed, setPointed] = useState<number | null>(null);
  return (
    <>
      {[TRAFFIC, OUTCOMES, LATENCY].map((plot) => (
        <div class="card chart-card" key={plot.title}>
          {figures === null ? (
            <div class="skeleton chart-skeleton" role="status" aria-label={`Loading: ${plot.title}`} />
          ) : (
            <Chart plot={plot} figures={figures} pointed={pointed} onPoint={setPointed} />
          )}
          {plot === LATENCY && (
            <dl class="percentiles">
              {PERCENTILES.map(({ name, label }) => (
                <div key={name}>
                  <dt>{label}</dt>
                  <dd>{figures === null ? "…" : formatMs(figures.latency[name])}</dd>
                </div>
              ))}
            </dl>
          )}
        </div>
      ))}
    </>
  );
}
