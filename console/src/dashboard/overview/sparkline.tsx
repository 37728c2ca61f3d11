/** The last half hour of a bot as a small line. */

import type { JSX } from "preact";

import { BOX, sparkPath } from "./spark";

interface Props {
  values: readonly (number | null)[];
  /** Picks the colour. */
  kind: "turns" | "latency";
}

/** Draw a line of a value a minute; the figure beside it says in words what matters. */
export function Sparkline({ values, kind }: Props): JSX.Element {
  return (
    <svg class={`spark spark-${kind}`} viewBox={`0 0 ${BOX.width} ${BOX.height}`} width={BOX.width} height={BOX.height} preserveAspectRatio="xMinYMid" aria-hidden="true">
      <path class="spark-base" d={`M0 ${BOX.height - 1.5}H${BOX.width}`} />
      <path class="spark-line" d={sparkPath(values)} />
    </svg>
  );
}
