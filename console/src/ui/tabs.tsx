/** Tabs, as the ARIA practices describe them: one in the tab order, arrow keys between them. */

import type { ComponentChildren, JSX, TargetedKeyboardEvent } from "preact";
import { useId } from "preact/hooks";

export interface Tab<Name extends string> {
  name: Name;
  title: ComponentChildren;
}

interface Props<Name extends string> {
  label: string;
  tabs: readonly Tab<Name>[];
  chosen: Name;
  onChoose: (name: Name) => void;
  /** The chosen tab's panel. */
  children: ComponentChildren;
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

/** Show the tabs and the panel of the chosen one. */
export function Tabs<Name extends string>({ label, tabs, chosen, onChoose, children }: Props<Name>): JSX.Element {
  const id = useId();

  const move = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    const step = STEPS[event.key];
    if (step === undefined) {
      return;
    }
    event.preventDefault();
    const from = tabs.findIndex((tab) => tab.name === chosen);
    const next = tabs[Math.min(tabs.length - 1, Math.max(0, from + step))];
    if (next) {
      onChoose(next.name);
      document.getElementById(`${id}-${next.name}`)?.focus();
    }
  };

  return (
    <div class="tabs">
      <div class="tab-list" role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.name}
            id={`${id}-${tab.name}`}
            type="button"
            role="tab"
            aria-selected={tab.name === chosen}
            aria-controls={tab.name === chosen ? `${id}-panel` : undefined}
            tabIndex={tab.name === chosen ? 0 : -1}
            onClick={() => onChoose(tab.name)}
          >
            {tab.title}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} class="tab-panel" role="tabpanel" aria-labelledby={`${id}-${chosen}`}>
        {children}
      </div>
    </div>
  );
}
