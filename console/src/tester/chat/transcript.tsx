/** The chat window. */

import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import type { Said } from "../conversation/events";
import { announce } from "../conversation/playback";
import type { Conversation } from "../conversation/state";
import { ExchangeView } from "./exchange";

interface Props {
  conversation: Conversation;
  selected: number | null;
  onSelect: (sequence: number) => void;
  onSay: (said: Said) => void;
  onNotice: (sequence: number, text: string) => void;
  onSkip: () => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };

/** Show the exchanges; arrow keys on a consumer's bubble go from one to the next. */
export function Transcript({ conversation, selected, onSelect, onSay, onNotice, onSkip }: Props): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const { exchanges } = conversation;

  // New things are followed, unless the reader has scrolled back to look at old ones.
  const following = useRef(true);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && following.current) {
      element.scrollTop = element.scrollHeight;
    }
  }, [exchanges]);

  const move = (event: TargetedKeyboardEvent<HTMLOListElement>): void => {
    const step = STEPS[event.key];
    const bubbles = [...event.currentTarget.querySelectorAll<HTMLButtonElement>(".consumer-bubble")];
    const index = bubbles.findIndex((bubble) => bubble === document.activeElement);
    if (step === undefined || index === -1) {
      return;
    }
    event.preventDefault();
    const next = Math.min(bubbles.length - 1, Math.max(0, index + step));
    bubbles[next]?.focus();
    const exchange = exchanges[next];
    if (exchange) {
      onSelect(exchange.sequence);
    }
  };

  return (
    <div
      class="transcript"
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label="Conversation"
      onScroll={({ currentTarget: element }) => {
        following.current = element.scrollHeight - element.scrollTop - element.clientHeight < 48;
      }}
    >
      {exchanges.length === 0 ? (
        <div class="empty-chat">
          <h2>Nothing said yet</h2>
          <p class="muted">
            Write something below, or begin with a welcome event. The turn runs through the bot’s real pipeline: hooks, retries,
            circuit and limits.
          </p>
          <button type="button" class="plain-button" onClick={() => onSay({ kind: "welcome" })}>
            Send a welcome event
          </button>
        </div>
      ) : (
        <ol onKeyDown={move}>
          {exchanges.map((exchange, index) => (
            <ExchangeView
              key={`${conversation.id}/${exchange.sequence}`}
              exchange={exchange}
              last={index === exchanges.length - 1}
              selected={exchange.sequence === selected}
              clicks={{
                publish: (text, metadata) => onSay({ kind: "text", text, ...(metadata.length > 0 ? { metadata } : {}) }),
                notice: (text) => onNotice(exchange.sequence, text),
              }}
              onSelect={() => onSelect(exchange.sequence)}
              onSkip={onSkip}
            />
          ))}
        </ol>
      )}
      <Announcer conversation={conversation} />
    </div>
  );
}

/** Tell what has come into sight since the last time, to those who listen. */
function Announcer({ conversation }: { conversation: Conversation }): JSX.Element {
  const last = conversation.exchanges.at(-1);
  const heard = useRef({ sequence: 0, shown: 0 });
  const [words, setWords] = useState("");
  const sequence = last?.sequence ?? 0;
  const shown = last?.shown ?? 0;

  useEffect(() => {
    const from = heard.current.sequence === sequence ? heard.current.shown : 0;
    heard.current = { sequence, shown };
    const told = last?.problem ?? announce(last?.items.slice(from, shown) ?? []);
    if (told !== "") {
      setWords(told);
    }
  }, [last, sequence, shown]);

  return (
    <p class="visually-hidden" aria-live="polite">
      {words}
    </p>
  );
}
