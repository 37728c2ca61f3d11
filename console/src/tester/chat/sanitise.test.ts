import { describe, expect, test } from "vitest";

import type { JsonObject } from "../../api/types";
import { safeLink, sanitiseContent, sanitiseHtml } from "./sanitise";

test.each([
  ["plain", "plain"],
  ["a < b & c > d &amp; e", "a &lt; b & c &gt; d &amp; e"],
  ["<b>bold</b> and <STRONG>strong</STRONG><br/>", "<b>bold</b> and <STRONG>strong</STRONG><br>"],
  ['<b onclick="alert(1)" style=x>b</b >', "<b>b</b>"],
  ["<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"],
  ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
  ["<bdo>x</bdo><base href=x>", "&lt;bdo&gt;x&lt;/bdo&gt;&lt;base href=x&gt;"],
  ["<<b>img src=x>", "&lt;<b>img src=x&gt;"],
  ["<b <img src=x>>", "&lt;b &lt;img src=x&gt;&gt;"],
  ["<s/onload=1>", "<s>"],
])("the HTML of %j is made %j", (text, html) => {
  expect(sanitiseHtml(text)).toBe(html);
});

describe("a structured content", () => {
  test("keeps what the renderer needs, at every depth", () => {
    const content: JsonObject = {
      type: "vertical",
      tag: "<i>",
      elements: [
        {
          type: "button",
          title: "<a>Go</a>",
          subtitle: "<u>now</u>",
          style: { color: "#fff", bold: true, size: "large", "background-color": "red;position:fixed", fill: "url(x)" },
          accessibility: { web: { "aria-label": "Go", role: "link", onclick: "alert(1)", style: "x", tabindex: 0 } },
          click: { actions: [{ type: "publishText", text: "<a>" }], metadata: [{ id: "<b>" }] },
        },
        { type: "image", url: "https://x.example", caption: "<iframe>", alt: "<b>" },
        "odd",
      ],
    };
    expect(sanitiseContent(content)).toEqual({
      type: "vertical",
      tag: "<i>",
      elements: [
        {
          type: "button",
          title: "&lt;a&gt;Go&lt;/a&gt;",
          subtitle: "<u>now</u>",
          style: { color: "#fff", bold: true, size: "large" },
          accessibility: { web: { "aria-label": "Go", role: "link", tabindex: 0 } },
          click: { actions: [{ type: "publishText", text: "<a>" }], metadata: [{ id: "<b>" }] },
        },
        { type: "image", url: "https://x.example", caption: "&lt;iframe&gt;", alt: "<b>" },
        "odd",
      ],
    });
  });

  test("that is nested beyond reason is refused", () => {
    let content: JsonObject = { type: "text", text: "x" };
    for (let level = 0; level < 20; level += 1) {
      content = { type: "vertical", elements: [content] };
    }
    expect(() => sanitiseContent(content)).toThrow("it is nested more than 16 levels deep");
  });
});

test.each([
  ["https://example.com/a", "https://example.com/a"],
  ["tel:+15550100", "tel:+15550100"],
  ["javascript:alert(1)", null],
  [" JaVaScRiPt:alert(1)", null],
  ["data:text/html,x", null],
  ["blob:https://x", null],
  ["/relative", null],
  [7, null],
])("the link %j leads to %j", (uri, link) => {
  expect(safeLink(uri)).toBe(link);
});
