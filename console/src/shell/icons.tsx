/** The few icons of the console, drawn with the text's colour. */

import type { JSX } from "preact";

const PATHS = {
  logo: "M3.5 16c0-5 3.6-8.3 8.5-8.3s8.5 3.3 8.5 8.3M7.8 16V9.9M12 16V7.7M16.2 16V9.9M2.5 16h19",
  sun: "M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  moon: "M19.5 14.2A8 8 0 0 1 9.8 4.5a8 8 0 1 0 9.7 9.7Z",
  copy: "M9 9V5.5A1.5 1.5 0 0 1 10.5 4h8A1.5 1.5 0 0 1 20 5.5v8a1.5 1.5 0 0 1-1.5 1.5H15M5.5 9h8A1.5 1.5 0 0 1 15 10.5v8a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 4 18.5v-8A1.5 1.5 0 0 1 5.5 9Z",
  check: "m5 12.5 4.5 4.5L19 7.5",
  send: "M5 12h13M12.5 6l6 6-6 6",
  plus: "M12 5v14M5 12h14",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  pin: "M12 21s7-6.1 7-11a7 7 0 1 0-14 0c0 4.9 7 11 7 11Zm0-8.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
  file: "M13.5 3.5H7A1.5 1.5 0 0 0 5.5 5v14A1.5 1.5 0 0 0 7 20.5h10a1.5 1.5 0 0 0 1.5-1.5V8.5l-5-5Zm0 0v5h5",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.5 8.5c.6-4 3.7-6 7.5-6s6.9 2 7.5 6",
  wave: "M4 12a8 8 0 1 1 3.2 6.4L4 19.5l.9-3.2A8 8 0 0 1 4 12Z",
  save: "M12 4v11M7.5 10.5 12 15l4.5-4.5M4.5 19.5h15",
  open: "M12 15V4M7.5 8.5 12 4l4.5 4.5M4.5 19.5h15",
  replay: "M4.5 12a7.5 7.5 0 1 0 2.4-5.5M4.5 4v4h4",
  record: "M12 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12Z",
  lock: "M7.5 10.5v-3a4.5 4.5 0 0 1 9 0v3M6 10.5h12v9H6z",
  close: "m6 6 12 12M18 6 6 18",
  warning: "M12 4 2.8 20h18.4L12 4Zm0 6v4.5M12 17.2h.01",
  chart: "M4 19.5h16M7 16v-4M12 16V6M17 16V9",
  arrow: "m9 5 7 7-7 7",
} as const;

export type IconName = keyof typeof PATHS;

/** Draw an icon; it is decoration, the control that holds it has the name. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
