import { expect, test } from "vitest";

import { isSame } from "./findings";

test.each([
  ["messages[0].structuredContent: elements[1].text: is missing", "$.messages[0].structuredContent.elements[1].text", true],
  ["messages[0].structuredContent: is missing", "$.messages[0].structuredContent", true],
  ["messages[1].structuredContent: is missing", "$.messages[0].structuredContent", false],
  ["messages[0].structuredContent: is wrong", "$.messages[0].structuredContent", false],
  ["delay cut to 300 s", "$", false],
])("%s is the finding at %s: %s", (warning, path, same) => {
  expect(isSame(warning, { path, message: "is missing", severity: "warning" })).toBe(same);
});
