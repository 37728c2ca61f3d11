/** Real traffic: the switch that records it, and the turns that were recorded. */

import type { JSX } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";

import { ApiError, getTurns, startRecording, stopRecording } from "../../api/client";
import type { Bot, RecordedTurn, TurnSummary } from "../../api/types";
import { useRecordedTurns } from "../../live";
import { Icon } from "../../shell/icons";
import { outcomeTag, shortCode } from "../chat/exchange";
import { formatClock, formatLeft, formatMs } from "../format";

interface Props {
  bot: Bot;
  selected: string | null;
  onSelect: (id: string) => void;
}

/** How many the gateway keeps of a bot. */
const KEPT = 100;
const DURATIONS = [
  [60, "1 minute"],
  [300, "5 minutes"],
  [900, "15 minutes"],
  [3600, "1 hour"],
] as const;

/** Show the recorded turns of a bot, newest first, as they come. */
export function Recorded({ bot, selected, onSelect }: Props): JSX.Element {
  const [turns, setTurns] = useState<TurnSummary[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const { account, bot: name } = bot;

  const fetchTurns = useCallback(
    async (signal: AbortSignal): Promise<void> => {
      try {
        setTurns(await getTurns(account, name, signal));
        setProblem(null);
      } catch (error) {
        if (!signal.aborted) {
          setProblem(error instanceof ApiError ? error.message : "The list could not be read.");
        }
      }
    },
    [account, name],
  );

  useEffect(() => {
    const ended = new AbortController();
    setTurns(null);
    void fetchTurns(ended.signal);
    return () => ended.abort();
  }, [fetchTurns]);

  // The live stream tells of every bot's turns, and may repeat one that the list has.
  const add = useCallback(
    (turn: RecordedTurn): void => {
      if (turn.account === account && turn.bot === name) {
        setTurns((now) => [turn, ...(now ?? []).filter(({ id }) => id !== turn.id)].slice(0, KEPT));
      }
    },
    [account, name],
  );
  useRecordedTurns(add);

  return (
    <div class="recorded">
      <RecordingSwitch bot={bot} onProblem={setProblem} />
      {problem !== null && (
        <p class="refusal" role="alert">
          {problem}
        </p>
      )}
      {turns === null ? (
        <div class="recorded-list" aria-busy="true">
          {[0, 1, 2].map((row) => (
            <div key={row} class="skeleton recorded-skeleton" />
          ))}
        </div>
      ) : turns.length === 0 ? (
        <p class="nothing muted">No recorded turns. They are kept for an hour, at most 100 of a bot.</p>
      ) : (
        <ul class="recorded-list" aria-label="Recorded turns">
          {turns.map((turn) => (
            <li key={turn.id}>
              <button
                type="button"
                class="recorded-turn"
                aria-current={turn.id === selected ? "true" : undefined}
                onClick={() => onSelect(turn.id)}
              >
                <span class="recorded-line">
                  <time dateTime={turn.at} title={turn.at}>
                    {formatClock(turn.at)}
                  </time>
                  <span>{turn.kind}</span>
                  <span class={`tag ${outcomeTag(turn.outcome)}`}>{turn.outcome}</span>
                  <span class="recorded-ms">{formatMs(turn.totalMs)}</span>
                </span>
                <span class="recorded-line muted small">
                  <code>{turn.conversation}</code>
                  {turn.error && <span class="failure-name">{shortCode(turn.error.code)}</span>}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function RecordingSwitch({ bot, onProblem }: { bot: Bot; onProblem: (problem: string | null) => void }): JSX.Element {
  const [seconds, setSeconds] = useState(300);
  // What the switch itself was told, until the live stream says the same.
  const [told, setTold] = useState<{ until: string | null } | null>(null);
  useEffect(() => setTold(null), [bot.recordingUntil, bot.account, bot.bot]);
  const until = told ? told.until : bot.recordingUntil;
  const left = useSecondsLeft(until);
  const on = left > 0;

  const turn = async (action: () => Promise<{ until: string | null }>): Promise<void> => {
    try {
      setTold(await action());
      onProblem(null);
    } catch (error) {
      onProblem(error instanceof ApiError ? error.message : "The switch did not answer.");
    }
  };

  return (
    <section class={`recording${on ? " recording-on" : ""}`} aria-label="Recording">
      {on && until !== null ? (
        <div class="recording-row">
          <span class="recording-state">
            <Icon name="record" size={16} /> Recording until{" "}
            <time dateTime={until} title={until}>
              {formatClock(until)}
            </time>
          </span>
          <span class="recording-left" role="timer" aria-label="Time left">
            {formatLeft(left)} left
          </span>
          <button type="button" class="plain-button" onClick={() => void turn(() => stopRecording(bot.account, bot.bot))}>
            Stop
          </button>
        </div>
      ) : (
        <div class="recording-row">
          <label class="inline-field">
            Record for
            <select value={seconds} onChange={(event) => setSeconds(Number(event.currentTarget.value))}>
              {DURATIONS.map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          </label>
          <button type="button" class="plain-button" onClick={() => void turn(() => startRecording(bot.account, bot.bot, seconds))}>
            <Icon name="record" size={16} /> Record
          </button>
        </div>
      )}
      <p class="small muted">
        Records what consumers of this bot say. Masked before it is kept: secrets, card numbers, e-mail addresses, consumers’ ids
        and addresses. Forgotten after an hour.
      </p>
    </section>
  );
}

/** Count down to a time, once a second; 0 when there is none. */
function useSecondsLeft(until: string | null): number {
  const left = (): number => (until === null ? 0 : Math.max(0, (Date.parse(until) - Date.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    const tick = (): void => setSeconds(until === null ? 0 : Math.max(0, (Date.parse(until) - Date.now()) / 1000));
    tick();
    if (until === null) {
      return undefined;
    }
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [until]);
  return Math.min(seconds, left());
}
