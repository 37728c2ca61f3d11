/** The dashboard's views: all bots, and one bot. */

import type { JSX } from "preact";

import type { Session } from "../api/types";
import type { Route } from "../shell/route";
import { BotPage } from "./bot";
import "./styles/dashboard.css";
import { Overview } from "./overview";

interface Props {
  route: Exclude<Route, { view: "tester" }>;
  session: Session;
}

/** Show the bots, or the one that the route names. */
export function Dashboard({ route }: Props): JSX.Element {
  return route.view === "bot" ? (
    // Another bot is another page: nothing of the one before may stay.
    <BotPage key={`${route.account}/${route.bot}`} account={route.account} bot={route.bot} />
  ) : (
    <Overview />
  );
}
