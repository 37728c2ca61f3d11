/** The top of a bot's page: its name, how it is now, and the ways on. */

import type { ComponentChildren, JSX } from "preact";

import type { Bot } from "../../api/types";
import { CopyButton } from "../../ui/copy-button";
import { linkTo } from "../../shell/route";
import { Moment, Since } from "../moment";
import { Marks, StateTag } from "../state-tag";
import { nameVendor } from "../vendors";

interface Props {
  bot: Bot;
  children: ComponentChildren;
}

/** Show who the bot is and what needs a look. */
export function Head({ bot, children }: Props): JSX.Element {
  return (
    <>
      <header class="bot-head">
        <nav aria-label="Place" class="crumbs">
          <a href="#/">Bots</a>
          <span aria-hidden="true">/</span>
          <span>{bot.account}</span>
        </nav>
        <div class="bot-title">
          <h1>{bot.bot}</h1>
          <StateTag state={bot.state} />
          <Marks bot={bot} />
          {children}
        </div>
        <p class="bot-sub muted">
          {nameVendor(bot.vendor)} · {bot.channel} · {bot.state} for <Since at={bot.since} units={2} />
        </p>
        <div class="bot-ways">
          <a class="primary-button" href={linkTo("tester", bot.account, bot.bot)}>
            Open in the tester
          </a>
          <a class="plain-button" href={`${linkTo("tester", bot.account, bot.bot)}/recorded`}>
            Recorded turns
          </a>
        </div>
      </header>
      <Notices bot={bot} />
    </>
  );
}

function Notices({ bot }: { bot: Bot }): JSX.Element {
  const { lastError } = bot;
  return (
    <>
      {bot.recordingUntil !== null && (
        <div class="banner banner-accent" role="status">
          <p>
            Turns of consumers are being recorded until <Moment at={bot.recordingUntil} />. Secrets are never kept; card
            numbers, e-mail addresses and consumers’ ids are masked.
          </p>
        </div>
      )}
      {bot.state !== "Online" && lastError !== null && (
        <div class={`banner ${bot.state === "Vendor Interruption" ? "banner-bad" : "banner-warn"}`} role="status">
          <div class="banner-text">
            <p>
              <strong>{lastError.message}</strong>, last at <Moment at={lastError.at} />.
            </p>
            <p>{lastError.remedy}</p>
            <p class="banner-code">
              <code>{lastError.name}</code>
              <CopyButton text={lastError.name} what="the code" />
            </p>
          </div>
        </div>
      )}
    </>
  );
}
