import { render } from "preact";

import { App } from "./app";
import { applyStoredTheme } from "./shell/theme";

applyStoredTheme();
const root = document.getElementById("app");
if (root) {
  render(<App />, root);
}
