/**
 * What a bot sends, made harmless for LivePerson's renderer.
 *
 * The renderer puts texts into the page as HTML, styles as CSS and `accessibility.web` as any attribute. The page's policy
 * keeps scripts out; this keeps out what remains: forms, links, frames, handlers, and styles that cover the page. Marks such
 * as <b> stay, since consumers see them too.
 */

import type { Json, JsonObject } from "../../api/types";
import { asText, isObject } from "../conversation/playback";

const MARK = /<(\/?(?:b|strong|i|em|u|s|br|p|ul|ol|li|span|sub|sup|small))(?:[\s/][^<>]*)?>/gi;
/** Members that the renderer writes as HTML, by element type. Elsewhere it writes plain text. */
const HTML_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  text: ["text"],
  button: ["title", "subtitle"],
  image: ["caption"],
  checkbox: ["text"],
};
const SAFE_ATTRIBUTE = /^(?:aria-[a-z]+|role|tabindex|title|lang|dir|alt)$/i;
const SAFE_STYLE = /^[#\w\s.,%()-]*$/;
/** Deeper than anything that can still be read. */
const DEEPEST = 16;

/** Copy a structured content, without what could harm the page. Raise RangeError when it is nested beyond reason. */
export function sanitiseContent(content: JsonObject, depth = 0): JsonObject {
  if (depth > DEEPEST) {
    throw new RangeError(`it is nested more than ${DEEPEST} levels deep`);
  }
  const html = HTML_MEMBERS[asText(content.type)] ?? [];
  return Object.fromEntries(
    Object.entries(content).map(([key, value]) => {
      if (html.includes(key) && typeof value === "string") {
        return [key, sanitiseHtml(value)];
      }
      switch (key) {
        case "elements":
          return [key, Array.isArray(value) ? value.map((item) => sanitiseMember(item, depth + 1)) : value];
        case "style":
          return [key, safeStyle(value)];
        case "accessibility":
          return [key, isObject(value) ? { web: safeAttributes(value.web) } : null];
        default:
          return [key, value];
      }
    }),
  );
}

/**
 * Leave the marks of a text, without their attributes, and make everything else plain.
 *
 * Nothing is parsed for it: a sanitiser that works on elements would have the browser report every handler in a bot's text as a
 * violation of the page's policy.
 */
export function sanitiseHtml(text: string): string {
  let html = "";
  let end = 0;
  for (const found of text.matchAll(MARK)) {
    html += `${escape(text.slice(end, found.index))}<${found[1] ?? ""}>`;
    end = found.index + found[0].length;
  }
  return html + escape(text.slice(end));
}

/** Character references stay: in the consumer's window `&amp;` is an ampersand. */
function escape(text: string): string {
  return text.replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function sanitiseMember(item: Json, depth: number): Json {
  return isObject(item) ? sanitiseContent(item, depth) : item;
}

/** Keep declarations' values that are a colour, a number or a word: nothing that ends a declaration or fetches anything. */
function safeStyle(style: Json): Json {
  if (!isObject(style)) {
    return null;
  }
  return Object.fromEntries(
    Object.entries(style).filter(
      ([, value]) => typeof value !== "string" || (SAFE_STYLE.test(value) && !/url|expression/i.test(value)),
    ),
  );
}

function safeAttributes(attributes: Json | undefined): JsonObject {
  return isObject(attributes)
    ? Object.fromEntries(Object.entries(attributes).filter(([name]) => SAFE_ATTRIBUTE.test(name)))
    : {};
}

/** Give an address that may be opened from the page; null for a scheme that runs something. */
export function safeLink(uri: unknown): string | null {
  if (typeof uri !== "string") {
    return null;
  }
  try {
    const { protocol, href } = new URL(uri);
    return ["https:", "http:", "mailto:", "tel:", "sms:"].includes(protocol) ? href : null;
  } catch {
    return null;
  }
}
