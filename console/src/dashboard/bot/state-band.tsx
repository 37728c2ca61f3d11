/** The bot's states over the window as a band, with the uptime. */

import type { JSX } from "preact";

import type { Figures } from "../../api/types";
import { useNow } from "../clock";
import { formatBucket, formatUptime, formatSpan, formatTime } from "../format";
import { Moment } from "../moment";
import { LOOKS, StateShape } from "../state-tag";
import { layOut, type Segment } from "./band";

interface Props {
  /** Null while they are being fetched. */
  figures: Figures | null;
}

/** Show the states in order of time. */
export function StateBand({ figures }: Props): JSX.Element {
  const now = useNow();
  const begins = figures?.begins ?? 0;
  // The last bucket is still being filled: the band ends now, and the charts below with the bucket.
  const end = figures === null ? 0 : Math.min(now, begins + figures.series.turns.length * figures.resolution * 1_000);
  const segments = figures === null ? [] : layOut(figures.states, begins, end);
  return (
    <section class="card band" aria-labelledby="band-title">
      <div class="band-head">
        <h3 id="band-title">States</h3>
        <p>
          <span class="band-uptime">{formatUptime(figures?.uptime ?? null)}</span> <span class="muted">uptime</span>
        </p>
      </div>
      <div class="band-bar" aria-hidden="true">
        {segments.map((segment) => (
          <span
            key={segment.since}
            class={`band-part band-${LOOKS[segment.state].slug}`}
            style={{ left: `${100 * segment.left}%`, width: `${100 * segment.width}%` }}
            title={`${segment.state}, ${nameTimes(segment, now)}`}
          />
        ))}
      </div>
      <div class="band-axis" aria-hidden="true">
        {figures !== null &&
          [0, 0.25, 0.5, 0.75].map((part) => (
            <span key={part} style={{ left: `${100 * part}%` }}>
              {formatBucket(begins + part * (end - begins), Math.max(3_600, figures.window))}
            </span>
          ))}
        {figures !== null && <span class="band-now">now</span>}
      </div>
      <details class="behind">
        <summary>
          {figures === null ? "…" : `${segments.length} ${segments.length === 1 ? "state" : "states"} in order`}
        </summary>
        <ol class="band-list" reversed>
          {segments.toReversed().map((segment) => (
            <li key={segment.since}>
              <span class={`tag tag-${LOOKS[segment.state].tone}`}>
                <StateShape state={segment.state} />
                {segment.state}
              </span>
              <span class="muted">
                <Moment at={new Date(segment.since).toISOString()} /> to{" "}
                {segment.until === null ? "now" : <Moment at={new Date(segment.until).toISOString()} />}
              </span>
              <span class="band-span">{formatSpan((segment.until ?? now) - segment.since, 2)}</span>
            </li>
          ))}
        </ol>
      </details>
    </section>
  );
}

function nameTimes({ since, until }: Segment, now: number): string {
  return `${formatTime(since, now)} to ${until === null ? "now" : formatTime(until, now)}`;
}
