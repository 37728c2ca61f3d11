/** Tells when the page's colours have changed, for what draws on a canvas. */

import { useEffect, useState } from "preact/hooks";

/** Count the changes of the theme, by the reader's switch or by the system. */
export function useAppearance(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const changed = () => setChanges((count) => count + 1);
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", changed);
    const switched = new MutationObserver(changed);
    switched.observe(document.documentElement, { attributes: true });
    return () => {
      system.removeEventListener("change", changed);
      switched.disconnect();
    };
  }, []);
  return changes;
}
