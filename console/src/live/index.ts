/** What changes while one looks: the bots and the recorded turns, by the gateway's server-sent events. */

import { useEffect, useState } from "preact/hooks";

import type { Bot, RecordedTurn } from "../api/types";
import { keyOf, type Known, LiveStore } from "./store";

/** The one stream of this page, shared by all its views. */
const store = new LiveStore();

/** Follow all bots. */
export function useBots(): Known & { readonly retry: () => void } {
  const [known, setKnown] = useState(store.known);
  useEffect(() => {
    setKnown(store.known);
    return store.subscribe(() => setKnown(store.known));
  }, []);
  return { ...known, retry: () => void store.refresh() };
}

/** Follow one bot; undefined while it is not known. */
export function useBot(account: string, bot: string): Bot | undefined {
  return useBots().bots?.get(keyOf(account, bot));
}

/** Be told of the turns of all bots that are recorded while the component is shown. */
export function useRecordedTurns(listener: (turn: RecordedTurn) => void): void {
  useEffect(() => store.onTurn(listener), [listener]);
}
