/** JSON as lines of text, each knowing its place in the value. */

import type { Json } from "../api/types";

export type LineKind = "open" | "close" | "string" | "number" | "literal" | "empty";

export interface Line {
  /** Levels of indentation. */
  depth: number;
  /** The value's path, `$.messages[0].text`; of a closing bracket: that of what it closes. */
  path: string;
  /** The member's name; null in arrays, at the root and on closing brackets. */
  key: string | null;
  kind: LineKind;
  /** What stands after the name: a bracket, or the whole value. */
  text: string;
  /** Whether a comma follows. */
  comma: boolean;
}

const PLAIN_NAME = /^[A-Za-z_$][\w$-]*$/;

/** Name a member's path, in the form that the gateway's findings have. */
export function memberPath(parent: string, key: string): string {
  return PLAIN_NAME.test(key) ? `${parent}.${key}` : `${parent}[${JSON.stringify(key)}]`;
}

/** Write a value as indented lines. */
export function toLines(value: Json): Line[] {
  const lines: Line[] = [];
  write(lines, value, null, "$", 0, false);
  return lines;
}

function write(lines: Line[], value: Json, key: string | null, path: string, depth: number, comma: boolean): void {
  if (value === null || typeof value !== "object") {
    const kind = typeof value === "string" ? "string" : typeof value === "number" ? "number" : "literal";
    lines.push({ depth, path, key, kind, text: JSON.stringify(value), comma });
    return;
  }
  const list = Array.isArray(value);
  const [opening, closing] = list ? "[]" : "{}";
  const members: [string | null, string, Json][] = list
    ? value.map((item, index) => [null, `${path}[${index}]`, item])
    : Object.entries(value).map(([name, item]) => [name, memberPath(path, name), item]);
  if (members.length === 0) {
    lines.push({ depth, path, key, kind: "empty", text: `${opening ?? ""}${closing ?? ""}`, comma });
    return;
  }
  lines.push({ depth, path, key, kind: "open", text: opening ?? "", comma: false });
  members.forEach(([name, place, item], index) => {
    write(lines, item, name, place, depth + 1, index < members.length - 1);
  });
  lines.push({ depth, path, key: null, kind: "close", text: closing ?? "", comma });
}

/** Find the line at which the value of a path begins, or that of the nearest value around it; -1 when there is none. */
export function findLine(lines: readonly Line[], path: string): number {
  for (let place = path; place !== ""; place = place.replace(/(\.[^.[\]]+|\[(?:\d+|"(?:[^"\\]|\\.)*")\]|\$)$/, "")) {
    const found = lines.findIndex((line) => line.path === place && line.kind !== "close");
    if (found !== -1 || !/[.[]/.test(place)) {
      return found;
    }
  }
  return -1;
}
