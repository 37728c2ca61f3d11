/** A field for a JSON object, which tells where a mistake is while one types. */

import type { JSX } from "preact";
import { useId } from "preact/hooks";

import { parseObject } from "../json/parse";

interface Props {
  label: string;
  text: string;
  rows?: number;
  onText: (text: string) => void;
}

/** Edit the text of an object; below it stands its first mistake. */
export function JsonField({ label, text, rows = 10, onText }: Props): JSX.Element {
  const id = useId();
  const parsed = parseObject(text);
  const problem = "problem" in parsed ? parsed.problem : null;
  return (
    <label class="field">
      <span>{label}</span>
      <textarea
        class="mono json-field"
        rows={rows}
        spellcheck={false}
        value={text}
        aria-invalid={problem !== null}
        aria-describedby={id}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      <span id={id} class="refusal" aria-live="polite">
        {problem}
      </span>
    </label>
  );
}
