/** Whom one talks to. */

import type { JSX } from "preact";

import type { Bot, Channel } from "../api/types";

interface Props {
  bots: readonly Bot[];
  bot: Bot;
  environment: string | null;
  channel: Channel;
  onBot: (bot: Bot) => void;
  onEnvironment: (environment: string | null) => void;
  onChannel: (channel: Channel) => void;
}

/** Choose the bot, its environment where it has several, and the channel. */
export function BotPicker({ bots, bot, environment, channel, onBot, onEnvironment, onChannel }: Props): JSX.Element {
  const accounts = [...Map.groupBy(bots, (each) => each.account)];
  return (
    <div class="bot-picker">
      <label class="inline-field">
        <span>Bot</span>
        <select
          value={`${bot.account}/${bot.bot}`}
          onChange={(event) => {
            const chosen = bots.find((each) => `${each.account}/${each.bot}` === event.currentTarget.value);
            if (chosen) {
              onBot(chosen);
            }
          }}
        >
          {accounts.map(([account, members]) => (
            <optgroup key={account} label={`Account ${account}`}>
              {members.map((each) => (
                <option key={each.bot} value={`${account}/${each.bot}`}>
                  {each.bot} ({each.vendor})
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      {hasChoice(bot) && (
        <label class="inline-field">
          <span>Environment</span>
          <select value={environment ?? ""} onChange={(event) => onEnvironment(event.currentTarget.value || null)}>
            <option value="">default</option>
            {bot.environments.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
      <fieldset class="segmented">
        <legend class="visually-hidden">Channel</legend>
        {(["messaging", "chat"] as const).map((name) => (
          <label key={name}>
            <input type="radio" name="channel" checked={channel === name} onChange={() => onChannel(name)} />
            <span>{name === "messaging" ? "Messaging" : "Chat"}</span>
          </label>
        ))}
      </fieldset>
    </div>
  );
}

/** A bot without environments of its own has draft alone, which is the bot itself. */
function hasChoice(bot: Bot): boolean {
  return bot.environments.length > 1 || (bot.environments.length === 1 && bot.environments[0] !== "draft");
}
