/** Two versions of a JSON value, line by line, with long unchanged stretches folded. */

import { diffArrays, diffWordsWithSpace } from "diff";

import type { Json } from "../api/types";
import { type Line, toLines } from "./lines";

export type Change = "same" | "added" | "removed";

export interface DiffLine extends Line {
  change: Change;
  /** Of a text that has another on the other side: its pieces, and which of them the other has not. */
  pieces?: Piece[];
}

export interface Piece {
  text: string;
  changed: boolean;
}

export interface Fold {
  /** Whether the lines are hidden until somebody asks for them. */
  folded: boolean;
  lines: DiffLine[];
}

export interface JsonDiff {
  equal: boolean;
  added: number;
  removed: number;
  folds: Fold[];
}

/** Lines that stay in sight on either side of a change. */
export const CONTEXT = 3;
/** Characters; longer texts are not compared word by word. */
const LONGEST_TEXT = 20_000;

/** Compare two values. The order of an object's members is part of how they are shown, but not of whether they are equal. */
export function diffJson(before: Json, after: Json): JsonDiff {
  if (equalJson(before, after)) {
    return { equal: true, added: 0, removed: 0, folds: [{ folded: false, lines: toLines(after).map(same) }] };
  }
  const changes = diffArrays(toLines(before), toLines(after), { comparator: alike });
  const lines = changes.flatMap(({ value, added, removed }) =>
    value.map((line): DiffLine => ({ ...line, change: added ? "added" : removed ? "removed" : "same" })),
  );
  markPieces(lines);
  return {
    equal: false,
    added: lines.filter((line) => line.change === "added").length,
    removed: lines.filter((line) => line.change === "removed").length,
    folds: fold(lines),
  };
}

/** Compare texts that stand at the same place on both sides word by word. */
function markPieces(lines: readonly DiffLine[]): void {
  const removed = new Map<string, DiffLine>();
  for (const line of lines) {
    if (line.kind === "string" && line.change === "removed") {
      removed.set(line.path, line);
    }
  }
  for (const line of lines) {
    const other = line.change === "added" && line.kind === "string" ? removed.get(line.path) : undefined;
    if (other && line.text.length + other.text.length <= LONGEST_TEXT) {
      const pieces = diffWordsWithSpace(other.text, line.text);
      other.pieces = pieces.filter((piece) => !piece.added).map((piece) => ({ text: piece.value, changed: piece.removed }));
      line.pieces = pieces.filter((piece) => !piece.removed).map((piece) => ({ text: piece.value, changed: piece.added }));
    }
  }
}

const same = (line: Line): DiffLine => ({ ...line, change: "same" });

/** A comma alone is no change: it comes and goes with what follows. */
function alike(a: Line, b: Line): boolean {
  return a.depth === b.depth && a.key === b.key && a.text === b.text;
}

/** Fold every run of unchanged lines that is longer than what would be saved by hiding it. */
export function fold(lines: readonly DiffLine[], context = CONTEXT): Fold[] {
  const near = new Array<boolean>(lines.length).fill(false);
  lines.forEach((line, index) => {
    if (line.change !== "same") {
      near.fill(true, Math.max(0, index - context), index + context + 1);
    }
  });
  const folds: Fold[] = [];
  lines.forEach((line, index) => {
    const folded = near[index] !== true;
    const last = folds.at(-1);
    if (last?.folded === folded) {
      last.lines.push(line);
    } else {
      folds.push({ folded, lines: [line] });
    }
  });
  // A single hidden line would give way to a button of the same height.
  return folds.map((part) => (part.lines.length > 1 ? part : { ...part, folded: false }));
}

/** Compare two values as JSON: members in any order. */
export function equalJson(a: Json, b: Json): boolean {
  if (a === b) {
    return true;
  }
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") {
    return false;
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => equalJson(item, b[index] ?? null))
    );
  }
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key] ?? null, b[key] ?? null))
  );
}
