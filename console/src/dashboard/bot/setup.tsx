/** How the bot is set up, as far as it explains what it does: circuit, limits, hooks, escalation. */

import type { ComponentChildren, JSX } from "preact";

import type { Bot } from "../../api/types";
import { formatCount } from "../format";

interface Props {
  bot: Bot;
}

/** Show the bot's settings. */
export function Setup({ bot }: Props): JSX.Element {
  return (
    <section class="card setup" aria-labelledby="setup-title">
      <h3 id="setup-title">Set-up</h3>
      <dl class="setup-list">
        <Fact label="Circuit">{nameCircuit(bot)}</Fact>
        <Fact label="In flight">
          <Load bot={bot} />
        </Fact>
        <Fact label="Turns a second">
          {bot.limits.perSecond === null ? <span class="muted">no limit</span> : `at most ${formatCount(bot.limits.perSecond)}`}
        </Fact>
        <Fact label="Escalation">
          {bot.escalation === null ? <span class="muted">none: errors go back to the caller</span> : <code>{bot.escalation}</code>}
        </Fact>
        <Hooks label="Pre hooks" targets={bot.hooks.pre} />
        <Hooks label="Post hooks" targets={bot.hooks.post} />
        <Hooks label="Error hooks" targets={bot.hooks.error} />
        <Fact label="Environments">
          {bot.environments.length === 0 ? <span class="muted">none: the Custom Endpoint does not reach it</span> : bot.environments.join(", ")}
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Hooks({ label, targets }: { label: string; targets: readonly string[] }): JSX.Element {
  return (
    <Fact label={label}>
      {targets.length === 0 ? (
        <span class="muted">none</span>
      ) : (
        <ol class="setup-hooks">
          {targets.map((target, index) => (
            <li key={index}>
              <code>{target}</code>
            </li>
          ))}
        </ol>
      )}
    </Fact>
  );
}

function nameCircuit(bot: Bot): ComponentChildren {
  switch (bot.circuit) {
    case null:
      return <span class="muted">none is configured</span>;
    case "closed":
      return "closed: turns go through";
    case "open":
      return <strong class="setup-open">open: turns are refused until the vendor is tried again</strong>;
    default:
      return <strong class="setup-open">half open: one turn tries whether the vendor is back</strong>;
  }
}

function Load({ bot }: { bot: Bot }): JSX.Element {
  const limit = bot.limits.inFlight;
  if (limit === null) {
    return (
      <>
        {formatCount(bot.inFlight)} <span class="muted">now, no limit</span>
      </>
    );
  }
  return (
    <>
      {formatCount(bot.inFlight)} <span class="muted">now, at most {formatCount(limit)}</span>{" "}
      <meter class="setup-load" min={0} max={limit} high={limit * 0.8} optimum={0} value={bot.inFlight} aria-label="Turns in flight, of the most allowed" />
    </>
  );
}
