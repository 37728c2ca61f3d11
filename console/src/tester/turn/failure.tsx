/** A turn's error: its code, what it means, what to do. */

import type { JSX } from "preact";

import type { CatalogueError } from "../../api/types";
import { Icon } from "../../shell/icons";
import { CopyButton } from "../../ui/copy-button";

/** Show an error with its meaning and its remedy. */
export function Failure({ error, outcome }: { error: CatalogueError; outcome: string }): JSX.Element {
  return (
    <section class="failure" aria-label="Failure">
      <h3>
        <Icon name="warning" size={17} /> {error.message}
      </h3>
      <dl>
        <dt>Code</dt>
        <dd>
          <code>{error.code}</code> <CopyButton text={error.code} what="the code" />
        </dd>
        <dt>Error id</dt>
        <dd>
          <code>{error.errorId}</code> <CopyButton text={error.errorId} what="the error id" />
        </dd>
        <dt>Meaning</dt>
        <dd>{error.meaning}</dd>
        <dt>Remedy</dt>
        <dd>{error.remedy}</dd>
        {outcome === "escalated" && (
          <>
            <dt>Outcome</dt>
            <dd>The consumer was handed over, by the bot’s escalation.</dd>
          </>
        )}
      </dl>
    </section>
  );
}
