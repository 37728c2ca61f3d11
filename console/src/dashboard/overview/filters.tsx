/** What narrows the list of bots: a text, account, vendor, state. */

import type { JSX } from "preact";

import type { Bot } from "../../api/types";
import { StateShape } from "../state-tag";
import { nameVendor } from "../vendors";
import { COLUMNS } from "./bot-table";
import { hasMark, type Mark, STATES, type SortKey, type Wish } from "./select";

interface Props {
  bots: readonly Bot[];
  wish: Wish;
  onWish: (wish: Wish) => void;
}

const MARKS: readonly (readonly [Mark, string])[] = [
  ...STATES.map((state) => [state, state] as const),
  ["open", "Circuit open"],
  ["recording", "Recording"],
];

/** Let the reader narrow and, on a phone, sort the list; every change goes back to its first page. */
export function Filters({ bots, wish, onWish }: Props): JSX.Element {
  const change = (changes: Partial<Wish>): void => onWish({ ...wish, page: 0, ...changes });
  const accounts = kinds(bots, (bot) => bot.account);
  return (
    <div class="filters" role="search" aria-label="Bots">
      <div class="filters-marks" role="group" aria-label="State">
        <button type="button" class="chip" aria-pressed={wish.mark === null} onClick={() => change({ mark: null })}>
          All <span class="chip-count">{bots.length}</span>
        </button>
        {MARKS.map(([mark, label]) => {
          const count = bots.filter((bot) => hasMark(bot, mark)).length;
          return (
            // A state that no bot is in is shown where it is good news or chosen; a mark only when some bot has it.
            (count > 0 || wish.mark === mark) && (
              <button
                key={mark}
                type="button"
                class="chip"
                aria-pressed={wish.mark === mark}
                onClick={() => change({ mark: wish.mark === mark ? null : mark })}
              >
                {mark !== "open" && mark !== "recording" && <StateShape state={mark} />}
                {label} <span class="chip-count">{count}</span>
              </button>
            )
          );
        })}
      </div>
      <div class="filters-fields">
        <input
          class="filters-text"
          type="search"
          aria-label="Find bots"
          placeholder="Find bots…"
          value={wish.text}
          onInput={(event) => change({ text: event.currentTarget.value })}
        />
        {accounts.length > 1 && (
          <Choice label="Account" all="All accounts" value={wish.account} options={accounts} onChoose={(account) => change({ account })} />
        )}
        <Choice
          label="Vendor"
          all="All vendors"
          value={wish.vendor}
          options={kinds(bots, (bot) => bot.vendor)}
          name={nameVendor}
          onChoose={(vendor) => change({ vendor })}
        />
        <select
          class="filters-sort"
          aria-label="Sort by"
          value={wish.sort}
          onChange={(event) => {
            const sort = event.currentTarget.value as SortKey;
            change({ sort, descending: COLUMNS.some((column) => column.key === sort && column.descendsFirst === true) });
          }}
        >
          {COLUMNS.map(({ key, heading }) => (
            <option key={key} value={key}>
              Sorted by {heading.toLowerCase()}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

interface ChoiceProps {
  label: string;
  all: string;
  value: string;
  options: readonly string[];
  name?: (option: string) => string;
  onChoose: (value: string) => void;
}

function Choice({ label, all, value, options, name = String, onChoose }: ChoiceProps): JSX.Element {
  return (
    <select aria-label={label} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
      <option value="">{all}</option>
      {options.map((option) => (
        <option key={option} value={option}>
          {name(option)}
        </option>
      ))}
    </select>
  );
}

function kinds(bots: readonly Bot[], of: (bot: Bot) => string): string[] {
  return [...new Set(bots.map(of))].sort();
}
