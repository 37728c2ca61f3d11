/** LivePerson's own renderer of rich content, with the tester as the window around it. */

import "json-pollock/dist/json-pollock.min.css";

import { JsonPollock as pollock } from "json-pollock/dist/json-pollock.global.no_validation.min.js";

import type { Json, JsonObject } from "../../api/types";
import { isObject } from "../conversation/playback";
import { safeLink, sanitiseContent } from "./sanitise";

/** What the window does when somebody clicks. */
export interface Clicks {
  /** Send a text as the consumer's, with the metadata of what was clicked. */
  publish: (text: string, metadata: Json[]) => void;
  /** Say what a click did, when it sent nothing. */
  notice: (text: string) => void;
}

/** The renderer has one set of actions for the whole page; whose content was clicked says the element. */
const windows = new WeakMap<Element, Clicks>();
const WINDOW = "rendered";

/** Render a structured content, or a single element. Raise what the renderer raises when it cannot. */
export function renderContent(content: JsonObject, clicks: Clicks): HTMLElement {
  const around = document.createElement("div");
  around.className = WINDOW;
  windows.set(around, clicks);
  around.append(pollock.render(sanitiseContent(content)));
  return around;
}

pollock.init({ maxAllowedElements: 256, onAfterElementRendered: finish });

pollock.registerAction("publishText", ({ actionData, metadata, uiEvent }) => {
  if (typeof actionData.text === "string" && actionData.text !== "") {
    clicksAt(uiEvent)?.publish(actionData.text, toList(metadata));
  }
});

pollock.registerAction("link", ({ actionData, uiEvent }) => {
  const web = isObject(actionData.web as Json) ? (actionData.web as JsonObject) : {};
  const link = safeLink(web.uri ?? actionData.uri);
  if (link === null) {
    clicksAt(uiEvent)?.notice("The link has no address that a browser could open.");
    return;
  }
  window.open(link, "_blank", "noopener,noreferrer");
  clicksAt(uiEvent)?.notice(`Opened ${link} in a new tab`);
});

pollock.registerAction("navigate", ({ actionData, uiEvent }) => {
  clicksAt(uiEvent)?.notice(describePlace(actionData.la, actionData.lo, actionData.name));
});

for (const name of ["addToCart", "custom", "datePicker", "scheduleSlotList"]) {
  pollock.registerAction(name, ({ uiEvent }) => {
    clicksAt(uiEvent)?.notice(`The action ${name} is carried out by the consumer’s app; the tester has none.`);
  });
}

/** Texts of the boxes that are ticked in a list, in the order of the list. */
const ticked = new WeakMap<EventTarget, string>();

pollock.registerAction("checked", ({ actionData, uiEvent }) => {
  const box = uiEvent?.target;
  if (box && typeof actionData.publishText === "string") {
    ticked.set(box, actionData.publishText);
  }
});

pollock.registerAction("submitAsText", ({ metadata, uiEvent, formEl }) => {
  const boxes = formEl ? [...formEl.querySelectorAll<HTMLInputElement>("input[type=checkbox]:checked")] : [];
  const texts = boxes.flatMap((box) => ticked.get(box) ?? []);
  if (texts.length === 0) {
    clicksAt(uiEvent)?.notice("Nothing is ticked.");
  } else {
    clicksAt(uiEvent)?.publish(texts.join(", "), toList(metadata));
  }
});

/** Mend what the renderer leaves undone for keyboards and screen readers, and keep maps from leading to another site. */
function finish(element: HTMLElement, template: JsonObjectLike): HTMLElement {
  switch (template.type) {
    case "map":
      finishMap(element, template);
      break;
    case "text":
      // It gives a <span> a label, which only elements with a role may have.
      element.querySelectorAll("span[aria-label]:not([role])").forEach((span) => span.removeAttribute("aria-label"));
      break;
    case "button":
      element.querySelectorAll("button").forEach(finishButton);
      break;
    case "image":
      finishImage(element);
      break;
  }
  return element;
}

type JsonObjectLike = Record<string, unknown>;

function finishMap(element: HTMLElement, template: JsonObjectLike): void {
  element.setAttribute("role", "button");
  if (!element.hasAttribute("aria-label")) {
    element.setAttribute("aria-label", describePlace(template.la, template.lo, undefined));
  }
  const click = template.click as { actions?: unknown } | undefined;
  if (!click?.actions) {
    // Without an action of its own the renderer opens a map service of another company.
    element.onclick = (event) =>
      clicksAt(event)?.notice(describePlace(template.la, template.lo, template.tooltip));
  }
  element.onkeydown = (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      element.click();
    }
  };
}

/** A button that sends what was selected elsewhere throws when nothing is. */
function finishButton(button: HTMLButtonElement): void {
  // A button inside a form would otherwise send it.
  button.type = "button";
  const click = button.onclick;
  if (click) {
    button.onclick = (event) => {
      try {
        click.call(button, event);
      } catch (error) {
        clicksAt(event)?.notice(`LivePerson’s renderer says: ${error instanceof Error ? error.message : String(error)}`);
      }
    };
  }
}

function finishImage(element: HTMLElement): void {
  const image = element.querySelector("img");
  if (image?.onclick) {
    image.setAttribute("role", "button");
    image.tabIndex = 0;
    image.setAttribute("aria-label", image.alt || element.title || "Image");
    image.onkeydown = (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        image.click();
      }
    };
  }
}

function clicksAt(event: Event | undefined): Clicks | undefined {
  const place = event?.target instanceof Element ? event.target.closest(`.${WINDOW}`) : null;
  return place ? windows.get(place) : undefined;
}

function toList(metadata: unknown): Json[] {
  if (Array.isArray(metadata)) {
    return metadata as Json[];
  }
  return metadata !== null && typeof metadata === "object" ? [metadata as Json] : [];
}

function describePlace(latitude: unknown, longitude: unknown, name: unknown): string {
  const place = `latitude ${String(latitude)}, longitude ${String(longitude)}`;
  return typeof name === "string" && name !== "" ? `Navigate to ${name}: ${place}` : `Navigate to ${place}`;
}
