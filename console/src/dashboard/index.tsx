/** The dashboard's views: all bots, and one bot. */

import type { JSX } from "preact";

import type { Session } from "../api/types";
import type { Route } from "../shell/route";

interface Props {
  route: Exclude<Route, { view: "tester" }>;
  session: Session;
}

/** Show the bots, or the one that the route names. */
export function Dashboard({ route }: Props): JSX.Element {
  return <h1>{route.view === "bot" ? route.bot : "Bots"}</h1>;
}
