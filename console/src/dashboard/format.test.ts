import { expect, test } from "vitest";

import { formatMs, formatShare, formatSpan, formatUptime, formatUtc, share } from "./format";

test.each([
  [null, "–"],
  [0, "0.0 ms"],
  [3.14159, "3.1 ms"],
  [9.96, "10 ms"],
  [204.4, "204 ms"],
  [999.6, "1.00 s"],
  [1460, "1.46 s"],
  [9_996, "10.0 s"],
  [25_000, "25.0 s"],
])("writes a latency of %s ms", (ms, text) => {
  expect(formatMs(ms)).toBe(text);
});

test.each([
  [null, "–"],
  [0, "0 %"],
  [0.0004, "< 0.1 %"],
  [0.026, "2.6 %"],
  [0.36, "36 %"],
  [0.99999, "99.99 %"],
  [1, "100 %"],
])("writes a share of %s", (part, text) => {
  expect(formatShare(part)).toBe(text);
});

test.each([
  [null, "–"],
  [1, "100 %"],
  [0.999999, "99.99 %"],
  [0.9712, "97.12 %"],
  [0, "0.00 %"],
])("writes an uptime of %s", (uptime, text) => {
  expect(formatUptime(uptime)).toBe(text);
});

test("there is no share of nothing", () => {
  expect([share(1, 4), share(0, 3), share(0, 0)]).toEqual([0.25, 0, null]);
});

test.each([
  [-5, 1, "0 s"],
  [999, 1, "0 s"],
  [59_000, 2, "59 s"],
  [61_000, 1, "1 min"],
  [61_000, 2, "1 min 1 s"],
  [3_600_000, 2, "1 h"],
  [3_605_000, 2, "1 h"],
  [90_061_000, 2, "1 d 1 h"],
] as const)("writes a span of %s ms in at most %s units", (ms, units, text) => {
  expect(formatSpan(ms, units)).toBe(text);
});

test("UTC is told as UTC", () => {
  expect(formatUtc(1_785_000_009_500)).toBe("2026-07-25 17:20:09 UTC");
});
