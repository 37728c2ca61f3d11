import { expect, test } from "vitest";

import { withoutZeros } from "./lines";

test.each([
  ["nothing", [], []],
  ["zeros alone", [0, 0, 0], [null, null, null]],
  ["a value comes from the ground and returns to it", [0, 0, 3, 0, 0], [null, 0, 3, 0, null]],
  ["values side by side", [2, 0, 2], [2, 0, 2]],
  ["values at the ends", [1, 0, 0, 0, 1], [1, 0, null, 0, 1]],
])("%s", (_, values, left) => {
  expect(withoutZeros(values)).toEqual(left);
});
