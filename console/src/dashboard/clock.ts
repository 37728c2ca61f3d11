/** The present, for what says how long ago something was. */

import { useEffect, useState } from "preact/hooks";

const readers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Give the time, milliseconds since 1970, anew every second; one timer serves the whole page. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const tick = (): void => setNow(Date.now());
    readers.add(tick);
    timer ??= setInterval(() => readers.forEach((read) => read()), 1_000);
    return () => {
      readers.delete(tick);
      if (readers.size === 0) {
        clearInterval(timer);
        timer = undefined;
      }
    };
  }, []);
  return now;
}
