/** A conversation that runs: events go to the gateway, delays take their time. */

import { useCallback, useEffect, useReducer, useRef } from "preact/hooks";

import { ApiError, runTurn } from "../../api/client";
import type { Channel, EventPayload, JsonObject, Turn } from "../../api/types";
import type { SavedTurn } from "../saved/file";
import { buildEvent, readdress, readSaid, type Said } from "./events";
import { findConversation, keepConversation } from "./kept";
import { LONGEST_WAIT } from "./playback";
import { type Conversation, isAsking, newState, pendingDelay, reduce } from "./state";

export interface Place {
  account: string;
  bot: string;
  /** Null for the bot's default. */
  environment: string | null;
  channel: Channel;
}

export interface Talk {
  conversation: Conversation;
  asking: boolean;
  say: (said: Said) => void;
  begin: () => void;
  skip: () => void;
  notice: (sequence: number, text: string) => void;
  /** Say again what was saved, in a new conversation, until all is said or somebody stops it. */
  playAgain: (turns: readonly SavedTurn[]) => Promise<void>;
  /** End playing again after the turn that is under way. */
  stop: () => void;
}

/** Hold a conversation with a bot. */
export function useConversation(place: Place, sdes: JsonObject): Talk {
  const owner = [place.account, place.bot, place.environment ?? "", place.channel].join("/");
  const [conversation, change] = useReducer(reduce, owner, findConversation);
  const current = useRef({ place, sdes });
  current.current = { place, sdes };
  const sequence = useRef(lastSequence(conversation));
  const id = useRef(conversation.id);
  const underWay = useRef(new AbortController());
  const stopped = useRef(false);

  const begin = useCallback((next: Conversation): void => {
    underWay.current.abort();
    underWay.current = new AbortController();
    sequence.current = lastSequence(next);
    id.current = next.id;
    change({ kind: "begin", conversation: next });
  }, []);
  const reset = (): void => begin(newState(owner));

  useEffect(() => () => underWay.current.abort(), []);
  useEffect(() => keepConversation(conversation), [conversation]);
  useEffect(() => {
    if (conversation.owner !== owner) {
      begin(findConversation(owner));
    }
  }, [conversation.owner, owner, begin]);

  const send = useCallback(
    async (said: Said, event: EventPayload, number: number, saved: SavedTurn | null): Promise<void> => {
      const { signal } = underWay.current;
      change({ kind: "say", sequence: number, said, event, saved: saved?.answer ?? null });
      let turn: Turn;
      try {
        turn = await ask(current.current.place, event, signal);
      } catch (error) {
        if (!signal.aborted) {
          change({ kind: "refuse", sequence: number, problem: problemOf(error) });
        }
        return;
      }
      if (!signal.aborted) {
        change({ kind: "answer", sequence: number, turn, atOnce: saved !== null });
      }
    },
    [],
  );

  const say = (said: Said): void => {
    if (isAsking(conversation)) {
      return;
    }
    sequence.current += 1;
    const event = buildEvent(said, {
      conversation: id.current,
      channel: place.channel,
      sequence: sequence.current,
      sdes,
      now: new Date(),
    });
    void send(said, event, sequence.current, null);
  };

  const playAgain = async (turns: readonly SavedTurn[]): Promise<void> => {
    reset();
    stopped.current = false;
    const { signal } = underWay.current;
    const isOver = (): boolean => signal.aborted || stopped.current;
    for (const saved of turns) {
      if (isOver()) {
        return;
      }
      sequence.current += 1;
      const event = readdress(saved.event, id.current, sequence.current);
      await send(readSaid(saved.event), event, sequence.current, saved);
    }
  };

  const delay = pendingDelay(conversation);
  const waitFor = delay?.seconds ?? null;
  const waitIn = delay?.sequence ?? null;
  const shown = conversation.exchanges.at(-1)?.shown ?? 0;
  useEffect(() => {
    if (waitFor === null || waitIn === null) {
      return undefined;
    }
    const timer = setTimeout(() => change({ kind: "waited", sequence: waitIn }), Math.min(waitFor, LONGEST_WAIT) * 1000);
    return () => clearTimeout(timer);
    // `shown` tells one delay from the next, which may be as long.
  }, [waitFor, waitIn, shown]);

  return {
    conversation,
    asking: isAsking(conversation),
    say,
    begin: reset,
    skip: () => change({ kind: "skip" }),
    stop: () => {
      stopped.current = true;
    },
    notice: (number, text) => change({ kind: "notice", sequence: number, text }),
    playAgain,
  };
}

function ask({ account, bot, environment, channel }: Place, event: EventPayload, signal: AbortSignal): Promise<Turn> {
  return runTurn(account, bot, { event, channel, ...(environment === null ? {} : { environment }) }, signal);
}

function lastSequence(conversation: Conversation): number {
  return conversation.exchanges.at(-1)?.sequence ?? 0;
}

function problemOf(error: unknown): string {
  return error instanceof ApiError ? error.message : "The answer could not be read.";
}
