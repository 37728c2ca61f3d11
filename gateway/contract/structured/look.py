"""Members that many kinds of elements share: how they look, what a screen reader says, and their labels.

From docs/contract/structured-content.md, "Members common to elements" and "Style and display"; what LivePerson's schema knows and
the page sums up (`border-…`, `accessibility.web`) stands here in full.
"""

from typing import Final

from gateway.contract.structured.rules import anything, boolean, choice, members, number, text

_COLORS: Final = (
    *("color", "color-active", "color-hover", "background-color", "background-color-active", "background-color-hover"),
    *("border-color", "border-color-hover", "border-color-selected", "fill"),
)
STYLE: Final = members(
    {},
    {
        "bold": boolean,
        "italic": boolean,
        "size": choice("small", "medium", "large"),
        "font-family": text(256),
        "border-radius": number(),
        **dict.fromkeys(_COLORS, text(256)),
    },
)
DISPLAY: Final = members(
    {},
    {
        "aspectRatio": choice("rectangle", "square", "horizontal"),
        "size": choice("cover", "contain", "large", "compact", "tall", "full"),
    },
)

_ARIA: Final = {
    10: "aria-colcount aria-colindex aria-colspan",
    20: "tabindex aria-checked aria-expanded aria-haspopup aria-hidden aria-level aria-multiline aria-multiselectable "
    "aria-readonly aria-required aria-rowcount aria-rowindex aria-rowspan",
    100: "role aria-activedescendant aria-atomic aria-autocomplete aria-busy aria-controls aria-current aria-describedby "
    "aria-details aria-disabled aria-errormessage aria-flowto aria-invalid aria-labelledby aria-live aria-modal "
    "aria-orientation aria-owns aria-posinset aria-pressed aria-selected aria-setsize aria-sort aria-valuemax aria-valuemin "
    "aria-valuenow",
    1000: "aria-grabbed aria-keyshortcuts aria-label aria-placeholder aria-relevant aria-roledescription aria-valuetext",
}
"""Longest value -> the attributes of a page that `accessibility.web` may set."""
_ACCESSIBILITY: Final = members(
    {}, {"web": members({}, {name: text(limit) for limit, names in _ARIA.items() for name in names.split()})}
)

ALT: Final = {"alt": text(2000)}
TOOLTIP: Final = {"tooltip": text(256)}
TAG: Final = {"tag": text(64), "tagVersion": text(64)}
STYLED: Final = {"style": STYLE}
DISPLAYED: Final = {"display": DISPLAY}
WEB: Final = {"accessibility": _ACCESSIBILITY}
TYPE: Final = {"type": anything}
"""Looked at by `typed` already."""
