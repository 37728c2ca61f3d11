/** One bot: how it is and was, what it did, and what went wrong. */

import type { JSX } from "preact";
import { useCallback, useMemo, useState } from "preact/hooks";

import { getFigures } from "../../api/client";
import type { Bot, Figures, FiguresWindow } from "../../api/types";
import { useBots } from "../../live";
import { keyOf } from "../../live/store";
import { Charts } from "../charts/charts";
import { useFetched } from "../fetched";
import { LiveMark } from "../live-mark";
import { ErrorLog } from "./error-log";
import { Head } from "./head";
import { Kpis } from "./kpis";
import { Setup } from "./setup";
import { StateBand } from "./state-band";
import { keepWindow, keptWindow, WindowPicker } from "./window-picker";

interface Props {
  account: string;
  bot: string;
}

/** Show a bot. */
export function BotPage({ account, bot: name }: Props): JSX.Element {
  const { bots, error, health, retry } = useBots();
  const bot = bots?.get(keyOf(account, name));
  if (bots !== null && bot === undefined) {
    return (
      <Note title="There is no such bot" text={`The gateway serves no bot ${name} of account ${account}.`}>
        <a class="plain-button" href="#/">
          All bots
        </a>
      </Note>
    );
  }
  if (bot === undefined && error !== null) {
    return (
      <Note title="The bot could not be fetched" text={error}>
        <button type="button" class="primary-button" onClick={retry}>
          Try again
        </button>
      </Note>
    );
  }
  if (bot === undefined) {
    // What is known of the bot decides how much stands above its figures: they wait, rather than be pushed down.
    return (
      <div class="dashboard" aria-busy="true">
        <h1>{name}</h1>
        <div class="skeleton bot-skeleton" role="status" aria-label="Loading the bot" />
      </div>
    );
  }
  return (
    <div class="dashboard">
      <Head bot={bot}>
        <LiveMark health={health} />
      </Head>
      <Performance bot={bot} />
    </div>
  );
}

function Performance({ bot }: { bot: Bot }): JSX.Element {
  const [window, setWindow] = useState<FiguresWindow>(keptWindow);
  const choose = useCallback((chosen: FiguresWindow) => {
    keepWindow(chosen);
    setWindow(chosen);
  }, []);
  const figures = useFetched<Figures>({
    question: String(window),
    fetch: (signal) => getFigures(bot.account, bot.bot, window, signal),
    // A chart moves on by a bucket even when nothing happens.
    everyMs: window <= 600 ? 10_000 : 60_000,
    nudge: bot,
  });
  // The bot changes every second or so, its figures do not: what they are drawn as is kept.
  const charts = useMemo(() => <Charts figures={figures.data} />, [figures.data]);
  const isWaiting = figures.isOld && figures.error === null;
  return (
    <>
      <div class="performance-head">
        <h2>Performance</h2>
        <WindowPicker window={window} onChoose={choose} />
      </div>
      {figures.error !== null && (
        <div class="banner banner-bad" role="alert">
          <p>
            {figures.data === null ? "The figures could not be fetched" : "The figures are old: they could not be fetched again"}. {figures.error}
          </p>
          <button type="button" class="plain-button" onClick={figures.retry}>
            Try again
          </button>
        </div>
      )}
      <div class={isWaiting ? "figures figures-old" : "figures"} aria-busy={isWaiting}>
        <Kpis figures={figures.data} />
        <StateBand figures={figures.data} />
        {charts}
        <Setup bot={bot} />
      </div>
      <ErrorLog account={bot.account} name={bot.bot} nudge={bot.lastError?.errorId ?? null} />
    </>
  );
}

function Note({ title, text, children }: { title: string; text: string; children: JSX.Element }): JSX.Element {
  return (
    <div class="dashboard">
      <div class="card nothing" role="alert">
        <h1>{title}</h1>
        <p class="muted">{text}</p>
        {children}
      </div>
    </div>
  );
}
