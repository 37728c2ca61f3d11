/** The bots as they are now: fetched once, then kept by the live stream. */

import { ApiError, API, getBots, sessionEnded } from "../api/client";
import type { Bot, RecordedTurn } from "../api/types";
import { follow, type Health } from "./stream";

/** What the page knows. */
export interface Known {
  /** By account and bot; null until they have been fetched. */
  readonly bots: ReadonlyMap<string, Bot> | null;
  /** Why they could not be fetched, the last time that was tried. */
  readonly error: string | null;
  readonly health: Health;
}

type Changed = () => void;
type Recorded = (turn: RecordedTurn) => void;

/** Holds what is known and tells its readers of every change; runs the stream while it has any. */
export class LiveStore {
  known: Known = { bots: null, error: null, health: "connecting" };
  private readonly changed = new Set<Changed>();
  private readonly recorded = new Set<Recorded>();
  private stop: (() => void) | null = null;
  private fetching: AbortController | null = null;

  /** Be told of changes until the returned function is called. */
  subscribe(listener: Changed): () => void {
    this.changed.add(listener);
    this.start();
    return () => {
      this.changed.delete(listener);
      this.endWhenUnread();
    };
  }

  /** Be told of every recorded turn until the returned function is called. */
  onTurn(listener: Recorded): () => void {
    this.recorded.add(listener);
    this.start();
    return () => {
      this.recorded.delete(listener);
      this.endWhenUnread();
    };
  }

  /** Fetch all bots anew: at first, after a gap in the stream, and when the reader asks for another try. */
  async refresh(): Promise<void> {
    this.fetching?.abort();
    const fetching = new AbortController();
    this.fetching = fetching;
    try {
      const bots = await getBots(fetching.signal);
      this.set({ bots: new Map(bots.map((bot) => [keyOf(bot.account, bot.bot), bot])), error: null });
    } catch (error) {
      if (!fetching.signal.aborted) {
        this.set({ error: error instanceof ApiError ? error.message : "The answer could not be read." });
      }
    }
  }

  private start(): void {
    this.stop ??= follow(`${API}live`, {
      event: (name, data) => this.take(name, data),
      health: (health) => this.set({ health }),
      // What changed before the stream was open is in no event.
      opened: () => void this.refresh(),
      signedOut: sessionEnded,
    });
    if (this.known.bots === null && this.fetching === null) {
      // The list need not wait for the stream, which the gateway may refuse when too many follow it.
      void this.refresh();
    }
  }

  /** A view that is replaced by the next one leaves for a moment; the stream lives through that. */
  private endWhenUnread(): void {
    setTimeout(() => {
      if (this.changed.size === 0 && this.recorded.size === 0) {
        this.stop?.();
        this.stop = null;
        this.fetching?.abort();
        this.fetching = null;
        this.known = { bots: null, error: null, health: "connecting" };
      }
    }, 1_000);
  }

  private take(name: string, data: string): void {
    if (name === "bots") {
      const { bots } = JSON.parse(data) as { bots: Bot[] };
      const merged = new Map(this.known.bots);
      bots.forEach((bot) => merged.set(keyOf(bot.account, bot.bot), bot));
      // Before the first fetch has ended the changed bots alone would look like all there are.
      this.set(this.known.bots === null ? {} : { bots: merged });
    } else if (name === "reload") {
      // Other account files are served: bots may have come and gone.
      void this.refresh();
    } else if (name === "turn") {
      const turn = JSON.parse(data) as RecordedTurn;
      this.recorded.forEach((listener) => listener(turn));
    }
  }

  private set(changes: Partial<Known>): void {
    this.known = { ...this.known, ...changes };
    this.changed.forEach((listener) => listener());
  }
}

/** Name a bot among all accounts'. */
export function keyOf(account: string, bot: string): string {
  return `${account}/${bot}`;
}
