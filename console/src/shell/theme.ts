/** Light or dark: the system's wish, until the reader chooses otherwise. */

import { useState } from "preact/hooks";

export type Theme = "light" | "dark";

const KEY = "botbridge-theme";

function stored(): Theme | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : null;
  } catch {
    // A browser may forbid storage altogether; the system's wish holds then.
    return null;
  }
}

function systems(): Theme {
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Put the remembered choice on the page; called before the first paint of the application. */
export function applyStoredTheme(): void {
  const theme = stored();
  if (theme) {
    document.documentElement.dataset.theme = theme;
  }
}

/** Hand out the theme in force and a switch to the other, which is remembered. */
export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(() => stored() ?? systems());
  const toggle = (): void => {
    const next = theme === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // Not remembered, but in force for this page.
    }
    setTheme(next);
    dispatchEvent(new CustomEvent("botbridge-theme"));
  };
  return [theme, toggle];
}
