/** All that happened in a turn. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { Json, Turn } from "../../api/types";
import { JsonView, type Target } from "../../json/view";
import { CopyButton } from "../../ui/copy-button";
import { type Tab, Tabs } from "../../ui/tabs";
import { outcomeTag } from "../chat/exchange";
import { formatClock, formatMs } from "../format";
import { comparable } from "../saved/compare";
import { type SavedAnswer, toAnswer } from "../saved/file";
import { Failure } from "./failure";
import { Findings } from "./findings";
import { Timeline } from "./timeline";

type Part = "request" | "answer" | "reply" | "event" | "compared";

interface Props {
  turn: Turn;
  /** The answer of the conversation that is played again. */
  saved: SavedAnswer | null;
}

/** Show a turn: its steps, its error and findings, and the JSON at every stage. */
export function TurnView({ turn, saved }: Props): JSX.Element {
  const [part, setPart] = useState<Part>(saved ? "compared" : "request");
  const [target, setTarget] = useState<Target | null>(null);

  useEffect(() => setTarget(null), [turn.id]);
  useEffect(() => setPart((now) => (saved ? "compared" : now === "compared" ? "request" : now)), [saved]);

  const tabs: Tab<Part>[] = [
    ...(saved ? [{ name: "compared" as const, title: "Compared" }] : []),
    { name: "request", title: <>Request{mark(turn.request.built, turn.request.sent)}</> },
    { name: "answer", title: <>Answer{mark(turn.answer.given, turn.answer.read)}</> },
    { name: "reply", title: <>LivePerson{mark(turn.draft, turn.reply)}</> },
    { name: "event", title: "Event" },
  ];

  return (
    <article class="turn" aria-label="Turn">
      <TurnHead turn={turn} />
      <Timeline turn={turn} />
      {turn.error && <Failure error={turn.error} outcome={turn.outcome} />}
      <Findings
        findings={turn.findings}
        warnings={turn.warnings}
        onGo={(path) => {
          setPart("reply");
          setTarget({ path });
        }}
      />
      <Tabs label="Parts of the turn" tabs={tabs} chosen={part} onChoose={setPart}>
        <PartView key={turn.id} part={part} turn={turn} saved={saved} target={target} />
      </Tabs>
    </article>
  );
}

function TurnHead({ turn }: { turn: Turn }): JSX.Element {
  return (
    <header class="turn-head">
      <div class="turn-title">
        <span class={`tag ${outcomeTag(turn.outcome)}`}>{turn.outcome}</span>
        <h2>{formatMs(turn.totalMs)}</h2>
        <span class="muted">
          {turn.attempts === 1 ? "1 attempt" : `${turn.attempts} attempts`} · {turn.kind} · {turn.channel}
          {turn.environment === null ? "" : ` · ${turn.environment}`} · <time dateTime={turn.at} title={turn.at}>{formatClock(turn.at)}</time>
        </span>
      </div>
      <p class="turn-ids small muted">
        <code>{turn.conversation}</code>
        <CopyButton text={turn.conversation} what="the conversation’s id" />
        <span class="copy-all">
          <CopyButton text={JSON.stringify(turn, null, 2)} what="the whole turn as JSON" />
        </span>
      </p>
    </header>
  );
}

/** A dot on a tab whose two versions differ. */
function mark(before: unknown, after: unknown): JSX.Element | null {
  if (before === null || JSON.stringify(before) === JSON.stringify(after)) {
    return null;
  }
  return (
    <span class="changed-dot" title="changed">
      <span class="visually-hidden"> (changed)</span>
    </span>
  );
}

interface PartProps extends Props {
  part: Part;
  target: Target | null;
}

function PartView({ part, turn, saved, target }: PartProps): JSX.Element {
  switch (part) {
    case "request":
      return (
        <Versions
          what="the vendor’s request"
          before={turn.request.built}
          after={turn.request.sent}
          absent={absent(turn, "No request was built: the turn ended before that.")}
          gone="The pre hooks failed; this is the request before them."
          note={(equal) => (equal ? "Sent as it was built; the pre hooks changed nothing." : "Changed by the pre hooks.")}
        />
      );
    case "answer":
      return (
        <Versions
          what="the vendor’s answer"
          before={turn.answer.given}
          after={turn.answer.read}
          absent={absent(turn, "The vendor gave no answer.")}
          gone="The post hooks failed; this is the answer before them."
          note={(equal) => (equal ? "Read as the vendor gave it; the post hooks changed nothing." : "Changed by the post hooks.")}
        />
      );
    case "reply":
      return (
        <Versions
          what="LivePerson’s answer"
          before={turn.draft as Json}
          after={turn.reply as Json}
          absent="Nothing was answered: the turn failed without an escalation."
          gone="This is what the bot wanted to say; it was not answered."
          target={target}
          note={(equal) => replyNote(turn, equal)}
        />
      );
    case "event":
      return (
        <JsonView what="the event" before={turn.event} after={turn.event} note={() => "What came in, as a custom integration sends it."} />
      );
    case "compared":
      return saved ? (
        <JsonView
          what="the answer"
          before={comparable(saved)}
          after={comparable(toAnswer(turn))}
          note={(equal) =>
            equal
              ? "The same as saved, apart from ids, times and scores."
              : "Saved (−) and now (+), without ids, times and scores."
          }
        />
      ) : (
        <p class="muted">Nothing to compare with.</p>
      );
  }
}

/** A turn that was too large to be recorded whole has lost its exchange; its warnings say so. */
function absent(turn: Turn, otherwise: string): string {
  return turn.source === "recorded" && turn.warnings.length > 0 ? `${otherwise} Or it was not kept: see above.` : otherwise;
}

function replyNote(turn: Turn, equal: boolean): string {
  if (turn.outcome === "repeated") {
    return "The first answer again: the event was a repeat.";
  }
  if (turn.draft === null && turn.error) {
    return "The bot’s escalation; the bot itself said nothing that could be read.";
  }
  if (equal) {
    return "Answered as the bot meant it.";
  }
  return turn.error ? "What the bot wanted to say, and the escalation in its place." : "Changed to what LivePerson takes.";
}

interface VersionsProps {
  what: string;
  before: Json;
  after: Json;
  /** Said when there is neither version. */
  absent: string;
  /** Said when only the first is there. */
  gone: string;
  note: (equal: boolean) => string;
  target?: Target | null;
}

function Versions({ what, before, after, absent, gone, note, target = null }: VersionsProps): JSX.Element {
  if (before === null && after === null) {
    return <p class="nothing muted">{absent}</p>;
  }
  if (after === null) {
    return <JsonView what={what} before={before} after={before} note={() => gone} target={target} />;
  }
  return <JsonView what={what} before={before ?? after} after={after} note={note} target={target} />;
}
