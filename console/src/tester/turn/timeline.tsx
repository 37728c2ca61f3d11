/** Where the time of a turn went. */

import type { JSX } from "preact";

import type { Span, Step, Turn } from "../../api/types";
import { formatMs } from "../format";

const NAMES: Readonly<Record<Step, string>> = {
  queue: "Queue",
  pre_hooks: "Pre hooks",
  attempt: "Attempt",
  wait: "Wait",
  post_hooks: "Post hooks",
  read: "Reading",
};

/** Draw every step as a bar from its beginning to its end, with its milliseconds. */
export function Timeline({ turn }: { turn: Turn }): JSX.Element {
  const end = Math.max(turn.totalMs, ...turn.spans.map((span) => span.beganMs + span.ms), 0.01);
  return (
    <table class="timeline">
      <caption class="visually-hidden">Steps of the turn</caption>
      <colgroup>
        <col class="step-column" />
        <col />
        <col class="ms-column" />
      </colgroup>
      <tbody>
        {turn.spans.map((span, index) => (
          <tr key={index} class={`step-${span.step}${span.failure ? " failed" : ""}`}>
            <th scope="row">
              {nameOf(span, index, turn.spans)}{" "}
              {span.failure && <span class="failure-word">{span.failure}</span>}
            </th>
            <td class="track" title={`from ${formatMs(span.beganMs)} to ${formatMs(span.beganMs + span.ms)}`}>
              <span
                class="bar"
                style={{ left: percent(Math.min(span.beganMs / end, 0.995)), width: percent(Math.min(span.ms, end - span.beganMs) / end) }}
              />
            </td>
            <td class="ms">{formatMs(span.ms)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function nameOf(span: Span, index: number, spans: readonly Span[]): string {
  if (span.step !== "attempt") {
    return NAMES[span.step];
  }
  const number = spans.slice(0, index + 1).filter((other) => other.step === "attempt").length;
  const attempts = spans.filter((other) => other.step === "attempt").length;
  return attempts === 1 ? NAMES.attempt : `${NAMES.attempt} ${number}`;
}

const percent = (share: number): string => `${(Math.max(0, share) * 100).toFixed(2)}%`;
