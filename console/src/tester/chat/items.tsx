/** What the bot said: bubbles, rich content, notes, delays, system lines. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";

import { Icon } from "../../shell/icons";
import { describeAction, type Item } from "../conversation/playback";
import type { Clicks } from "./renderer";
import { RichContent } from "./rich-content";

interface Props {
  items: readonly Item[];
  clicks: Clicks;
  /** Whether nothing has been said since: only then are quick replies there. */
  last: boolean;
}

/** Show items in their order. */
export function Items({ items, clicks, last }: Props): JSX.Element {
  return (
    <>
      {items.map((item, index) => (
        <ItemView key={index} item={item} clicks={clicks} current={last && !hasVisible(items, index + 1)} />
      ))}
    </>
  );
}

/** A later message hides quick replies; notes and actions, which the consumer does not see, do not. */
function hasVisible(items: readonly Item[], from: number): boolean {
  return items.slice(from).some((item) => ["text", "rich", "quick-replies"].includes(item.kind));
}

function ItemView({ item, clicks, current }: { item: Item; clicks: Clicks; current: boolean }): JSX.Element | null {
  switch (item.kind) {
    case "text":
      return <p class="bubble bot-bubble">{item.text}</p>;
    case "rich":
      return <RichItem content={item.content} clicks={clicks} />;
    case "quick-replies":
      return <QuickReplies item={item} clicks={clicks} current={current} />;
    case "note":
      return (
        <p class="bubble note-bubble">
          <span class="bubble-label">
            <Icon name="lock" size={13} /> Private note, for agents and managers
          </span>
          {item.text}
        </p>
      );
    case "delay":
      return (
        <p class="system-line">
          Delay of {item.seconds} s{item.typing ? ", typing" : ", silent"}
        </p>
      );
    case "action":
      return (
        <p class="system-line action-line" title={JSON.stringify({ action: item.name, actionParameters: item.parameters })}>
          <Icon name="arrow" size={14} />
          <span>
            {describeAction(item.name, item.parameters)} <code>{item.name}</code>
          </span>
        </p>
      );
    case "unknown":
      return (
        <p class="system-line">
          A message that LivePerson does not know: <code>{item.json}</code>
        </p>
      );
  }
}

function RichItem({ content, clicks }: { content: Extract<Item, { kind: "rich" }>["content"]; clicks: Clicks }): JSX.Element {
  const contents = useMemo(() => [content], [content]);
  return <RichContent contents={contents} clicks={clicks} />;
}

interface QuickRepliesProps {
  item: Extract<Item, { kind: "quick-replies" }>;
  clicks: Clicks;
  current: boolean;
}

function QuickReplies({ item, clicks, current }: QuickRepliesProps): JSX.Element {
  return (
    <>
      {item.message !== "" && <p class="bubble bot-bubble">{item.message}</p>}
      {current ? (
        <div class="quick-replies" role="group" aria-label="Quick replies">
          <RichContent contents={item.replies} clicks={clicks} />
        </div>
      ) : (
        <p class="system-line">
          {item.replies.length === 1 ? "1 quick reply" : `${item.replies.length} quick replies`}, gone since something else was said
        </p>
      )}
    </>
  );
}
