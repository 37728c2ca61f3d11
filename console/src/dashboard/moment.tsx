/** Points in time in the reader's zone, with UTC in the title. */

import type { JSX } from "preact";

import { useNow } from "./clock";
import { formatSpan, formatTime, formatUtc } from "./format";

interface Props {
  /** ISO 8601. */
  at: string;
}

/** Show when something was. */
export function Moment({ at }: Props): JSX.Element {
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={formatUtc(time)}>
      {formatTime(time, Date.now())}
    </time>
  );
}

/** Show for how long something has been. */
export function Since({ at, units = 1 }: Props & { units?: 1 | 2 }): JSX.Element {
  const now = useNow();
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={`since ${formatTime(time, now)} (${formatUtc(time)})`}>
      {formatSpan(now - time, units)}
    </time>
  );
}
