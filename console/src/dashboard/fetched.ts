/** Something that is fetched, fetched again when it may have changed, and never more often than every five seconds. */

import { useEffect, useRef, useState } from "preact/hooks";

import { ApiError } from "../api/client";

/** The shortest time between two fetches of the same thing. */
export const LEAST_MS = 5_000;

/** What has been fetched so far. */
export interface Fetched<T> {
  /** The newest answer; one to an older question stays until the newer one is answered, so that nothing jumps. */
  readonly data: T | null;
  /** Why the newest try failed; null when it did not. */
  readonly error: string | null;
  /** Whether `data` answers an older question than the one that is asked. */
  readonly isOld: boolean;
  readonly retry: () => void;
}

interface Wishes<T> {
  /** Names the question; another one is asked at once. */
  readonly question: string;
  readonly fetch: (signal: AbortSignal) => Promise<T>;
  /** Milliseconds after which the answer is old anyway. */
  readonly everyMs: number;
  /** Whatever changes when the answer may have changed. */
  readonly nudge: unknown;
}

interface Loader {
  readonly load: () => void;
  readonly nudge: () => void;
}

/** Keep the answer to a question fresh while the component is shown. */
export function useFetched<T>({ question, fetch, everyMs, nudge }: Wishes<T>): Fetched<T> {
  const [answer, setAnswer] = useState<{ data: T | null; error: string | null; to: string }>({ data: null, error: null, to: "" });
  const newest = useRef(fetch);
  newest.current = fetch;
  const loader = useRef<Loader | null>(null);
  const seen = useRef(nudge);

  useEffect(() => {
    let running: AbortController | null = null;
    let begunAt = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const plan = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => (document.hidden ? plan(everyMs) : load()), ms);
    };
    const load = (): void => {
      running?.abort();
      const own = new AbortController();
      running = own;
      begunAt = Date.now();
      plan(Math.max(everyMs, LEAST_MS));
      newest.current(own.signal).then(
        (data) => own.signal.aborted || setAnswer({ data, error: null, to: question }),
        (error: unknown) => own.signal.aborted || setAnswer((old) => ({ ...old, error: explain(error) })),
      );
    };
    loader.current = { load, nudge: () => plan(Math.max(0, begunAt + LEAST_MS - Date.now())) };
    load();
    return () => {
      loader.current = null;
      clearTimeout(timer);
      running?.abort();
    };
  }, [question, everyMs]);

  useEffect(() => {
    if (seen.current !== nudge) {
      seen.current = nudge;
      loader.current?.nudge();
    }
  }, [nudge]);

  return { data: answer.data, error: answer.error, isOld: answer.to !== question, retry: () => loader.current?.load() };
}

function explain(error: unknown): string {
  return error instanceof ApiError ? error.message : "The answer could not be read.";
}
