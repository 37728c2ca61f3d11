/** JSON that somebody typed: its value, or the place and kind of the first mistake. */

import { parse, type ParseError, printParseErrorCode } from "jsonc-parser";

import type { Json, JsonObject } from "../api/types";

export type Parsed<T> = { value: T } | { problem: string };

const WORDS: Record<string, string> = {
  InvalidSymbol: "this is no JSON value",
  InvalidNumberFormat: "this is no number",
  PropertyNameExpected: "a member's name in double quotes is missing",
  ValueExpected: "a value is missing",
  ColonExpected: "a colon is missing",
  CommaExpected: "a comma is missing",
  CloseBraceExpected: "a closing brace } is missing",
  CloseBracketExpected: "a closing bracket ] is missing",
  EndOfFileExpected: "there is more after the end of the value",
  InvalidCommentToken: "JSON has no comments",
  UnexpectedEndOfComment: "JSON has no comments",
  UnexpectedEndOfString: "a closing quote is missing",
  UnexpectedEndOfNumber: "the number is cut off",
  InvalidUnicode: "\\u needs four hexadecimal digits",
  InvalidEscapeCharacter: "there is no such escape; a backslash itself is \\\\",
  InvalidCharacter: "this character must be escaped",
};

/** Parse a text; a problem names line and column. */
export function parseJson(text: string): Parsed<Json> {
  const errors: ParseError[] = [];
  const value = parse(text, errors, { disallowComments: true, allowTrailingComma: false }) as Json | undefined;
  const [first] = errors;
  if (first) {
    const code = printParseErrorCode(first.error);
    return { problem: `${placeOf(text, first.offset)}: ${WORDS[code] ?? code}` };
  }
  return value === undefined ? { problem: "line 1, column 1: a value is missing" } : { value };
}

/** Parse a text that must be an object. */
export function parseObject(text: string): Parsed<JsonObject> {
  const parsed = parseJson(text);
  if ("problem" in parsed) {
    return parsed;
  }
  if (parsed.value === null || typeof parsed.value !== "object" || Array.isArray(parsed.value)) {
    return { problem: "line 1, column 1: this must be an object, { … }" };
  }
  return { value: parsed.value };
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
