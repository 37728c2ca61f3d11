import { expect, test } from "vitest";

import { waitMs } from "./backoff";

test.each([
  // failures, Retry-After, random: milliseconds
  [1, null, 0, 5_000],
  [1, null, 1, 5_000],
  [2, null, 1, 10_000],
  [3, null, 0.5, 12_500],
  [9, null, 1, 60_000],
  [9, null, 0, 5_000],
  [1, 30_000, 0, 30_000],
  [1, 3_600_000, 0, 60_000],
  [4, 1_000, 1, 40_000],
])("after %s failures, told %s, with %s", (failures, retryAfterMs, random, wait) => {
  expect(waitMs(failures, retryAfterMs, random)).toBe(wait);
});
