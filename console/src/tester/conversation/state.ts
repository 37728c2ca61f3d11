/** A conversation of the tester, and what can happen to it. */

import type { EventPayload, Turn } from "../../api/types";
import type { SavedAnswer } from "../saved/file";
import { newConversation, type Said } from "./events";
import { type Item, shownUntilDelay, toItems } from "./playback";

export interface Exchange {
  /** Its number in the conversation, from 1: the event's sequence. */
  sequence: number;
  said: Said;
  event: EventPayload;
  /** What came of it; null while the bot is asked, and when the gateway refused to. */
  turn: Turn | null;
  items: Item[];
  /** How many of the items are in sight; the next is a delay that is being waited for. */
  shown: number;
  /** Why there is no turn. */
  problem: string | null;
  /** The answer of the conversation that is played again. */
  saved: SavedAnswer | null;
  /** What clicks in its rich content did. */
  notices: string[];
}

export interface Conversation {
  /** Whom it is held with: account, bot, environment and channel in one word. */
  owner: string;
  id: string;
  exchanges: Exchange[];
}

export type Change =
  /** Begin anew, or go on with one that was kept. */
  | { kind: "begin"; conversation: Conversation }
  | { kind: "say"; sequence: number; said: Said; event: EventPayload; saved: SavedAnswer | null }
  /** `atOnce` leaves no delay to be waited for. */
  | { kind: "answer"; sequence: number; turn: Turn; atOnce: boolean }
  | { kind: "refuse"; sequence: number; problem: string }
  | { kind: "waited"; sequence: number }
  | { kind: "notice"; sequence: number; text: string }
  | { kind: "skip" };

export function newState(owner: string): Conversation {
  return { owner, id: newConversation(), exchanges: [] };
}

/** Change a conversation. */
export function reduce(conversation: Conversation, change: Change): Conversation {
  switch (change.kind) {
    case "begin":
      return change.conversation;
    case "say":
      return {
        ...conversation,
        exchanges: [
          // A consumer who writes again does not wait for what is still to come.
          ...conversation.exchanges.map(showAll),
          {
            sequence: change.sequence,
            said: change.said,
            event: change.event,
            turn: null,
            items: [],
            shown: 0,
            problem: null,
            saved: change.saved,
            notices: [],
          },
        ],
      };
    case "answer": {
      const items = change.turn.reply ? toItems(change.turn.reply) : [];
      const shown = change.atOnce ? items.length : shownUntilDelay(items);
      return update(conversation, change.sequence, (exchange) => ({ ...exchange, turn: change.turn, items, shown }));
    }
    case "refuse":
      return update(conversation, change.sequence, (exchange) => ({ ...exchange, problem: change.problem }));
    case "waited":
      return update(conversation, change.sequence, (exchange) => ({
        ...exchange,
        shown: shownUntilDelay(exchange.items, exchange.shown + 1),
      }));
    case "notice":
      return update(conversation, change.sequence, (exchange) => ({
        ...exchange,
        notices: [...exchange.notices, change.text],
      }));
    case "skip":
      return { ...conversation, exchanges: conversation.exchanges.map(showAll) };
  }
}

const showAll = (exchange: Exchange): Exchange => ({ ...exchange, shown: exchange.items.length });

function update(conversation: Conversation, sequence: number, change: (exchange: Exchange) => Exchange): Conversation {
  return {
    ...conversation,
    exchanges: conversation.exchanges.map((exchange) => (exchange.sequence === sequence ? change(exchange) : exchange)),
  };
}

/** Say whether the bot is being asked. */
export function isAsking(conversation: Conversation): boolean {
  const last = conversation.exchanges.at(-1);
  return last?.turn === null && last.problem === null;
}

/** Find the delay that is being waited for. */
export function pendingDelay(conversation: Conversation): { sequence: number; seconds: number; typing: boolean } | null {
  const last = conversation.exchanges.at(-1);
  const item = last?.items[last.shown];
  return last && item?.kind === "delay" ? { sequence: last.sequence, seconds: item.seconds, typing: item.typing } : null;
}
