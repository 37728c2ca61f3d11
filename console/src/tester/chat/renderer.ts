/** LivePerson's own renderer of rich content, with the tester as the window around it. */

import "json-pollock/dist/json-pollock.min.css";

import { JsonPollock as pollock } from "json-pollock/dist/json-pollock.global.no_validation.min.js";

import type { Json, JsonObject } from "../../api/types";
import { asText, isObject } from "../conversation/playback";
import { mendElement, mendWhole } from "./mend";
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
  if (!around.querySelector(".lp-json-pollock")?.hasChildNodes()) {
    throw new Error(`it draws nothing for the type ${asText(content.type)}`);
  }
  mendWhole(around);
  return around;
}

pollock.init({
  maxAllowedElements: 256,
  onAfterElementRendered: (element, template) => {
    mendElement(element, template, {
      place: (event) => clicksAt(event)?.notice(describePlace(template.la, template.lo, template.tooltip)),
      failed: (event, message) => clicksAt(event)?.notice(`LivePerson’s renderer says: ${message}`),
    });
    return element;
  },
});

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
