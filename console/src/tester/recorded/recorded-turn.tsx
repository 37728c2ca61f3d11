/** One recorded turn, fetched when it is chosen. */

import type { JSX } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";

import { ApiError, getTurn } from "../../api/client";
import type { Bot, Turn } from "../../api/types";
import { TurnSkeleton } from "../turn/frame";
import { TurnView } from "../turn/turn-view";

/** Where the fetching of a turn has come to. */
export type Fetched = { state: "none" } | { state: "fetching" } | { state: "failed"; problem: string } | { state: "there"; turn: Turn };

/** Show the chosen turn, or why it cannot be shown. */
export function RecordedTurn({ recorded }: { recorded: Fetched }): JSX.Element {
  switch (recorded.state) {
    case "none":
      return <p class="nothing-yet muted">Choose a recorded turn.</p>;
    case "fetching":
      return <TurnSkeleton />;
    case "failed":
      return (
        <p class="nothing" role="alert">
          {recorded.problem}
        </p>
      );
    case "there":
      return <TurnView turn={recorded.turn} saved={null} />;
  }
}

/** Fetch a recorded turn of a bot; null is none. */
export function useRecordedTurn({ account, bot }: Bot, id: string | null): Fetched {
  const [recorded, setRecorded] = useState<Fetched>({ state: "none" });
  const fetchTurn = useCallback(
    async (wanted: string, signal: AbortSignal): Promise<void> => {
      try {
        setRecorded({ state: "there", turn: await getTurn(account, bot, wanted, signal) });
      } catch (error) {
        if (!signal.aborted) {
          const gone = error instanceof ApiError && error.status === 404;
          setRecorded({ state: "failed", problem: gone ? "This turn has been forgotten." : error instanceof ApiError ? error.message : "The turn could not be read." });
        }
      }
    },
    [account, bot],
  );
  useEffect(() => {
    if (id === null) {
      setRecorded({ state: "none" });
      return undefined;
    }
    const ended = new AbortController();
    setRecorded({ state: "fetching" });
    void fetchTurn(id, ended.signal);
    return () => ended.abort();
  }, [id, fetchTurn]);
  return recorded;
}
