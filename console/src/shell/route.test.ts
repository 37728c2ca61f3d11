import { expect, test } from "vitest";

import { linkTo, parseRoute } from "./route";

test.each([
  ["", { view: "dashboard" }],
  ["#/", { view: "dashboard" }],
  ["#/nowhere/a/b", { view: "dashboard" }],
  ["#/bots/83482904", { view: "dashboard" }],
  ["#/bots/83482904/concierge", { view: "bot", account: "83482904", bot: "concierge" }],
  ["#/tester", { view: "tester", account: null, bot: null, recorded: false }],
  ["#/tester/demo/lex", { view: "tester", account: "demo", bot: "lex", recorded: false }],
  ["#/tester/demo/lex/recorded", { view: "tester", account: "demo", bot: "lex", recorded: true }],
  ["#/tester/demo/%E0%A4%A", { view: "tester", account: "demo", bot: "%E0%A4%A", recorded: false }],
])("reads %s", (fragment, route) => {
  expect(parseRoute(fragment)).toEqual(route);
});

test("a link leads back to its bot", () => {
  expect(parseRoute(linkTo("bots", "a/b", "c d"))).toEqual({ view: "bot", account: "a/b", bot: "c d" });
});
