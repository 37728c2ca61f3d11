/** Rich content and quick replies, drawn by LivePerson's renderer. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import type { JsonObject } from "../../api/types";
import { type Clicks, renderContent } from "./renderer";

interface Props {
  /** One content, or the buttons of quick replies. */
  contents: readonly JsonObject[];
  clicks: Clicks;
}

/** Draw contents one after the other; what the renderer cannot draw is said in words. */
export function RichContent({ contents, clicks }: Props): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(clicks);
  const [problem, setProblem] = useState<string | null>(null);
  latest.current = clicks;

  useLayoutEffect(() => {
    const through: Clicks = {
      publish: (text, metadata) => latest.current.publish(text, metadata),
      notice: (text) => latest.current.notice(text),
    };
    try {
      place.current?.replaceChildren(...contents.map((content) => renderContent(content, through)));
      setProblem(null);
    } catch (error) {
      place.current?.replaceChildren();
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }, [contents]);

  return (
    <>
      <div class="renderings" ref={place} />
      {problem !== null && (
        <p class="unrendered">
          LivePerson’s renderer cannot show this: <code>{problem}</code>
        </p>
      )}
    </>
  );
}
