/** What is wrong with the bot's rich content, and where. */

import type { JSX } from "preact";

import type { Finding } from "../../api/types";

interface Props {
  findings: readonly Finding[];
  warnings: readonly string[];
  onGo: (path: string) => void;
}

/** The gateway's warnings name findings too, as `messages[0].structuredContent: elements[1].text: what is wrong`. */
export function isSame(warning: string, { path, message }: Finding): boolean {
  const end = `: ${message}`;
  return warning.endsWith(end) && `$.${warning.slice(0, -end.length).replaceAll(": ", ".")}` === path;
}

/** List findings, each leading to its place, and what the gateway dropped or changed. */
export function Findings({ findings, warnings, onGo }: Props): JSX.Element | null {
  const others = warnings.filter((warning) => !findings.some((finding) => isSame(warning, finding)));
  if (findings.length === 0 && others.length === 0) {
    return null;
  }
  return (
    <section class="findings" aria-label="Findings">
      <h3>{findings.length > 0 ? "Findings" : "Dropped or changed"}</h3>
      <ul>
        {findings.map((finding, index) => (
          <li key={index}>
            <button type="button" class="finding" onClick={() => onGo(finding.path)}>
              <span class={`tag ${finding.severity === "error" ? "tag-bad" : "tag-warn"}`}>{finding.severity}</span>
              <span class="finding-text">
                <code>{finding.path}</code>
                {finding.message}
              </span>
            </button>
          </li>
        ))}
        {others.map((warning, index) => (
          <li key={`w${index}`} class="gateway-warning">
            <span class="tag">gateway</span>
            <span class="finding-text">{warning}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
