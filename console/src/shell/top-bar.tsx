/** The bar on top of every view: where one is, light or dark, the way out. */

import type { JSX } from "preact";

import { Icon } from "./icons";
import type { Route } from "./route";
import { useTheme } from "./theme";

interface Props {
  route: Route;
  version: string;
  onSignOut: () => void;
}

/** Show the console's name, its two views, the theme switch and the sign-out button. */
export function TopBar({ route, version, onSignOut }: Props): JSX.Element {
  const [theme, toggle] = useTheme();
  const tester = route.view === "tester";
  const testerLink = route.view === "bot" ? `#/tester/${route.account}/${route.bot}` : "#/tester";
  return (
    <header class="top-bar">
      <a class="brand" href="#/" title={`botbridge ${version}`}>
        <span class="brand-mark">
          <Icon name="logo" size={20} />
        </span>
        <span class="brand-name">botbridge</span>
      </a>
      <nav aria-label="Views">
        <a href="#/" aria-current={tester ? undefined : "page"}>
          Dashboard
        </a>
        <a href={tester ? location.hash : testerLink} aria-current={tester ? "page" : undefined}>
          Tester
        </a>
      </nav>
      <div class="top-bar-end">
        <button
          type="button"
          class="icon-button"
          onClick={toggle}
          aria-label={theme === "dark" ? "Switch to the light theme" : "Switch to the dark theme"}
          title={theme === "dark" ? "Light theme" : "Dark theme"}
        >
          <Icon name={theme === "dark" ? "sun" : "moon"} />
        </button>
        <button type="button" class="quiet-button" onClick={onSignOut}>
          Sign out
        </button>
      </div>
    </header>
  );
}
