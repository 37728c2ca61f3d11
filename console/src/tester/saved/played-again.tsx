/** A conversation from a file, and how the answers of now compare with it. */

import type { JSX } from "preact";

import { Icon } from "../../shell/icons";
import type { Exchange } from "../conversation/state";
import { formatDay } from "../format";
import { compareAnswers } from "./compare";
import { type SavedConversation, toAnswer } from "./file";

interface Props {
  file: SavedConversation;
  name: string;
  exchanges: readonly Exchange[];
  playing: boolean;
  onPlay: () => void;
  onStop: () => void;
  onClose: () => void;
  onSelect: (sequence: number) => void;
}

/** Show what was opened, a button to play it against the chosen bot, and the outcome. */
export function PlayedAgain(props: Props): JSX.Element {
  const { file, name, exchanges, playing, onPlay, onStop, onClose, onSelect } = props;
  const { bot, turns } = file;
  const { same, differs, without, next } = count(exchanges);
  const played = same + differs.length + without;
  return (
    <section class="played-again" aria-label="Opened conversation">
      <div class="played-head">
        <p>
          <strong>{name}</strong>
          <span class="muted small">
            {turns.length === 1 ? "1 turn" : `${turns.length} turns`} with {bot.account}/{bot.bot}
            {bot.environment === null ? "" : ` (${bot.environment})`}, {bot.channel}, saved {formatDay(file.saved)}
          </span>
        </p>
        <button type="button" class="icon-button small-button" aria-label="Close the opened conversation" onClick={onClose}>
          <Icon name="close" size={15} />
        </button>
      </div>
      <div class="played-row">
        {playing ? (
          <button type="button" class="plain-button" onClick={onStop}>
            Stop
          </button>
        ) : (
          <button type="button" class="primary-button" onClick={onPlay}>
            <Icon name="replay" size={16} /> Play with this bot
          </button>
        )}
        <p class="played-outcome" role="status">
          {played > 0 && (
            <>
              {playing ? `${played} of ${turns.length} turns: ` : `${played === 1 ? "1 turn" : `${played} turns`}: `}
              <span class="tag tag-good">{same} as before</span>{" "}
              {differs.length > 0 && <span class="tag tag-bad">{differs.length} {differs.length === 1 ? "differs" : "differ"}</span>}{" "}
              {without > 0 && <span class="tag">{without} without a saved answer</span>}
            </>
          )}
        </p>
        {next !== null && !playing && (
          <button type="button" class="quiet-button small-quiet" onClick={() => onSelect(next)}>
            Show the first difference
          </button>
        )}
      </div>
    </section>
  );
}

function count(exchanges: readonly Exchange[]): { same: number; differs: number[]; without: number; next: number | null } {
  const outcome = { same: 0, differs: [] as number[], without: 0 };
  for (const { saved, turn, problem, sequence } of exchanges) {
    if (turn === null && problem === null) {
      continue;
    }
    if (saved === null) {
      outcome.without += 1;
    } else if (turn && compareAnswers(saved, toAnswer(turn)).equal) {
      outcome.same += 1;
    } else {
      outcome.differs.push(sequence);
    }
  }
  return { ...outcome, next: outcome.differs[0] ?? null };
}
