/** An answer as what the consumer gets to see, one thing after the other. */

import type { Json, JsonObject, Reply } from "../../api/types";

export type Item =
  | { kind: "text"; text: string }
  | { kind: "rich"; content: JsonObject }
  | { kind: "quick-replies"; message: string; replies: JsonObject[]; itemsPerRow: number }
  | { kind: "delay"; seconds: number; typing: boolean }
  | { kind: "note"; text: string }
  | { kind: "action"; name: string; parameters: JsonObject }
  | { kind: "unknown"; json: string };

/** The longest that the tester really waits for a delay, in seconds. */
export const LONGEST_WAIT = 5;

/** Take an answer apart in the order in which LivePerson plays it (docs/contract/custom-integration.md section 2.4). */
export function toItems(reply: Reply): Item[] {
  const items = reply.messages.map(toItem);
  const { structuredContent, action, actionParameters } = reply.context;
  if (isObject(structuredContent)) {
    items.push(toRich(structuredContent));
  }
  if (typeof action === "string") {
    items.push({ kind: "action", name: action, parameters: isObject(actionParameters) ? actionParameters : {} });
  }
  return items;
}

function toItem(message: Json): Item {
  if (typeof message === "string") {
    return { kind: "text", text: message };
  }
  if (isObject(message)) {
    if (isObject(message.structuredContent)) {
      return toRich(message.structuredContent);
    }
    if (typeof message.delay === "number") {
      return { kind: "delay", seconds: message.delay, typing: message.typing !== false };
    }
    if (typeof message.text === "string") {
      return { kind: "note", text: message.text };
    }
  }
  return { kind: "unknown", json: JSON.stringify(message) };
}

function toRich(content: JsonObject): Item {
  const { quickReplies } = content;
  if (!isObject(quickReplies)) {
    return { kind: "rich", content };
  }
  return {
    kind: "quick-replies",
    message: typeof content.message === "string" ? content.message : "",
    replies: Array.isArray(quickReplies.replies) ? quickReplies.replies.filter(isObject) : [],
    itemsPerRow: typeof quickReplies.itemsPerRow === "number" ? Math.max(1, quickReplies.itemsPerRow) : 8,
  };
}

/** Say how many items are in sight when everything up to the next delay is. */
export function shownUntilDelay(items: readonly Item[], from = 0): number {
  const delay = items.findIndex((item, index) => index >= from && item.kind === "delay");
  return delay === -1 ? items.length : delay;
}

/** Put what came into words, for those who listen. */
export function announce(items: readonly Item[]): string {
  const words = items.flatMap((item): string[] => {
    switch (item.kind) {
      case "text":
        return [item.text];
      case "rich":
        return [`rich content: ${textsOf(item.content).join(", ")}`];
      case "quick-replies":
        return [item.message, `quick replies: ${item.replies.map((reply) => asText(reply.title)).join(", ")}`];
      case "note":
        return [`private note: ${item.text}`];
      case "action":
        return [describeAction(item.name, item.parameters)];
      default:
        return [];
    }
  });
  return words.length === 0 ? "" : `Bot: ${words.join(". ")}`;
}

/** Collect the words of a structured content, in the order in which they are shown. */
export function textsOf(content: Json): string[] {
  if (Array.isArray(content)) {
    return content.flatMap(textsOf);
  }
  if (!isObject(content)) {
    return [];
  }
  const own = [content.text, content.title, content.caption].filter((text) => typeof text === "string");
  return [...own, ...textsOf(content.elements ?? null)];
}

/** Say what LivePerson does after the messages. */
export function describeAction(name: string, parameters: JsonObject): string {
  const text = (key: string): string => asText(parameters[key] ?? "?");
  switch (name) {
    case "TRANSFER":
      return parameters.agentId === undefined
        ? `Transfer to the skill ${text("skill")}`
        : `Transfer to agent ${text("agentId")} of the skill ${text("skill")}`;
    case "CLOSE_CONVERSATION":
      return parameters.withoutPcs === true ? "Close the conversation, without a survey" : "Close the conversation";
    case "CHANGE_TTR":
      return `Change the time to respond to ${text("ttrType")}${parameters.value === undefined ? "" : ` (${text("value")} s)`}`;
    case "INVOCATION":
      return `Invoke the function ${text("lambdaUuid")}`;
    default:
      return name;
  }
}

/** Write a value that should be a text. */
export function asText(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
