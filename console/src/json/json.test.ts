import { describe, expect, test } from "vitest";

import type { Json } from "../api/types";
import { diffJson, equalJson } from "./diff";
import { findLine, toLines } from "./lines";
import { parseJson, parseObject } from "./parse";
import { unfold } from "./unfold";

const plain = (value: Json): string[] =>
  toLines(value).map(
    ({ depth, key, text, comma }) => `${"  ".repeat(depth)}${key === null ? "" : `"${key}": `}${text}${comma ? "," : ""}`,
  );

describe("lines", () => {
  test.each<Json>([
    null,
    "a\n\"b\"",
    [],
    {},
    { a: [1, { b: [] }, null], "c d": { e: true } },
    [[[]], {}, [1, 2]],
  ])("are what JSON.stringify writes: %j", (value) => {
    expect(plain(value).join("\n")).toBe(JSON.stringify(value, null, 2));
  });

  test("know their paths", () => {
    const paths = toLines({ messages: ["a", { "x y": 1 }] }).map((line) => line.path);
    expect(paths).toEqual([
      "$",
      "$.messages",
      "$.messages[0]",
      "$.messages[1]",
      '$.messages[1]["x y"]',
      "$.messages[1]",
      "$.messages",
      "$",
    ]);
  });

  test.each([
    ["$", 0],
    ["$.messages[1]", 3],
    ["$.messages[1].text", 4],
    ["$.messages[1].text.missing", 4],
    ["$.messages[7].structuredContent", 1],
    ['$.messages[1]["a.b"]', 3],
    ["elsewhere", -1],
  ])("are found by %s", (path, line) => {
    expect(findLine(toLines({ messages: ["a", { text: "b" }] }), path)).toBe(line);
  });
});

describe("differences", () => {
  test("of equal values are none, whatever the order of members", () => {
    const diff = diffJson({ a: 1, b: [2] }, { b: [2], a: 1 });
    expect({ ...diff, folds: diff.folds.map((part) => part.folded) }).toEqual({
      equal: true,
      added: 0,
      removed: 0,
      folds: [false],
    });
  });

  test("are the changed lines, and not the comma before a new one", () => {
    const diff = diffJson({ text: "card 4111" }, { text: "card 4111", tag: true });
    expect(diff.folds.flatMap((part) => part.lines).map(({ change, text }) => [change, text])).toEqual([
      ["same", "{"],
      ["same", '"card 4111"'],
      ["added", "true"],
      ["same", "}"],
    ]);
  });

  test("of a text at the same place are its words", () => {
    const lines = diffJson({ text: "my card is 4111" }, { text: "my card is [card]" }).folds.flatMap((part) => part.lines);
    expect(lines.map(({ change, pieces }) => [change, pieces])).toEqual([
      ["same", undefined],
      ["removed", [{ text: '"my card is ', changed: false }, { text: "4111", changed: true }, { text: '"', changed: false }]],
      ["added", [{ text: '"my card is ', changed: false }, { text: "[card]", changed: true }, { text: '"', changed: false }]],
      ["same", undefined],
    ]);
  });

  test("fold what is far from every change", () => {
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    const diff = diffJson(numbers, numbers.with(10, -1));
    expect(diff.folds.map((part) => [part.folded, part.lines.length])).toEqual([
      [true, 8],
      [false, 8],
      [true, 7],
    ]);
    expect([diff.added, diff.removed]).toEqual([1, 1]);
  });

  test("never fold a single line", () => {
    const numbers = [0, 1, 2, 3];
    expect(diffJson(numbers, numbers.with(3, -1)).folds.map((part) => part.folded)).toEqual([false, false]);
  });

  test.each<[Json, Json, boolean]>([
    [null, null, true],
    [null, {}, false],
    [[], {}, false],
    [[1, null], [1], false],
    [{ a: null }, { b: null }, false],
    [{ a: null }, {}, false],
    [{ a: { b: [1] } }, { a: { b: [1] } }, true],
    ["1", 1, false],
  ])("%j and %j equal: %s", (a, b, equal) => {
    expect([equalJson(a, b), equalJson(b, a)]).toEqual([equal, equal]);
  });
});

describe("JSON inside texts", () => {
  test.each<[Json, Json]>([
    ['{"a":[1]}', { a: [1] }],
    [{ context: '{"event":"{\\"type\\":\\"x\\"}"}', text: "hello" }, { context: { event: { type: "x" } }, text: "hello" }],
    [["[1", "7", "null", '"a"', " [] "], ["[1", "7", "null", '"a"', []]],
  ])("%j is unfolded", (value, unfolded) => {
    expect(unfold(value)).toEqual(unfolded);
  });

  test("is looked for without copying what has none", () => {
    const value = { messages: ["{no", { delay: 2 }] };
    expect(unfold(value)).toBe(value);
  });
});

describe("typed JSON", () => {
  test("has a value", () => {
    expect(parseJson(' {"a": [1, null]} ')).toEqual({ value: { a: [1, null] } });
  });

  test.each([
    ["", "line 1, column 1: a value is missing"],
    ['{"a": 1,}', "line 1, column 9: a member's name in double quotes is missing"],
    ['{\n  "a" 1\n}', "line 2, column 7: a colon is missing"],
    ['{"a": tru}', "line 1, column 7: this is no JSON value"],
    ['{"a": 1} {}', "line 1, column 10: there is more after the end of the value"],
    ['["a\n"]', "line 1, column 2: a closing quote is missing"],
    ["{} // why", "line 1, column 4: JSON has no comments"],
    ["[1, 2]", "line 1, column 1: this must be an object, { … }"],
    ["null", "line 1, column 1: this must be an object, { … }"],
  ])("that is wrong is told with its place: %j", (text, problem) => {
    expect(parseObject(text)).toEqual({ problem });
  });
});
