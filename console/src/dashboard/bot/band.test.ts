import { expect, test } from "vitest";

import type { StateSpan } from "../../api/types";
import { layOut } from "./band";

const at = (seconds: number) => new Date(seconds * 1_000).toISOString();

test("states are cut to the window and keep their own times", () => {
  const states: StateSpan[] = [
    { state: "Offline", since: at(0), until: at(50) },
    { state: "Online", since: at(50), until: at(150) },
    { state: "Vendor Interruption", since: at(150), until: at(175) },
    { state: "Online", since: at(175), until: null },
  ];
  expect(layOut(states, 100_000, 200_000)).toEqual([
    { state: "Online", since: 50_000, until: 150_000, left: 0, width: 0.5 },
    { state: "Vendor Interruption", since: 150_000, until: 175_000, left: 0.5, width: 0.25 },
    { state: "Online", since: 175_000, until: null, left: 0.75, width: 0.25 },
  ]);
});

test("a window without length shows nothing", () => {
  expect(layOut([{ state: "Online", since: at(0), until: null }], 100_000, 100_000)).toEqual([]);
});
