import { expect, test } from "vitest";

import { formatDay, formatLeft, formatMs } from "./format";

test.each([
  [0.01, "0.01 ms"],
  [3.14159, "3.1 ms"],
  [27.68, "28 ms"],
  [2512, "2512 ms"],
  [12_340, "12.3 s"],
])("%d milliseconds are written %s", (ms, text) => {
  expect(formatMs(ms)).toBe(text);
});

test.each([
  [-1, "0:00"],
  [0.2, "0:01"],
  [61, "1:01"],
  [3600, "60:00"],
])("%d seconds are left as %s", (seconds, text) => {
  expect(formatLeft(seconds)).toBe(text);
});

test("what is no date is left as it is", () => {
  expect(formatDay("yesterday")).toBe("yesterday");
});
