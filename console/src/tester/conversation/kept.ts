/** Conversations that one comes back to: kept while the page is open, so that a look at the dashboard costs none. */

import { type Conversation, newState } from "./state";

/** More are forgotten, those first that were left alone for longest. */
const MOST = 8;

const kept = new Map<string, Conversation>();

/** Keep a conversation as its owner's. */
export function keepConversation(conversation: Conversation): void {
  kept.delete(conversation.owner);
  kept.set(conversation.owner, conversation);
  const [oldest] = kept.keys();
  if (kept.size > MOST && oldest !== undefined) {
    kept.delete(oldest);
  }
}

/** Give an owner's conversation as it was left, or a new one. */
export function findConversation(owner: string): Conversation {
  const found = kept.get(owner);
  if (!found) {
    return newState(owner);
  }
  // Nobody waits any more for an answer that was on its way, nor for a delay.
  const exchanges = found.exchanges.map((exchange) => ({
    ...exchange,
    shown: exchange.items.length,
    problem: exchange.turn === null ? (exchange.problem ?? "You left before the answer came.") : null,
  }));
  return { ...found, exchanges };
}

/** Forget all of them: somebody has signed out. */
export function forgetConversations(): void {
  kept.clear();
}
