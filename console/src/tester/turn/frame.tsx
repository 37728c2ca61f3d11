/** What stands around a turn, and in its place while there is none. */

import type { JSX } from "preact";

import { Icon } from "../../shell/icons";

/** Say what will be here. */
export function NothingYet(): JSX.Element {
  return (
    <div class="nothing-yet muted">
      <h2>What happened in a turn</h2>
      <p>Steps with their times, the vendor’s request and answer before and after the hooks, what LivePerson gets, and what is wrong with it.</p>
    </div>
  );
}

/** Hold the place of a turn that is on its way. */
export function TurnSkeleton(): JSX.Element {
  return (
    <div class="turn-skeleton" aria-busy="true">
      <div class="skeleton" />
      <div class="skeleton" />
      <div class="skeleton" />
    </div>
  );
}

interface StepsProps {
  index: number;
  count: number;
  onGo: (index: number) => void;
}

/** Go from one turn of the conversation to the next. */
export function TurnSteps({ index, count, onGo }: StepsProps): JSX.Element {
  return (
    <div class="turn-steps" role="group" aria-label="Turns">
      <button type="button" class="icon-button small-button back" disabled={index <= 0} onClick={() => onGo(index - 1)} aria-label="Turn before">
        <Icon name="arrow" size={16} />
      </button>
      <span class="small">
        Turn {index + 1} of {count}
      </span>
      <button type="button" class="icon-button small-button" disabled={index >= count - 1} onClick={() => onGo(index + 1)} aria-label="Turn after">
        <Icon name="arrow" size={16} />
      </button>
    </div>
  );
}
