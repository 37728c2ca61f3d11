/** The list of bots: a table that becomes a stack of cards on a phone. */

import type { JSX } from "preact";

import type { Bot } from "../../api/types";
import { Icon } from "../../shell/icons";
import { linkTo } from "../../shell/route";
import { formatCount, formatMs } from "../format";
import { Since } from "../moment";
import { Marks, StateTag } from "../state-tag";
import { nameVendor } from "../vendors";
import { latencyOf, type SortKey, turnsOf } from "./select";
import { Sparkline } from "./sparkline";

/** The columns that can be sorted by, with their headings. */
export const COLUMNS: readonly { key: SortKey; heading: string; note?: string; descendsFirst?: true }[] = [
  { key: "bot", heading: "Bot" },
  { key: "state", heading: "State" },
  { key: "vendor", heading: "Vendor" },
  { key: "turns", heading: "Turns", note: "30 min", descendsFirst: true },
  { key: "latency", heading: "Latency", note: "median", descendsFirst: true },
  { key: "inFlight", heading: "In flight", descendsFirst: true },
];

interface Props {
  bots: readonly Bot[];
  sort: SortKey;
  descending: boolean;
  onSort: (key: SortKey) => void;
}

/** Show bots, a row each. The roles are spelled out because the phone's layout would take them from a table. */
export function BotTable({ bots, sort, descending, onSort }: Props): JSX.Element {
  return (
    <table class="bots" role="table" aria-label="Bots">
      <thead role="rowgroup">
        <tr role="row">
          {COLUMNS.map(({ key, heading, note }) => (
            <th
              key={key}
              role="columnheader"
              scope="col"
              class={`bots-${key}`}
              aria-sort={sort === key ? (descending ? "descending" : "ascending") : undefined}
            >
              <button type="button" onClick={() => onSort(key)}>
                {heading}
                {note !== undefined && <span class="bots-note"> {note}</span>}
                <span class="bots-arrow" aria-hidden="true">
                  {sort === key ? (descending ? "↓" : "↑") : ""}
                </span>
              </button>
            </th>
          ))}
          <th role="columnheader" scope="col" class="bots-go">
            <span class="visually-hidden">Tester</span>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {bots.map((bot) => (
          <Row key={`${bot.account}/${bot.bot}`} bot={bot} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ bot }: { bot: Bot }): JSX.Element {
  const { inFlight } = bot.limits;
  return (
    <tr role="row">
      <td role="cell" class="bots-bot">
        <a class="bots-link" href={linkTo("bots", bot.account, bot.bot)}>
          {bot.bot}
        </a>
        <span class="bots-sub">{bot.account}</span>
      </td>
      <td role="cell" class="bots-state">
        <span class="bots-tags">
          <StateTag state={bot.state} />
          <Marks bot={bot} />
        </span>
        <span class="bots-sub">
          for <Since at={bot.since} />
        </span>
      </td>
      <td role="cell" class="bots-vendor">
        {nameVendor(bot.vendor)}
        <span class="bots-sub">{bot.channel}</span>
      </td>
      <td role="cell" class="bots-turns">
        <span class="bots-figure">
          <span class="bots-label">Turns </span>
          {formatCount(turnsOf(bot))}
        </span>
        <Sparkline values={bot.turns} kind="turns" />
      </td>
      <td role="cell" class="bots-latency">
        <span class="bots-figure">
          <span class="bots-label">Latency </span>
          {formatMs(latencyOf(bot))}
        </span>
        <Sparkline values={bot.latencyMs} kind="latency" />
      </td>
      <td role="cell" class="bots-inFlight">
        <span class="bots-label">In flight </span>
        {formatCount(bot.inFlight)}
        {inFlight !== null && <span class="bots-of"> of {formatCount(inFlight)}</span>}
      </td>
      <td role="cell" class="bots-go">
        <a class="icon-button" href={linkTo("tester", bot.account, bot.bot)} aria-label={`Talk to ${bot.bot} in the tester`} title="Tester">
          <Icon name="wave" />
        </a>
      </td>
    </tr>
  );
}
