/** Is an answer the one that was saved? */

import type { Json } from "../../api/types";
import { diffJson, equalJson, type JsonDiff } from "../../json/diff";
import type { SavedAnswer } from "./file";

export interface Comparison {
  equal: boolean;
  /** Of what is compared: without what differs from run to run. */
  diff: JsonDiff;
}

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?/g;
/** Members whose value may move a little without anything having changed: what the bot understood is in `intentId`. */
const SCORES: ReadonlySet<string> = new Set(["confidenceScore"]);

/** Compare two answers. Left out are UUIDs and times inside texts, confidence scores, and the words of an error. */
export function compareAnswers(before: SavedAnswer, after: SavedAnswer): Comparison {
  const [old, now] = [comparable(before), comparable(after)];
  return { equal: equalJson(old, now), diff: diffJson(old, now) };
}

/** Take out of an answer what differs from run to run. */
export function comparable({ outcome, error, reply }: SavedAnswer): Json {
  return {
    outcome,
    error: error?.code ?? null,
    reply: reply === null ? null : steady({ messages: reply.messages, context: reply.context }),
  };
}

function steady(value: Json): Json {
  if (typeof value === "string") {
    return value.replace(UUID, "«uuid»").replace(TIME, "«time»");
  }
  if (Array.isArray(value)) {
    return value.map(steady);
  }
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        SCORES.has(key) && typeof item === "number" ? "«score»" : steady(item),
      ]),
    );
  }
  return value;
}
