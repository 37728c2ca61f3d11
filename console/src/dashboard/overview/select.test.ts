import { expect, test } from "vitest";

import type { Bot } from "../../api/types";
import { FIRST_WISH, latencyOf, PAGE_SIZE, select, type Wish } from "./select";

const BASE: Bot = {
  account: "1",
  bot: "lex",
  vendor: "lex-v2",
  channel: "messaging",
  environments: ["draft"],
  state: "Online",
  since: "2026-01-01T00:00:00Z",
  circuit: null,
  limits: { inFlight: null, perSecond: null },
  inFlight: 0,
  latencyMs: [],
  turns: [],
  hooks: { pre: [], post: [], error: [] },
  escalation: null,
  recordingUntil: null,
  lastError: null,
};
const BOTS: Bot[] = [
  { ...BASE, bot: "bot-10", latencyMs: [null, 90, null], turns: [1, 2, null] },
  { ...BASE, bot: "bot-9", vendor: "function", state: "Offline", inFlight: 4 },
  { ...BASE, bot: "bot-1", account: "2", state: "Vendor Interruption", circuit: "open", latencyMs: [700, 800], turns: [9, 9] },
  { ...BASE, bot: "desk", recordingUntil: "2026-01-01T01:00:00Z", circuit: "closed", turns: [0] },
];
const found = (wish: Partial<Wish>) => select(BOTS, { ...FIRST_WISH, ...wish }).bots.map(({ bot }) => bot);

test.each<[Partial<Wish>, string[]]>([
  [{}, ["bot-1", "bot-9", "bot-10", "desk"]],
  [{ sort: "bot" }, ["bot-1", "bot-9", "bot-10", "desk"]],
  [{ sort: "bot", descending: true }, ["desk", "bot-10", "bot-9", "bot-1"]],
  [{ sort: "turns", descending: true }, ["bot-1", "bot-10", "bot-9", "desk"]],
  [{ sort: "latency", descending: true }, ["bot-1", "bot-10", "bot-9", "desk"]],
  [{ sort: "inFlight", descending: true }, ["bot-9", "bot-10", "desk", "bot-1"]],
  [{ sort: "vendor" }, ["bot-9", "bot-10", "desk", "bot-1"]],
  [{ text: "BOT  offline" }, ["bot-9"]],
  [{ text: "function" }, ["bot-9"]],
  [{ account: "2" }, ["bot-1"]],
  [{ vendor: "lex-v2", account: "1" }, ["bot-10", "desk"]],
  [{ mark: "Offline" }, ["bot-9"]],
  [{ mark: "open" }, ["bot-1"]],
  [{ mark: "recording" }, ["desk"]],
  [{ text: "nobody" }, []],
])("finds and sorts by %j", (wish, names) => {
  expect(found(wish)).toEqual(names);
});

test("a page that is no longer there becomes the last", () => {
  const many = Array.from({ length: PAGE_SIZE + 1 }, (_, index) => ({ ...BASE, bot: `bot-${index}` }));
  const last = select(many, { ...FIRST_WISH, page: 7 });
  expect([last.page, last.pages, last.count, last.bots.map(({ bot }) => bot)]).toEqual([1, 2, PAGE_SIZE + 1, [`bot-${PAGE_SIZE}`]]);
});

test("the newest latency counts", () => {
  expect([latencyOf(BASE), ...BOTS.map(latencyOf)]).toEqual([null, 90, null, 800, null]);
});
