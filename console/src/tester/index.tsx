/** The tester: talk to a bot, and see why it said that. */

import "./styles/tester.css";

import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";

import type { Bot } from "../api/types";
import { useBots } from "../live";
import { linkTo } from "../shell/route";
import { Workspace } from "./workspace";

interface Props {
  account: string | null;
  bot: string | null;
  recorded: boolean;
}

/** Show the conversation beside what happened in its turns, once the bots are known. */
export function Tester({ account, bot: name, recorded }: Props): JSX.Element {
  const { bots: known, error, retry } = useBots();
  const bots = useMemo(() => [...(known?.values() ?? [])], [known]);
  const bot = bots.find((each) => each.account === account && each.bot === name);
  const [first] = bots;
  const homeless = account === null || name === null;

  useEffect(() => {
    if (homeless && first) {
      location.replace(linkTo("tester", first.account, first.bot));
    }
  }, [homeless, first]);

  if (bot) {
    return <Workspace bots={bots} bot={bot} recorded={recorded} onBot={choose} />;
  }
  if (error !== null && known === null) {
    return (
      <Message title="The bots could not be fetched" text={error}>
        <button type="button" class="primary-button" onClick={retry}>
          Try again
        </button>
      </Message>
    );
  }
  if (known !== null && bots.length === 0) {
    return <Message title="No bots" text="The gateway serves no bot yet: its account files have none." />;
  }
  if (known !== null && !homeless) {
    return (
      <Message title="No such bot" text={`The gateway serves no bot ${name} of the account ${account}.`}>
        <a class="plain-button" href="#/tester">
          Choose another
        </a>
      </Message>
    );
  }
  return (
    <div class="tester" aria-busy="true">
      <h1 class="visually-hidden">Tester</h1>
      <div class="tester-bar">
        <div class="skeleton bar-skeleton" />
      </div>
      <div class="tester-columns">
        <div class="chat-column card" />
        <div class="turn-column card" />
      </div>
    </div>
  );
}

function choose(bot: Bot): void {
  location.hash = linkTo("tester", bot.account, bot.bot);
}

interface MessageProps {
  title: string;
  text: string;
  children?: JSX.Element;
}

function Message({ title, text, children }: MessageProps): JSX.Element {
  return (
    <div class="tester-message">
      <h1>{title}</h1>
      <p class="muted">{text}</p>
      {children}
    </div>
  );
}
