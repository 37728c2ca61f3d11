/** What LivePerson's renderer leaves undone for keyboards and screen readers, done to what it has drawn. */

export interface Reports {
  /** A map without an action of its own was clicked. */
  place: (event: Event) => void;
  /** A click made the renderer throw. */
  failed: (event: Event, message: string) => void;
}

/** Mend one element as it is drawn, before its children are. */
export function mendElement(element: HTMLElement, template: Record<string, unknown>, reports: Reports): void {
  switch (template.type) {
    case "map":
      mendMap(element, template, reports);
      break;
    case "text":
      // It gives a <span> a label, which only elements with a role may have.
      element.querySelectorAll("span[aria-label]:not([role])").forEach((span) => span.removeAttribute("aria-label"));
      break;
    case "button":
      element.querySelectorAll("button").forEach((button) => mendButton(button, reports));
      break;
    case "image":
      mendImage(element);
      break;
    case "vertical":
      if (template.scroll === "enable") {
        element.tabIndex = 0;
      }
      break;
  }
}

function mendMap(element: HTMLElement, template: Record<string, unknown>, reports: Reports): void {
  element.setAttribute("role", "button");
  if (!element.hasAttribute("aria-label")) {
    element.setAttribute("aria-label", `Map at ${String(template.la)}, ${String(template.lo)}`);
  }
  const click = template.click as { actions?: unknown } | undefined;
  if (!click?.actions) {
    // Without an action of its own the renderer opens a map service of another company.
    element.onclick = (event) => reports.place(event);
  }
  pressed(element);
}

/** A button that sends what was selected elsewhere throws when nothing is. */
function mendButton(button: HTMLButtonElement, reports: Reports): void {
  // Inside a list, which is a form, it would otherwise send the form.
  button.type = "button";
  const click = button.onclick;
  if (click) {
    button.onclick = (event) => {
      try {
        click.call(button, event);
      } catch (error) {
        reports.failed(event, error instanceof Error ? error.message : String(error));
      }
    };
  }
}

function mendImage(element: HTMLElement): void {
  const image = element.querySelector("img");
  if (image?.onclick) {
    image.setAttribute("role", "button");
    image.setAttribute("aria-label", image.alt || element.title || "Image");
    image.tabIndex = 0;
    pressed(image);
  }
}

/** Mend what is only there once everything is drawn: the frames of lists that one selects from. */
export function mendWhole(drawn: HTMLElement): void {
  drawn.querySelectorAll<HTMLElement>(".lp-json-pollock-layout-carousel-select").forEach((list) => {
    list.setAttribute("role", "list");
    for (const card of list.querySelectorAll<HTMLElement>(":scope > [data-carousel-index]")) {
      card.tabIndex = 0;
      pressed(card);
    }
  });
  drawn.querySelectorAll<HTMLElement>(".lp-json-pollock-layout-accordion-tab").forEach(mendFold);
}

/** A fold opens by a click on its head, which is no button, and has a box without a name. */
function mendFold(tab: HTMLElement): void {
  tab.removeAttribute("role");
  const title = tab.querySelector<HTMLElement>(".lp-json-pollock-layout-accordion-title");
  if (!title) {
    return;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = title.className;
  button.textContent = title.textContent;
  title.replaceWith(button);
  tab.querySelector(".lp-json-pollock-layout-accordion-checkbox")?.setAttribute("aria-label", title.textContent);
}

/** Let Enter and space do what a click does, when the element itself has the focus. */
function pressed(element: HTMLElement): void {
  element.onkeydown = (event) => {
    if (event.target === element && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      element.click();
    }
  };
}
