/** What went wrong: the bot's errors, newest first, of all conversations or of one. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { getErrors } from "../../api/client";
import type { LoggedError } from "../../api/types";
import { CopyButton } from "../../ui/copy-button";
import { useFetched } from "../fetched";
import { formatCount } from "../format";
import { Moment } from "../moment";

/** Errors shown at first, and more at each press. */
const STEP = 10;

/** How long the filter waits for the next letter. */
const TYPING_MS = 300;

interface Props {
  account: string;
  name: string;
  /** The newest error's id, as far as is known: when it changes the log has grown. */
  nudge: string | null;
}

/** Show the error log. */
export function ErrorLog({ account, name, nudge }: Props): JSX.Element {
  const [typed, setTyped] = useState("");
  const [conversation, setConversation] = useState("");
  const [count, setCount] = useState(STEP);
  useEffect(() => {
    const timer = setTimeout(() => setConversation(typed.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const log = useFetched<LoggedError[]>({
    question: conversation,
    fetch: (signal) => getErrors(account, name, conversation, signal),
    everyMs: 60_000,
    nudge,
  });
  const choose = (id: string): void => {
    setTyped(id);
    setConversation(id);
    setCount(STEP);
  };
  return (
    <section class="log" aria-labelledby="log-title">
      <div class="log-head">
        <h2 id="log-title">Errors</h2>
        <p class="log-count muted" role="status">
          {log.data === null ? "" : nameCount(log.data.length, conversation)}
        </p>
        <div class="log-filter">
          <input
            type="search"
            aria-label="Only errors of the conversation"
            placeholder="Conversation id…"
            spellcheck={false}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
          {typed !== "" && (
            <button type="button" class="plain-button" onClick={() => choose("")}>
              All
            </button>
          )}
        </div>
      </div>
      {log.error !== null && (
        <div class="banner banner-bad" role="alert">
          <p>The errors could not be fetched. {log.error}</p>
          <button type="button" class="plain-button" onClick={log.retry}>
            Try again
          </button>
        </div>
      )}
      {log.data === null ? (
        log.error === null && <div class="skeleton log-skeleton" />
      ) : log.data.length === 0 ? (
        <div class="card nothing">
          <p class="muted">{conversation === "" ? "No turn has failed." : "No turn of this conversation has failed."}</p>
        </div>
      ) : (
        <ol class="card log-list" aria-busy={log.isOld && log.error === null}>
          {log.data.slice(0, count).map((error) => (
            <Entry key={error.errorId} error={error} isFiltered={conversation !== ""} onChoose={choose} />
          ))}
        </ol>
      )}
      {log.data !== null && log.data.length > count && (
        <button type="button" class="plain-button log-more" onClick={() => setCount(count + STEP * 2)}>
          Show more ({formatCount(log.data.length - count)} left)
        </button>
      )}
    </section>
  );
}

interface EntryProps {
  error: LoggedError;
  isFiltered: boolean;
  onChoose: (conversation: string) => void;
}

function Entry({ error, isFiltered, onChoose }: EntryProps): JSX.Element {
  return (
    <li class="log-entry">
      <div class="log-line">
        <span class="log-time">
          <Moment at={error.at} />
        </span>
        <span class={error.outcome === "escalated" ? "tag tag-warn" : "tag tag-bad"}>{error.outcome}</span>
        <span class="log-message">{error.message}</span>
      </div>
      <dl class="log-facts">
        <div>
          <dt>Code</dt>
          <dd>
            <code>{error.code}</code>
            <CopyButton text={error.code} what="the code" />
          </dd>
        </div>
        <div>
          <dt>Id</dt>
          <dd>
            <code>{error.errorId}</code>
            <CopyButton text={error.errorId} what="the error's id" />
          </dd>
        </div>
        <div>
          <dt>Conversation</dt>
          <dd>
            {isFiltered ? (
              <code>{error.conversation}</code>
            ) : (
              <button type="button" class="log-conversation" title="Only this conversation" onClick={() => onChoose(error.conversation)}>
                <code>{error.conversation}</code>
              </button>
            )}
            <CopyButton text={error.conversation} what="the conversation's id" />
            <span class="muted">({error.kind})</span>
          </dd>
        </div>
      </dl>
      <details class="log-more-about">
        <summary>Meaning and remedy</summary>
        <p>{error.meaning}</p>
        <p>{error.remedy}</p>
      </details>
    </li>
  );
}

function nameCount(count: number, conversation: string): string {
  const errors = count === 1 ? "1 error" : `${formatCount(count)} errors`;
  // The gateway gives the newest 200.
  return `${count === 200 ? "the newest " : ""}${errors}${conversation === "" ? "" : " of this conversation"}`;
}
