import { expect, test } from "vitest";

import { sparkPath } from "./spark";

test.each([
  ["nothing", [], ""],
  ["no value", [null, null], ""],
  ["zeros lie on the ground", [0, 0], "M0 22L90 22"],
  ["the largest touches the top", [0, 10, 5], "M0 22L45 2L90 12"],
  ["a gap cuts the line", [4, 4, null, 4, 4], "M0 2L22.5 2M67.5 2L90 2"],
  ["a value alone is a dot", [null, 4, null], "M45 2h0"],
  ["one value in all", [4], "M0 2h0"],
])("%s", (_, values, path) => {
  expect(sparkPath(values)).toBe(path);
});
