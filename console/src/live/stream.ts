/** The gateway's server-sent events, opened again after every end. */

import { createParser } from "eventsource-parser";

import { waitMs } from "./backoff";

/** How the stream is doing: being opened, open, or waiting for its next try. */
export type Health = "connecting" | "live" | "waiting";

/** What the stream tells its owner. */
export interface Listener {
  /** An event has come; `data` is its JSON text. */
  event(name: string, data: string): void;
  health(health: Health): void;
  /** The stream is open, again or for the first time: what was missed must be fetched. */
  opened(): void;
  /** The session has ended; the stream is not opened again. */
  signedOut(): void;
}

/** The gateway sends a comment every 15 seconds; a stream that is silent for three of them is dead. */
const SILENCE_MS = 45_000;

/** A page that nobody looks at lets go of its stream after this long: the gateway has only so many. */
const HIDDEN_MS = 60_000;

/**
 * Follow the stream until the returned function is called.
 *
 * `fetch` rather than `EventSource`: it tells a session that has ended (401) from a gateway that is full (429, 503), obeys
 * Retry-After, and sees the comments by which a dead connection is told from a quiet one.
 */
export function follow(url: string, listener: Listener): () => void {
  const ended = new AbortController();
  void run(url, listener, ended.signal);
  return () => ended.abort();
}

async function run(url: string, listener: Listener, ended: AbortSignal): Promise<void> {
  let failures = 0;
  const isOver = (): boolean => ended.aborted;
  for (;;) {
    await visible(ended);
    if (isOver()) {
      return;
    }
    listener.health("connecting");
    const outcome = await readOnce(url, listener, ended);
    if (isOver()) {
      return;
    }
    if (outcome.signedOut) {
      listener.signedOut();
      return;
    }
    if (!outcome.hidden) {
      failures = outcome.opened ? 1 : failures + 1;
      listener.health("waiting");
      await pause(waitMs(failures, outcome.retryAfterMs, Math.random()), ended);
    }
  }
}

interface Outcome {
  readonly opened: boolean;
  readonly signedOut: boolean;
  readonly hidden: boolean;
  readonly retryAfterMs: number | null;
}

const CUT: Outcome = { opened: false, signedOut: false, hidden: false, retryAfterMs: null };

/** Open the stream once and read it to its end. */
async function readOnce(url: string, listener: Listener, ended: AbortSignal): Promise<Outcome> {
  const cut = new AbortController();
  const watch = watchSilence(() => cut.abort());
  let hidden = false;
  const unwatch = onceHidden(() => {
    hidden = true;
    cut.abort();
  });
  let opened = false;
  try {
    const answer = await fetch(url, {
      headers: { Accept: "text/event-stream" },
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.any([cut.signal, ended]),
    });
    if (!answer.ok || answer.body === null) {
      const seconds = Number(answer.headers.get("Retry-After") ?? "0");
      return { ...CUT, signedOut: answer.status === 401, retryAfterMs: Number.isFinite(seconds) ? seconds * 1_000 : null };
    }
    opened = true;
    listener.health("live");
    listener.opened();
    const parser = createParser({ onEvent: ({ event, data }) => listener.event(event ?? "message", data) });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      watch.alive();
      parser.feed(chunk.value);
    }
    return { ...CUT, opened };
  } catch {
    // Whatever broke it, the connection is gone: the next try tells whether it was the session.
    return { ...CUT, opened, hidden };
  } finally {
    watch.stop();
    unwatch();
  }
}

function watchSilence(dead: () => void): { alive: () => void; stop: () => void } {
  let timer = setTimeout(dead, SILENCE_MS);
  return {
    alive: () => {
      clearTimeout(timer);
      timer = setTimeout(dead, SILENCE_MS);
    },
    stop: () => clearTimeout(timer),
  };
}

/** Call back once the page has been hidden for long enough. */
function onceHidden(hidden: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    timer = document.hidden ? setTimeout(hidden, HIDDEN_MS) : undefined;
  };
  look();
  document.addEventListener("visibilitychange", look);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", look);
  };
}

/** Wait until somebody looks at the page, or the owner ends. */
async function visible(ended: AbortSignal): Promise<void> {
  while (document.hidden && !ended.aborted) {
    await new Promise<void>((resolve) => {
      document.addEventListener("visibilitychange", () => resolve(), { once: true, signal: ended });
      ended.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}

function pause(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      ended.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    ended.addEventListener("abort", end);
  });
}
