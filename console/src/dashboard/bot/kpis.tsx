/** What the bot has done in the window: counts, and the share of each. */

import type { JSX } from "preact";

import type { Figures } from "../../api/types";
import { formatCount, formatMs, formatShare, share } from "../format";

type Total = keyof Figures["totals"];

const TILES: readonly { total: Total; label: string; of: Total | null; note: string }[] = [
  { total: "conversations", label: "Conversations", of: null, note: "that began in this time" },
  { total: "closed", label: "Closed", of: "conversations", note: "by the bot" },
  { total: "transferred", label: "Transferred", of: "conversations", note: "by the bot, to a skill" },
  { total: "escalated", label: "Escalated", of: "conversations", note: "after a failure" },
  { total: "failed", label: "Failed turns", of: "turns", note: "answered with an error" },
  { total: "turns", label: "Turns", of: null, note: "messages and events" },
];

/** Show the totals; null figures are being fetched. */
export function Kpis({ figures }: { figures: Figures | null }): JSX.Element {
  return (
    <dl class="kpis">
      {TILES.map(({ total, label, of, note }) => {
        const part = figures?.totals[total] ?? null;
        const ratio = figures === null || of === null ? null : share(figures.totals[total], figures.totals[of]);
        return (
          <div class={`card kpi kpi-${total}`} key={total}>
            <dt>{label}</dt>
            <dd class="kpi-count">{part === null ? <span class="skeleton kpi-skeleton" /> : formatCount(part)}</dd>
            <dd class="kpi-share">
              {of === null ? (
                <span class="muted">{note}</span>
              ) : (
                <>
                  <span class="kpi-ratio">{nameRatio(ratio)}</span> <span class="muted">of {of}</span>
                  <Meter ratio={ratio} />
                </>
              )}
            </dd>
            {of !== null && <dd class="kpi-note muted">{note}</dd>}
          </div>
        );
      })}
      <div class="card kpi kpi-latency">
        <dt>Latency</dt>
        <dd class="kpi-count">{figures === null ? <span class="skeleton kpi-skeleton" /> : formatMs(figures.latency.p50Ms)}</dd>
        <dd class="kpi-share">
          <span class="muted">median; 95th percentile {figures === null ? "…" : formatMs(figures.latency.p95Ms)}</span>
        </dd>
      </div>
    </dl>
  );
}

/** A conversation that ends in the window may have begun before it, so that more may end than begin. */
function nameRatio(ratio: number | null): string {
  return ratio !== null && ratio > 1 ? "> 100 %" : formatShare(ratio);
}

function Meter({ ratio }: { ratio: number | null }): JSX.Element {
  return (
    <svg class="kpi-meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect class="kpi-meter-all" width="100" height="4" />
      <rect class="kpi-meter-part" width={100 * Math.min(1, ratio ?? 0)} height="4" />
    </svg>
  );
}
