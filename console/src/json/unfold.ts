/** JSON inside JSON: some vendors take and give whole objects as texts. */

import type { Json } from "../api/types";

/** Texts that are longer are left alone. */
const LONGEST = 256 * 1024;

/** Replace every text that is a JSON object or array by what it says; give the value itself when there is none. */
export function unfold(value: Json): Json {
  if (typeof value === "string") {
    const inner = read(value);
    return inner === undefined ? value : unfold(inner);
  }
  if (Array.isArray(value)) {
    const items = value.map(unfold);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).map(([key, item]) => [key, unfold(item)] as const);
    return entries.some(([key, item]) => item !== value[key]) ? Object.fromEntries(entries) : value;
  }
  return value;
}

function read(text: string): Json | undefined {
  if (text.length > LONGEST || !/^\s*[[{]/.test(text)) {
    return undefined;
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
