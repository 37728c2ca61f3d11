/** Conversations as files: what docs/console-files.md describes. */

import type { EventPayload, Json, JsonObject, Reply, Turn } from "../../api/types";
import { parseObject } from "../../json/parse";
import { isObject } from "../conversation/playback";

export const FORMAT = "botbridge-conversation";
export const VERSION = 1;
/** Bytes; far more than a person can type, and little enough to be read at once. */
export const LARGEST_FILE = 8 * 1024 * 1024;

/** What came of an event, as far as it is compared. */
export interface SavedAnswer {
  outcome: string;
  error: { code: string; message: string } | null;
  reply: Reply | null;
}

export interface SavedTurn {
  /** Without its `convId`: played again, it belongs to another conversation. */
  event: Omit<EventPayload, "convId">;
  answer: SavedAnswer | null;
}

export interface SavedConversation {
  format: typeof FORMAT;
  version: typeof VERSION;
  saved: string;
  /** What the conversation was held with; it may be played again with another bot. */
  bot: { account: string; bot: string; environment: string | null; channel: string; vendor: string };
  turns: SavedTurn[];
}

/** Keep of a turn what a later one is compared with. */
export function toAnswer(turn: Turn): SavedAnswer {
  const error = turn.error ? { code: turn.error.code, message: turn.error.message } : null;
  return { outcome: turn.outcome, error, reply: turn.reply };
}

/** Keep of an event what does not belong to its conversation alone. */
export function toSavedEvent(event: EventPayload): Omit<EventPayload, "convId"> {
  const saved: Partial<EventPayload> = { ...event };
  delete saved.convId;
  return saved;
}

/** Write a file's text. */
export function writeFile(conversation: SavedConversation): string {
  return `${JSON.stringify(conversation, null, 2)}\n`;
}

/** Read a file's text; a problem says where the file is not what it should be. */
export function readFile(text: string): SavedConversation | { problem: string } {
  const parsed = parseObject(text);
  if ("problem" in parsed) {
    return { problem: `This is no JSON file: ${parsed.problem}.` };
  }
  const { format, version, saved, bot, turns } = parsed.value;
  if (format !== FORMAT) {
    return { problem: `This is no conversation of the tester: format is not "${FORMAT}".` };
  }
  if (version !== VERSION) {
    return { problem: `This file has version ${JSON.stringify(version ?? null)}; this console reads version ${VERSION}.` };
  }
  if (!isObject(bot) || ["account", "bot", "channel", "vendor"].some((key) => typeof bot[key] !== "string")) {
    return { problem: "bot must be an object with account, bot, channel and vendor." };
  }
  if (!Array.isArray(turns) || turns.length === 0) {
    return { problem: "turns must be a list with at least one turn." };
  }
  const read: SavedTurn[] = [];
  for (const [index, turn] of turns.entries()) {
    const problem = problemOf(turn);
    if (problem) {
      return { problem: `turns[${index}]${problem}` };
    }
    read.push(turn as unknown as SavedTurn);
  }
  return {
    format: FORMAT,
    version: VERSION,
    saved: typeof saved === "string" ? saved : "",
    bot: { ...(bot as unknown as SavedConversation["bot"]), environment: asText(bot.environment) },
    turns: read,
  };
}

const asText = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);

function problemOf(turn: Json): string | null {
  if (!isObject(turn)) {
    return " must be an object.";
  }
  if (!isObject(turn.event)) {
    return ".event must be an object.";
  }
  const { answer } = turn;
  if (answer === null || answer === undefined) {
    return null;
  }
  if (!isObject(answer) || typeof answer.outcome !== "string") {
    return ".answer must be null, or an object with an outcome.";
  }
  if (answer.error !== null && !(isObject(answer.error) && typeof answer.error.code === "string")) {
    return ".answer.error must be null, or an object with a code.";
  }
  return answer.reply === null || isReply(answer.reply) ? null : ".answer.reply must be null, or have messages and context.";
}

function isReply(reply: Json | undefined): reply is JsonObject {
  return isObject(reply) && Array.isArray(reply.messages) && isObject(reply.context);
}
