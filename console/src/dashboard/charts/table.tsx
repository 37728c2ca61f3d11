/** The figures of a chart as a table, for those who would rather read it or cannot see it. */

import { useState } from "preact/hooks";

import type { Figures } from "../../api/types";
import { formatBucket, formatUtc } from "../format";
import { write } from "./chart";
import type { Plot } from "./lines";

/** Properties of the table. */
export interface TableProps {
  readonly plot: Plot;
  readonly figures: Figures;
  /** Beginning of every bucket, milliseconds since 1970. */
  readonly times: readonly number[];
}

/** Show a plot's figures, newest first; built when it is opened. */
export function Table({ plot, figures, times }: TableProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="behind" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Figures<span class="visually-hidden"> of {plot.title}</span> as a table
      </summary>
      {isOpen && (
        <div class="behind-box" role="region" aria-label={`${plot.title}, table`} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                {plot.lines.map((line) => (
                  <th scope="col" class="number" key={line.name}>
                    {line.label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {times
                .map((at, index) => (
                  <tr key={at}>
                    <th scope="row">
                      <time dateTime={new Date(at).toISOString()} title={formatUtc(at)}>
                        {formatBucket(at, figures.window)}
                      </time>
                    </th>
                    {plot.lines.map((line) => (
                      <td class="number" key={line.name}>
                        {write(plot, figures.series[line.name][index])}
                      </td>
                    ))}
                  </tr>
                ))
                .reverse()}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
