/** Routes in the fragment: `#/`, `#/bots/ACCOUNT/BOT`, `#/tester/ACCOUNT/BOT`, `#/tester/ACCOUNT/BOT/recorded`. */

import { useEffect, useState } from "preact/hooks";

export type Route =
  | { view: "dashboard" }
  | { view: "bot"; account: string; bot: string }
  /** `recorded`: real turns rather than a conversation of one's own. */
  | { view: "tester"; account: string | null; bot: string | null; recorded: boolean };

/** Read a fragment; what is not known is the dashboard. */
export function parseRoute(fragment: string): Route {
  const [view, account, bot, part] = fragment.replace(/^#?\/?/, "").split("/").map(decoded);
  if (view === "bots" && account && bot) {
    return { view: "bot", account, bot };
  }
  if (view === "tester") {
    return { view: "tester", account: account ?? null, bot: bot ?? null, recorded: part === "recorded" };
  }
  return { view: "dashboard" };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Write a link to a view of a bot. */
export function linkTo(view: "bots" | "tester", account: string, bot: string): string {
  return `#/${view}/${encodeURIComponent(account)}/${encodeURIComponent(bot)}`;
}

/** Follow the fragment. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const follow = (): void => setRoute(parseRoute(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return route;
}
