/** One turn of the conversation: what the consumer did, what came of it. */

import type { JSX } from "preact";

import type { Json } from "../../api/types";
import { Icon, type IconName } from "../../shell/icons";
import { asText, isObject } from "../conversation/playback";
import type { Said } from "../conversation/events";
import type { Exchange } from "../conversation/state";
import { compareAnswers } from "../saved/compare";
import { toAnswer } from "../saved/file";
import { formatMs } from "../format";
import { Items } from "./items";
import type { Clicks } from "./renderer";

interface Props {
  exchange: Exchange;
  last: boolean;
  selected: boolean;
  clicks: Clicks;
  onSelect: () => void;
  onSkip: () => void;
}

/** Show an exchange; its first bubble selects it. */
export function ExchangeView({ exchange, last, selected, clicks, onSelect, onSkip }: Props): JSX.Element {
  const { turn, items, shown, problem } = exchange;
  const delay = items[shown];
  return (
    <li class={`exchange${selected ? " selected" : ""}`} data-sequence={exchange.sequence}>
      <button type="button" class="bubble consumer-bubble" aria-current={selected ? "true" : undefined} onClick={onSelect}>
        <SaidView said={exchange.said} />
      </button>
      <Items items={items.slice(0, shown)} clicks={clicks} last={last} />
      {delay?.kind === "delay" && (
        <div class="waiting">
          {delay.typing ? <Dots /> : <span class="system-line">Silent for {delay.seconds} s</span>}
          <button type="button" class="quiet-button small-quiet" onClick={onSkip}>
            Skip
          </button>
        </div>
      )}
      {turn === null && problem === null && (
        <div class="waiting">
          <Dots />
          <span class="visually-hidden">The bot is asked</span>
        </div>
      )}
      {problem !== null && (
        <p class="system-line refused-line" role="alert">
          <Icon name="warning" size={15} /> {problem}
        </p>
      )}
      {turn && (
        <p class="exchange-foot">
          {turn.error && <span class="failure-name">{shortCode(turn.error.code)}</span>}
          {turn.outcome !== "answered" && <span class={`tag ${outcomeTag(turn.outcome)}`}>{turn.outcome}</span>}
          {turn.findings.length > 0 && (
            <span class="tag tag-warn">
              {turn.findings.length} {turn.findings.length === 1 ? "finding" : "findings"}
            </span>
          )}
          <Compared exchange={exchange} />
          <span>{formatMs(turn.totalMs)}</span>
          {turn.attempts > 1 && <span>{turn.attempts} attempts</span>}
        </p>
      )}
      {exchange.notices.map((notice, index) => (
        <p key={index} class="system-line">
          {notice}
        </p>
      ))}
    </li>
  );
}

/** Choose the tag's colour for an outcome. */
export function outcomeTag(outcome: string): string {
  return { answered: "tag-good", escalated: "tag-warn", repeated: "tag-accent" }[outcome] ?? "tag-bad";
}

/** Leave of a code what tells it from others: LivePerson's begin alike. */
export function shortCode(code: string): string {
  return code.split(".").slice(-2).join(".");
}

function Compared({ exchange }: { exchange: Exchange }): JSX.Element | null {
  if (!exchange.saved || !exchange.turn) {
    return null;
  }
  return compareAnswers(exchange.saved, toAnswer(exchange.turn)).equal ? (
    <span class="tag tag-good">as before</span>
  ) : (
    <span class="tag tag-bad">differs</span>
  );
}

function SaidView({ said }: { said: Said }): JSX.Element {
  switch (said.kind) {
    case "welcome":
      return <Special icon="wave" text="Welcome event" />;
    case "text":
      return (
        <>
          {said.text}
          {said.metadata && said.metadata.length > 0 && (
            <span class="bubble-label">clicked, with metadata {said.metadata.map(nameOf).join(", ")}</span>
          )}
        </>
      );
    case "rich-content":
      return <Special icon="pin" text={`Rich content: ${placeOf(said)}`} />;
    case "file":
      return <Special icon="file" text={`File: ${said.file.relativePath}`} />;
  }
}

function nameOf(metadata: Json): string {
  return isObject(metadata) ? asText(metadata.id ?? metadata.type ?? "…") : asText(metadata);
}

function placeOf(said: Extract<Said, { kind: "rich-content" }>): string {
  const elements = Array.isArray(said.content.elements) ? said.content.elements : [];
  const map = elements.filter(isObject).find((element) => element.type === "map");
  if (!map) {
    return asText(said.content.type);
  }
  return [map.tooltip, map.la, map.lo].flatMap((part) => (part === undefined ? [] : asText(part))).join(", ");
}

function Special({ icon, text }: { icon: IconName; text: string }): JSX.Element {
  return (
    <span class="special">
      <Icon name={icon} size={16} /> {text}
    </span>
  );
}

function Dots(): JSX.Element {
  return (
    <span class="dots" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  );
}
