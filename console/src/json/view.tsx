/** JSON to look at: one version, or what changed from one to the other. */

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import type { Json } from "../api/types";
import { CopyButton } from "../ui/copy-button";
import { type DiffLine, diffJson, type Fold } from "./diff";
import { findLine } from "./lines";
import { unfold } from "./unfold";

/** A place to go to; every request is a new object, so that the same place can be asked for twice. */
export interface Target {
  path: string;
}

interface Props {
  /** What it is, for those who listen and for the copy button: "the vendor's request". */
  what: string;
  before: Json;
  after: Json;
  /** What is said above: who changed what, or that no one did. */
  note: (equal: boolean, added: number, removed: number) => string;
  target?: Target | null;
}

/** Lines that are drawn at once; more are asked for. */
const AT_ONCE = 1500;

/** Show two versions of a value as one text with its changes; equal ones once. */
export function JsonView({ what, before, after, note, target = null }: Props): JSX.Element {
  const [unfolded, setUnfolded] = useState(false);
  const inner = useMemo(() => [unfold(before), unfold(after)] as const, [before, after]);
  const foldable = inner[0] !== before || inner[1] !== after;
  const diff = useMemo(() => (unfolded ? diffJson(...inner) : diffJson(before, after)), [unfolded, inner, before, after]);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const [all, setAll] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => diff.folds.flatMap((part) => part.lines), [diff]);
  const marked = useMemo(() => (target === null ? -1 : lineOf(lines, target.path)), [lines, target]);

  useEffect(() => setOpened(new Set()), [diff]);

  useEffect(() => {
    if (marked === -1) {
      return;
    }
    setOpened((now) => new Set(now).add(foldOf(diff.folds, marked)));
    setAll((now) => now || marked >= AT_ONCE);
    requestAnimationFrame(() => {
      const line = place.current?.querySelector(`[data-line="${marked}"]`);
      line?.scrollIntoView({ block: "center", behavior: "smooth" });
    });
  }, [marked, diff, target]);

  let number = 0;
  return (
    <div class="json-view">
      <div class="json-note">
        <span class={diff.equal ? "muted" : ""}>{note(diff.equal, diff.added, diff.removed)}</span>
        {!diff.equal && (
          <span class="diff-counts">
            <span class="added-count">+{diff.added}</span> <span class="removed-count">−{diff.removed}</span>
          </span>
        )}
        {foldable && (
          <label class="unfold">
            <input type="checkbox" checked={unfolded} onChange={(event) => setUnfolded(event.currentTarget.checked)} />
            Unfold JSON in texts
          </label>
        )}
        <CopyButton text={JSON.stringify(after ?? before, null, 2)} what={what} />
      </div>
      <div class="json" ref={place} role="region" tabIndex={0} aria-label={what}>
        {diff.folds.map((part, index) => {
          const first = number;
          number += part.lines.length;
          if (part.folded && !opened.has(index)) {
            return (
              <button key={index} type="button" class="fold" onClick={() => setOpened(new Set(opened).add(index))}>
                {part.lines.length} unchanged lines
              </button>
            );
          }
          const shown = all ? part.lines : part.lines.slice(0, Math.max(0, AT_ONCE - first));
          return shown.map((line, offset) => (
            <LineView key={first + offset} line={line} number={first + offset} marked={first + offset === marked} />
          ));
        })}
        {!all && lines.length > AT_ONCE && (
          <button type="button" class="fold" onClick={() => setAll(true)}>
            Show all {lines.length} lines
          </button>
        )}
      </div>
    </div>
  );
}

/** Findings speak of the first version; what only the second has is passed over. */
function lineOf(lines: readonly DiffLine[], path: string): number {
  const old = lines.map((line, index) => ({ line, index })).filter(({ line }) => line.change !== "added");
  return old[findLine(old.map(({ line }) => line), path)]?.index ?? -1;
}

function foldOf(folds: readonly Fold[], line: number): number {
  let end = 0;
  return folds.findIndex((part) => (end += part.lines.length) > line);
}

function LineView({ line, number, marked }: { line: DiffLine; number: number; marked: boolean }): JSX.Element {
  return (
    <div class={`line ${line.change}${marked ? " marked" : ""}`} data-line={number} data-path={line.path}>
      <span class="sign" aria-hidden={line.change === "same"}>
        {{ same: " ", added: "+", removed: "−" }[line.change]}
      </span>
      <span class="line-text" style={{ paddingInlineStart: `${Math.min(line.depth, 20) * 0.9 + 1}em` }}>
        {line.key !== null && (
          <>
            <span class="json-key">{JSON.stringify(line.key)}</span>:{" "}
          </>
        )}
        <span class={`json-${line.kind}`}>
          {line.pieces
            ? line.pieces.map((piece, index) =>
                piece.changed ? (
                  <span key={index} class="changed-piece">
                    {piece.text}
                  </span>
                ) : (
                  piece.text
                ),
              )
            : line.text}
        </span>
        {line.comma && ","}
      </span>
    </div>
  );
}
