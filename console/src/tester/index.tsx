/** The tester: talk to a bot, and see why it said that. */

import type { JSX } from "preact";

interface Props {
  account: string | null;
  bot: string | null;
}

/** Show the conversation beside what happened in its turns. */
export function Tester({ account, bot }: Props): JSX.Element {
  return (
    <h1>
      {account} {bot}
    </h1>
  );
}
