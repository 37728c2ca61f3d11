/** Events as LivePerson's connector would send them (docs/contract/custom-integration.md section 1). */

import type { Channel, EventPayload, Json, JsonObject } from "../../api/types";

/** What every conversation of the gateway's own tester begins with. */
export const PREFIX = "console-";
export const SEND_RICH_CONTENT = "com.liveperson.bot-connectors.consumer.send-rich-content";
export const SEND_FILE = "com.liveperson.bot-connectors.consumer.send-file";

/** What a consumer does. */
export type Said =
  | { kind: "welcome" }
  /** `metadata` is that of the button or quick reply that was clicked. */
  | { kind: "text"; text: string; metadata?: Json[] }
  | { kind: "rich-content"; content: JsonObject }
  | { kind: "file"; file: FileDescription };

export interface FileDescription {
  relativePath: string;
  fileType: string;
  caption: string;
}

/** What an event needs to know beside what the consumer does. */
export interface Surroundings {
  conversation: string;
  channel: Channel;
  /** The number of the event in its conversation: LivePerson's key for repeats. */
  sequence: number;
  sdes: JsonObject;
  now: Date;
}

/** Name a new conversation, as a UUID behind the tester's prefix. */
export function newConversation(): string {
  return PREFIX + randomUuid();
}

/** `crypto.randomUUID` is there on https and localhost only; a gateway is often looked at by plain http. */
function randomUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Build the payload of an event. */
export function buildEvent(said: Said, around: Surroundings): EventPayload {
  const lpEvent = around.channel === "chat" ? chatEvent(said, around) : messagingEvent(said, around);
  const payload: EventPayload = {
    convId: around.conversation,
    message: messageOf(said),
    context: { lpEvent, lpSdes: around.sdes },
  };
  if (said.kind === "welcome") {
    payload.event = { name: "WELCOME" };
  }
  return payload;
}

function messageOf(said: Said): string {
  switch (said.kind) {
    case "welcome":
      return "";
    case "text":
      return said.text;
    case "rich-content":
      return SEND_RICH_CONTENT;
    case "file":
      return SEND_FILE;
  }
}

/** Section 1.3, the messaging fields. */
function messagingEvent(said: Said, { conversation, sequence, now }: Surroundings): JsonObject {
  const event: JsonObject = {
    type: "ContentEvent",
    sequence,
    serverTimestamp: now.toISOString(),
    dialogId: conversation,
    originatorId: "console",
    originatorMetadata: { id: "console", role: "CONSUMER", clientProperties: {} },
    messageAudience: "ALL",
    __isMe: false,
    conversationContext: { type: "MESSAGING" },
  };
  switch (said.kind) {
    case "welcome":
      return { ...event, content: "welcome" };
    case "text":
      return {
        ...event,
        event: { type: "ContentEvent", contentType: "text/plain", message: said.text },
        ...(said.metadata && said.metadata.length > 0 ? { metadata: said.metadata } : {}),
      };
    case "rich-content":
      return { ...event, event: { type: "RichContentEvent", content: said.content } };
    case "file":
      return { ...event, event: { type: "ContentEvent", contentType: "hosted/file", ...said.file } };
  }
}

/** Section 1.3, the chat fields. Chat carries neither files nor rich content; sent all the same, they show what the bot does. */
function chatEvent(said: Said, around: Surroundings): JsonObject {
  const event: JsonObject = {
    "@id": String(around.sequence),
    "@type": "line",
    time: around.now.toISOString(),
    text: messageOf(said),
    textType: "plain",
    by: "Console",
    source: "visitor",
    sequence: around.sequence,
    conversationContext: { type: "CHAT" },
  };
  switch (said.kind) {
    case "welcome":
      return { ...event, isWelcomeEvent: true };
    case "text":
      return said.metadata && said.metadata.length > 0 ? { ...event, metadata: said.metadata } : event;
    case "rich-content":
      return { ...event, event: { type: "RichContentEvent", content: said.content } };
    case "file":
      return { ...event, event: { ...said.file } };
  }
}

/** Move a saved event into another conversation; all else stays as it was sent. */
export function readdress(event: Omit<EventPayload, "convId">, conversation: string, sequence: number): EventPayload {
  const context = asObject(event.context);
  const lpEvent = asObject(context.lpEvent);
  const places: JsonObject = {};
  // The sequence is the key by which the gateway knows repeats; a made-up one would change what the bot is sent.
  if ("sequence" in lpEvent) {
    places.sequence = sequence;
  }
  if ("dialogId" in lpEvent) {
    places.dialogId = conversation;
  }
  return {
    ...event,
    convId: conversation,
    ...(event.context ? { context: { ...context, lpEvent: { ...lpEvent, ...places } } } : {}),
  };
}

/** Build the rich content of a consumer who shares a place. */
export function locationContent(latitude: number, longitude: number, name: string): JsonObject {
  const map: JsonObject = { type: "map", la: latitude, lo: longitude };
  if (name !== "") {
    map.tooltip = name;
  }
  return { type: "vertical", elements: [map] };
}

/** Read back what the consumer did from an event's payload, for events that others have built. */
export function readSaid(payload: JsonObject): Said {
  const context = asObject(payload.context);
  const lpEvent = asObject(context.lpEvent);
  const inner = asObject(lpEvent.event);
  const message = typeof payload.message === "string" ? payload.message : "";
  if (
    asObject(payload.event).name === "WELCOME" ||
    lpEvent.isWelcomeEvent === true ||
    lpEvent.content === "welcome" ||
    lpEvent.contentType === "welcome"
  ) {
    return { kind: "welcome" };
  }
  if (message === SEND_RICH_CONTENT || (message === "" && inner.type === "RichContentEvent")) {
    return { kind: "rich-content", content: asObject(inner.content) };
  }
  if (message === SEND_FILE || message === "") {
    const file = typeof inner.relativePath === "string" ? inner : lpEvent;
    const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
    return {
      kind: "file",
      file: { relativePath: text(file.relativePath), fileType: text(file.fileType), caption: text(file.caption) },
    };
  }
  return Array.isArray(lpEvent.metadata)
    ? { kind: "text", text: message, metadata: lpEvent.metadata }
    : { kind: "text", text: message };
}

function asObject(value: Json | undefined): JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}
