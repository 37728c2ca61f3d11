/** Which bots the list shows, and in which order. */

import type { Bot, BotState } from "../../api/types";

/** The states, worst first: the order of the list and of its filters. */
export const STATES: readonly BotState[] = ["Vendor Interruption", "Service Interruption", "Offline", "Online"];

/** Bots on one page of the list; drawing more at once would cost a phone its smoothness. */
export const PAGE_SIZE = 50;

/** What a reader may narrow the list to with one press. */
export type Mark = BotState | "open" | "recording";

/** Columns that the list may be sorted by. */
export type SortKey = "state" | "bot" | "vendor" | "turns" | "latency" | "inFlight";

/** What the reader asked for. */
export interface Wish {
  readonly text: string;
  readonly account: string;
  readonly vendor: string;
  readonly mark: Mark | null;
  readonly sort: SortKey;
  readonly descending: boolean;
  readonly page: number;
}

/** The list as it is first shown: what is in trouble comes first. */
export const FIRST_WISH: Wish = {
  text: "",
  account: "",
  vendor: "",
  mark: null,
  sort: "state",
  descending: false,
  page: 0,
};

/** What is shown of the bots. */
export interface Selection {
  /** The bots of this page. */
  readonly bots: readonly Bot[];
  /** How many there are on all pages. */
  readonly count: number;
  readonly page: number;
  readonly pages: number;
}

/** Count the turns of the last half hour. */
export function turnsOf(bot: Bot): number {
  return bot.turns.reduce<number>((sum, turns) => sum + (turns ?? 0), 0);
}

/** Give the newest median latency in milliseconds, null without a turn in the last half hour. */
export function latencyOf(bot: Bot): number | null {
  return bot.latencyMs.findLast((value) => value !== null) ?? null;
}

/** Say whether a bot carries a mark. */
export function hasMark(bot: Bot, mark: Mark): boolean {
  switch (mark) {
    case "open":
      return bot.circuit !== null && bot.circuit !== "closed";
    case "recording":
      return bot.recordingUntil !== null;
    default:
      return bot.state === mark;
  }
}

/** Find the bots that match, sort them, and cut out the page that is asked for (the last one when there are fewer). */
export function select(bots: readonly Bot[], wish: Wish): Selection {
  const words = wish.text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = bots.filter(
    (bot) =>
      (wish.account === "" || bot.account === wish.account) &&
      (wish.vendor === "" || bot.vendor === wish.vendor) &&
      (wish.mark === null || hasMark(bot, wish.mark)) &&
      words.every((word) => `${bot.account} ${bot.bot} ${bot.vendor} ${bot.state}`.toLowerCase().includes(word)),
  );
  const order = ORDERS[wish.sort];
  const sign = wish.descending ? -1 : 1;
  found.sort((one, other) => sign * order(one, other) || byName(one, other));
  const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
  const page = Math.min(wish.page, pages - 1);
  return { bots: found.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE), count: found.length, page, pages };
}

const names = new Intl.Collator(undefined, { numeric: true });

function byName(one: Bot, other: Bot): number {
  return names.compare(one.account, other.account) || names.compare(one.bot, other.bot);
}

const ORDERS: Record<SortKey, (one: Bot, other: Bot) => number> = {
  state: (one, other) => STATES.indexOf(one.state) - STATES.indexOf(other.state),
  bot: (one, other) => names.compare(one.bot, other.bot),
  vendor: (one, other) => names.compare(one.vendor, other.vendor),
  turns: (one, other) => turnsOf(one) - turnsOf(other),
  latency: (one, other) => (latencyOf(one) ?? -1) - (latencyOf(other) ?? -1),
  inFlight: (one, other) => one.inFlight - other.inFlight,
};
