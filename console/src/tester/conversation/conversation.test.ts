import { describe, expect, test } from "vitest";

import type { Channel, JsonObject, Reply, Turn } from "../../api/types";
import { toSavedEvent } from "../saved/file";
import { buildEvent, locationContent, newConversation, readdress, readSaid, type Said } from "./events";
import { findConversation, forgetConversations, keepConversation } from "./kept";
import { announce, toItems } from "./playback";
import { type Change, type Conversation, isAsking, pendingDelay, reduce } from "./state";

const NOW = new Date("2026-11-24T20:31:07.000Z");
const around = (channel: Channel) => ({
  conversation: "console-1",
  channel,
  sequence: 4,
  sdes: { authenticatedSdes: { customerInfo: { customerId: "7" } } },
  now: NOW,
});
const SAID: Said[] = [
  { kind: "welcome" },
  { kind: "text", text: "where is my parcel" },
  { kind: "text", text: "yes", metadata: [{ type: "ExternalId", id: "yes-1" }] },
  { kind: "rich-content", content: locationContent(48.21, 16.37, "Vienna") },
  { kind: "file", file: { relativePath: "/a/b.png", fileType: "PNG", caption: "my parcel" } },
];

describe("events", () => {
  test("of a clicked quick reply carry its metadata, as LivePerson's do", () => {
    const said: Said = { kind: "text", text: "yes", metadata: [{ type: "ExternalId", id: "yes-1" }] };
    expect(buildEvent(said, around("messaging"))).toEqual({
      convId: "console-1",
      message: "yes",
      context: {
        lpEvent: {
          type: "ContentEvent",
          sequence: 4,
          serverTimestamp: "2026-11-24T20:31:07.000Z",
          dialogId: "console-1",
          originatorId: "console",
          originatorMetadata: { id: "console", role: "CONSUMER", clientProperties: {} },
          messageAudience: "ALL",
          __isMe: false,
          conversationContext: { type: "MESSAGING" },
          event: { type: "ContentEvent", contentType: "text/plain", message: "yes" },
          metadata: [{ type: "ExternalId", id: "yes-1" }],
        },
        lpSdes: { authenticatedSdes: { customerInfo: { customerId: "7" } } },
      },
    });
  });

  test("of a chat are lines", () => {
    expect(buildEvent({ kind: "welcome" }, around("chat"))).toEqual({
      convId: "console-1",
      message: "",
      event: { name: "WELCOME" },
      context: {
        lpEvent: {
          "@id": "4",
          "@type": "line",
          time: "2026-11-24T20:31:07.000Z",
          text: "",
          textType: "plain",
          by: "Console",
          source: "visitor",
          sequence: 4,
          conversationContext: { type: "CHAT" },
          isWelcomeEvent: true,
        },
        lpSdes: { authenticatedSdes: { customerInfo: { customerId: "7" } } },
      },
    });
  });

  test.each(SAID.flatMap((said) => (["messaging", "chat"] as const).map((channel) => [said.kind, channel, said] as const)))(
    "%s on %s is read back as what was done",
    (_kind, channel, said) => {
      expect(readSaid(JSON.parse(JSON.stringify(buildEvent(said, around(channel)))) as JsonObject)).toEqual(said);
    },
  );

  test("of others are read as well as they can be", () => {
    expect(readSaid({ message: "hi", context: { lpEvent: null } })).toEqual({ kind: "text", text: "hi" });
    expect(readSaid({})).toEqual({ kind: "file", file: { relativePath: "", fileType: "", caption: "" } });
  });

  test("that were saved move into another conversation", () => {
    const saved = toSavedEvent(buildEvent({ kind: "text", text: "hi" }, around("messaging")));
    const moved = readdress(saved, "console-2", 9);
    expect(moved).toEqual({
      ...buildEvent({ kind: "text", text: "hi" }, { ...around("messaging"), conversation: "console-2", sequence: 9 }),
    });
    expect(readdress({ message: "hi" }, "console-2", 9)).toEqual({ message: "hi", convId: "console-2" });
    expect(readdress({ message: "hi", context: { lpSdes: {} } }, "console-2", 9)).toEqual({
      message: "hi",
      convId: "console-2",
      context: { lpSdes: {}, lpEvent: {} },
    });
  });

  test("belong to a conversation of the tester's own", () => {
    expect(newConversation()).toMatch(/^console-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(newConversation()).not.toBe(newConversation());
  });
});

const REPLY: Reply = {
  messages: [
    "Let me look that up.",
    { delay: 2, typing: true },
    "Out for delivery.",
    { delay: 9, typing: false },
    { text: "The consumer is in a hurry.", messageAudience: "AGENTS_AND_MANAGERS" },
    {
      structuredContent: {
        message: "Pick one",
        quickReplies: { type: "quickReplies", itemsPerRow: 2, replies: [{ type: "button", title: "Track" }, "?"] },
      },
    },
    { mystery: 1 },
  ],
  context: {
    structuredContent: { type: "vertical", elements: [{ type: "text", text: "Menu" }, { type: "button", title: "Soup" }] },
    action: "TRANSFER",
    actionParameters: { skill: "human" },
  },
};

describe("an answer", () => {
  test("is played in LivePerson's order, the legacy content and the action last", () => {
    expect(toItems(REPLY)).toEqual([
      { kind: "text", text: "Let me look that up." },
      { kind: "delay", seconds: 2, typing: true },
      { kind: "text", text: "Out for delivery." },
      { kind: "delay", seconds: 9, typing: false },
      { kind: "note", text: "The consumer is in a hurry." },
      { kind: "quick-replies", message: "Pick one", itemsPerRow: 2, replies: [{ type: "button", title: "Track" }] },
      { kind: "unknown", json: '{"mystery":1}' },
      { kind: "rich", content: REPLY.context.structuredContent },
      { kind: "action", name: "TRANSFER", parameters: { skill: "human" } },
    ]);
  });

  test("is told to those who listen", () => {
    expect(announce(toItems(REPLY))).toBe(
      "Bot: Let me look that up.. Out for delivery.. private note: The consumer is in a hurry.. Pick one. " +
        "quick replies: Track. rich content: Menu, Soup. Transfer to the skill human",
    );
    expect(announce([{ kind: "delay", seconds: 1, typing: true }])).toBe("");
  });
});

describe("a conversation that one comes back to", () => {
  const conversation = (owner: string, exchanges: Conversation["exchanges"] = []): Conversation => ({ owner, id: "c", exchanges });

  test("is as it was left, but nothing is waited for", () => {
    const left = [
      { kind: "say", sequence: 1, said: { kind: "text", text: "hi" }, event: { convId: "c" }, saved: null },
      { kind: "answer", sequence: 1, turn: { reply: REPLY } as unknown as Turn, atOnce: false },
      { kind: "say", sequence: 2, said: { kind: "text", text: "hi" }, event: { convId: "c" }, saved: null },
    ] satisfies Change[];
    keepConversation(left.reduce<Conversation>(reduce, conversation("demo/lex")));
    const found = findConversation("demo/lex");
    expect(found.exchanges.map(({ shown, problem }) => [shown, problem])).toEqual([
      [9, null],
      [0, "You left before the answer came."],
    ]);
    expect([isAsking(found), pendingDelay(found)]).toEqual([false, null]);
    forgetConversations();
    expect(findConversation("demo/lex").exchanges).toEqual([]);
  });

  test("is one of the last eight", () => {
    for (let number = 0; number < 9; number += 1) {
      keepConversation(conversation(`bot ${number}`));
    }
    expect([0, 1, 8].map((number) => findConversation(`bot ${number}`).id === "c")).toEqual([false, true, true]);
  });
});

describe("a conversation", () => {
  const turn = { id: "t", reply: REPLY } as unknown as Turn;
  const say = (sequence: number): Change => ({
    kind: "say",
    sequence,
    said: { kind: "text", text: "hi" },
    event: { convId: "c", message: "hi" },
    saved: null,
  });
  const after = (...changes: Change[]): Conversation => changes.reduce(reduce, { owner: "demo/lex", id: "c", exchanges: [] });
  const shown = (conversation: Conversation): number[] => conversation.exchanges.map((exchange) => exchange.shown);

  test("waits for one delay after the other", () => {
    const answered = after(say(1), { kind: "answer", sequence: 1, turn, atOnce: false });
    expect([shown(answered), pendingDelay(answered)]).toEqual([[1], { sequence: 1, seconds: 2, typing: true }]);
    const waited = reduce(answered, { kind: "waited", sequence: 1 });
    expect([shown(waited), pendingDelay(waited)]).toEqual([[3], { sequence: 1, seconds: 9, typing: false }]);
    const done = reduce(waited, { kind: "waited", sequence: 1 });
    expect([shown(done), pendingDelay(done)]).toEqual([[9], null]);
  });

  test("shows everything when skipped, when written to again, and when played again", () => {
    const answered = after(say(1), { kind: "answer", sequence: 1, turn, atOnce: false });
    expect(shown(reduce(answered, { kind: "skip" }))).toEqual([9]);
    expect(shown(reduce(answered, say(2)))).toEqual([9, 0]);
    expect(shown(after(say(1), { kind: "answer", sequence: 1, turn, atOnce: true }))).toEqual([9]);
  });

  test("asks until there is an answer or a refusal", () => {
    expect(isAsking(after())).toBe(false);
    expect(isAsking(after(say(1)))).toBe(true);
    expect(isAsking(after(say(1), { kind: "answer", sequence: 1, turn, atOnce: true }))).toBe(false);
    const refused = after(say(1), { kind: "refuse", sequence: 1, problem: "no" });
    expect([isAsking(refused), refused.exchanges[0]?.problem]).toEqual([false, "no"]);
    const noticed = reduce(refused, { kind: "notice", sequence: 1, text: "Navigate to Vienna" });
    expect(noticed.exchanges[0]?.notices).toEqual(["Navigate to Vienna"]);
    const next: Conversation = { owner: "demo/lex", id: "d", exchanges: [] };
    expect(reduce(refused, { kind: "begin", conversation: next })).toBe(next);
  });
});
