import { describe, expect, test } from "vitest";

import type { Json, Turn } from "../../api/types";
import { compareAnswers, comparable } from "./compare";
import { readFile, type SavedAnswer, type SavedConversation, toAnswer, toSavedEvent, writeFile } from "./file";

const answer = (messages: Json[], context = {}, outcome = "answered"): SavedAnswer => ({
  outcome,
  error: null,
  reply: { messages, context },
});

const FILE: SavedConversation = {
  format: "botbridge-conversation",
  version: 1,
  saved: "2026-11-24T20:31:07Z",
  bot: { account: "demo", bot: "lex", environment: null, channel: "messaging", vendor: "lex-v2" },
  turns: [
    { event: { message: "hello", context: { lpEvent: {}, lpSdes: {} } }, answer: answer(["Hello!"]) },
    { event: { message: "break" }, answer: null },
    {
      event: { message: "break" },
      answer: { outcome: "failed", error: { code: "x.send-query", message: "no" }, reply: null },
    },
  ],
};

describe("a file", () => {
  test("is read as it was written", () => {
    expect(readFile(writeFile(FILE))).toEqual(FILE);
  });

  test.each<[string, string]>([
    ["{", "This is no JSON file: line 1, column 2: a closing brace } is missing."],
    ["[]", "This is no JSON file: line 1, column 1: this must be an object, { … }."],
    ["{}", 'This is no conversation of the tester: format is not "botbridge-conversation".'],
    [JSON.stringify({ ...FILE, version: 2 }), "This file has version 2; this console reads version 1."],
    [JSON.stringify({ ...FILE, bot: { account: "demo" } }), "bot must be an object with account, bot, channel and vendor."],
    [JSON.stringify({ ...FILE, turns: [] }), "turns must be a list with at least one turn."],
    [JSON.stringify({ ...FILE, turns: [FILE.turns[0], 7] }), "turns[1] must be an object."],
    [JSON.stringify({ ...FILE, turns: [{ answer: null }] }), "turns[0].event must be an object."],
    [
      JSON.stringify({ ...FILE, turns: [{ event: {}, answer: { reply: null } }] }),
      "turns[0].answer must be null, or an object with an outcome.",
    ],
    [
      JSON.stringify({ ...FILE, turns: [{ event: {}, answer: { outcome: "failed", error: "x", reply: null } }] }),
      "turns[0].answer.error must be null, or an object with a code.",
    ],
    [
      JSON.stringify({ ...FILE, turns: [{ event: {}, answer: { outcome: "answered", error: null, reply: { messages: 1 } } }] }),
      "turns[0].answer.reply must be null, or have messages and context.",
    ],
  ])("that is none is refused: %s", (text, problem) => {
    expect(readFile(text)).toEqual({ problem });
  });

  test("keeps of a turn what can be compared, and of an event what is not its conversation's", () => {
    const error = { code: "c", message: "m", errorId: "e", meaning: "w", remedy: "r" };
    expect(toAnswer({ outcome: "escalated", error, reply: null } as unknown as Turn)).toEqual({
      outcome: "escalated",
      error: { code: "c", message: "m" },
      reply: null,
    });
    expect(toSavedEvent({ convId: "c", message: "hi" })).toEqual({ message: "hi" });
  });
});

describe("answers", () => {
  const A = "5f0d9c1e-0b1a-4a52-9d0c-3a3f3f0f7a11";
  const B = "0a0b0c0d-0000-4000-8000-000000000003";

  test.each<[string, SavedAnswer, SavedAnswer, boolean]>([
    ["the same text", answer(["Hi"]), answer(["Hi"]), true],
    ["another text", answer(["Hi"]), answer(["Hello"]), false],
    ["one message more", answer(["Hi"]), answer(["Hi", "there"]), false],
    ["members in another order", answer([{ delay: 1, typing: true }]), answer([{ typing: true, delay: 1 }]), true],
    ["other UUIDs", answer([`Ticket ${A}`], { intentId: A }), answer([`Ticket ${B}`], { intentId: B }), true],
    ["a UUID and none", answer([`Ticket ${A}`]), answer(["Ticket 7"]), false],
    ["other times", answer(["At 2026-11-24T20:31:07Z"]), answer(["At 2026-11-25T08:00:00.123+01:00"]), true],
    ["another score", answer([], { intentId: "a", confidenceScore: 0.91 }), answer([], { intentId: "a", confidenceScore: 0.9 }), true],
    ["a score and none", answer([], { intentId: "a", confidenceScore: 0.91 }), answer([], { intentId: "a" }), false],
    ["another intent", answer([], { intentId: "a" }), answer([], { intentId: "b" }), false],
    ["another outcome", answer(["Hi"]), answer(["Hi"], {}, "escalated"), false],
    [
      "another wording of one error",
      { outcome: "failed", error: { code: "c", message: "request id 1" }, reply: null },
      { outcome: "failed", error: { code: "c", message: "request id 2" }, reply: null },
      true,
    ],
    [
      "another error",
      { outcome: "failed", error: { code: "c", message: "m" }, reply: null },
      { outcome: "failed", error: { code: "d", message: "m" }, reply: null },
      false,
    ],
  ])("with %s", (_name, before, after, equal) => {
    const comparison = compareAnswers(before, after);
    expect([comparison.equal, comparison.diff.equal]).toEqual([equal, equal]);
  });

  test("are compared by what is named", () => {
    expect(comparable(answer([`Ticket ${A} of 2026-11-24T20:31:07Z`], { alternativeIntents: [{ confidenceScore: 0.3 }] }))).toEqual({
      outcome: "answered",
      error: null,
      reply: { messages: ["Ticket «uuid» of «time»"], context: { alternativeIntents: [{ confidenceScore: "«score»" }] } },
    });
  });
});
