/** All bots: how each is, and which need a look. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { useBots } from "../../live";
import { formatCount } from "../format";
import { LiveMark } from "../live-mark";
import { BotTable, COLUMNS } from "./bot-table";
import { Filters } from "./filters";
import { FIRST_WISH, PAGE_SIZE, select, type SortKey, type Wish } from "./select";

/** Kept outside the component: who comes back from a bot finds the list as it was left. */
let kept: Wish = FIRST_WISH;

/** Show the list of bots. */
export function Overview(): JSX.Element {
  const { bots, error, health, retry } = useBots();
  const [wish, setWish] = useState(kept);
  const change = (next: Wish): void => {
    kept = next;
    setWish(next);
  };
  const sort = (key: SortKey): void => {
    const first = COLUMNS.some((column) => column.key === key && column.descendsFirst === true);
    change({ ...wish, sort: key, descending: wish.sort === key ? !wish.descending : first, page: 0 });
  };

  if (bots === null) {
    return (
      <div class="dashboard">
        <Heading />
        {error === null ? <Waiting /> : <Refused message={error} onRetry={retry} />}
      </div>
    );
  }
  const all = [...bots.values()];
  const shown = select(all, wish);
  return (
    <div class="dashboard">
      <Heading>
        <LiveMark health={health} />
      </Heading>
      <Filters bots={all} wish={wish} onWish={change} />
      <p class="visually-hidden" role="status">
        {shown.count === 1 ? "1 bot" : `${formatCount(shown.count)} bots`}
      </p>
      {shown.count === 0 ? (
        <Empty hasBots={all.length > 0} onReset={() => change({ ...FIRST_WISH, sort: wish.sort, descending: wish.descending })} />
      ) : (
        <div class="card bots-card">
          <BotTable bots={shown.bots} sort={wish.sort} descending={wish.descending} onSort={sort} />
        </div>
      )}
      {shown.pages > 1 && (
        <nav class="pages" aria-label="Pages of the list">
          <button type="button" class="plain-button" disabled={shown.page === 0} onClick={() => change({ ...wish, page: shown.page - 1 })}>
            Previous
          </button>
          <span class="pages-place">
            {formatCount(shown.page * PAGE_SIZE + 1)}-{formatCount(shown.page * PAGE_SIZE + shown.bots.length)} of {formatCount(shown.count)}
          </span>
          <button
            type="button"
            class="plain-button"
            disabled={shown.page === shown.pages - 1}
            onClick={() => change({ ...wish, page: shown.page + 1 })}
          >
            Next
          </button>
        </nav>
      )}
    </div>
  );
}

function Heading({ children }: { children?: JSX.Element }): JSX.Element {
  return (
    <header class="dashboard-head">
      <h1>Bots</h1>
      {children}
    </header>
  );
}

function Waiting(): JSX.Element {
  return (
    <div aria-busy="true" aria-label="Loading the bots" role="status">
      <div class="skeleton filters-skeleton" />
      <div class="card bots-card">
        {Array.from({ length: 8 }, (_, index) => (
          <div class="bots-skeleton" key={index}>
            <div class="skeleton" />
          </div>
        ))}
      </div>
    </div>
  );
}

function Refused({ message, onRetry }: { message: string; onRetry: () => void }): JSX.Element {
  return (
    <div class="card nothing" role="alert">
      <h2>The bots could not be fetched</h2>
      <p class="muted">{message}</p>
      <button type="button" class="primary-button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

function Empty({ hasBots, onReset }: { hasBots: boolean; onReset: () => void }): JSX.Element {
  return (
    <div class="card nothing">
      <h2>{hasBots ? "No bot is like that" : "No bots yet"}</h2>
      <p class="muted">{hasBots ? "Nothing matches all of what you asked for." : "The account files that this gateway serves name none."}</p>
      {hasBots && (
        <button type="button" class="plain-button" onClick={onReset}>
          Show all bots
        </button>
      )}
    </div>
  );
}
