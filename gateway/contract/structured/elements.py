"""The table of structured content: every kind of element, its members and their limits.

From docs/contract/structured-content.md, section by section; where its two sources differ the smaller limit stands here. What
LivePerson's schema knows and the page sums up (`border-…`, `accessibility.web`) stands here in full.
"""

from typing import Final

from gateway.contract.structured.finding import Code
from gateway.contract.structured.rules import (
    Path,
    Report,
    Rule,
    anything,
    array,
    boolean,
    choice,
    in_order,
    members,
    number,
    text,
    true,
    typed,
)
from gateway.contract.structured.urls import image_url, uri
from gateway.contract.types import Json

MAX_BYTES: Final = 15_000
"""Of the whole document, written as JSON."""
MAX_DATE: Final = 250 * 366 * 86_400
"""Seconds. The page says "within about 150 years" of today; without a clock that is 250 years around 1970, good for any today up
to 2070. What this is for: milliseconds in place of seconds end beyond it."""

_NAVIGATING: Final = frozenset({"link", "navigate"})


def _external_id(value: Json, path: Path, report: Report) -> None:
    if not value.get("id") or not isinstance(value["id"], str):
        report.add((path, "id"), Code.MISSING, "is required for an ExternalId, as a string that is not empty")


def _metadata_entry(value: object, path: Path, report: Report) -> None:
    """Ask for an object; an ExternalId needs its id (docs/contract/custom-integration.md section 2.1)."""
    if not isinstance(value, dict):
        report.wrong_type(path, "an object", value)
    elif value.get("type") == "ExternalId":
        _external_id(value, path, report)


def _click(actions: Rule, *, required: bool = False) -> Rule:
    holds, metadata = {"actions": actions}, {"metadata": _METADATA}
    return members(holds, metadata) if required else members({}, holds | metadata)


def _navigating_once(actions: Rule) -> Rule:
    """Advise against a click that goes to two places."""

    def check(value: object, path: Path, report: Report) -> None:
        actions(value, path, report)
        if isinstance(value, list) and len(value) > 1:
            kinds = [entry.get("type") for entry in value if isinstance(entry, dict)]
            if sum(kind in _NAVIGATING for kind in kinds if isinstance(kind, str)) > 1:
                report.add(path, Code.NAVIGATIONS, "should have at most one link or navigate")

    return check


# --- Members that many kinds share -------------------------------------------------------------------------------------

_METADATA: Final = array(_metadata_entry)
_PADDING: Final = number(0, 10)
_BORDER: Final = choice("border", "borderLess", "dropShadow")

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

_ALT: Final = {"alt": text(2000)}
_TOOLTIP: Final = {"tooltip": text(256)}
_TAG: Final = {"tag": text(64), "tagVersion": text(64)}
_STYLE: Final = {"style": STYLE}
_DISPLAY: Final = {"display": DISPLAY}
_WEB: Final = {"accessibility": _ACCESSIBILITY}
_TYPE: Final = {"type": anything}
"""Looked at by `typed` already."""

# --- Click actions -----------------------------------------------------------------------------------------------------

_URI: Final = uri(1024)
_LINK_VARIANT: Final = members({}, {"uri": _URI})
_KEY_VALUE: Final = members({"key": text(128)}, {"value": text(2048)})
_DATE: Final = number(-MAX_DATE, MAX_DATE, whole=True)
_SLOT: Final = typed(
    {
        "scheduleSlot": members(
            {"id": text(256), "start": _DATE},
            _TYPE | {"end": _DATE, "title": text(40), "description": text(40), "imageUrl": image_url(1024)},
        )
    }
)
_ACTION_KINDS: Final = {
    "publishText": members({"text": text(256)}, _TYPE),
    "link": members(
        {"uri": _URI},
        _TYPE
        | _WEB
        | {
            "name": text(256),
            "ios": _LINK_VARIANT,
            "android": _LINK_VARIANT,
            "web": _LINK_VARIANT,
            "target": choice("self", "blank", "slideout"),
        },
    ),
    "navigate": members({"la": number(), "lo": number()}, _TYPE | {"name": text(256)}),
    "addToCart": members(
        {"items": array(members({}, {"productId": text(256), "quantity": number(whole=True)}), most=10)}, _TYPE
    ),
    "custom": members({"data": array(_KEY_VALUE, most=10)}, _TYPE),
    "datePicker": members(
        {"class": choice("single", "range")},
        _TYPE | {"title": text(40), "minDate": _DATE, "maxDate": _DATE, "dateFormat": text(100)},
    ),
    "scheduleSlotList": members(
        {"slots": array(_SLOT, most=256)}, _TYPE | {"title": text(40), "firstDayOfTheWeek": choice("sun", "mon")}
    ),
}
_CHECKED: Final = typed({"checked": members({"publishText": text(250)}, _TYPE | _WEB)})
_SUBMIT_AS_TEXT: Final = typed({"submitAsText": members({"submit": true}, _TYPE | _WEB)})

# --- Basic elements ----------------------------------------------------------------------------------------------------

_SHOWN: Final = _TYPE | _TOOLTIP | _TAG | _STYLE | _WEB | {"rtl": boolean}
_BASIC: Final = _SHOWN | _ALT | {"click": _click(_navigating_once(array(typed(_ACTION_KINDS), most=4)))}

_TEXT: Final = {"text": members({"text": text(5000)}, _BASIC)}
_BUTTON: Final = {
    "button": members(
        {"title": text(128)},
        _BASIC
        | {
            "subtitle": text(128),
            "class": choice("text", "button"),
            "ref": members({}, {"name": text(200), "type": choice("carouselSelect", "accordionSelect")}),
        },
    )
}
_CARD_KINDS: Final[dict[str, Rule]] = {
    **_TEXT,
    **_BUTTON,
    "image": members({"url": image_url(2048)}, _BASIC | {"caption": text(128)}),
    "map": members({"la": number(), "lo": number()}, _BASIC),
    "linkPreview": members({"url": text(2048)}, _BASIC | {"title": text(128)}),
    "template": members(
        {"templateType": choice("quickReply"), "title": text(5000), "resp": array(text(128), 1, 32)}, _BASIC
    ),
    "keyValuePairList": members({"elements": array(_KEY_VALUE, 1, 50)}, _TYPE),
}
"""What a carousel, a select and tabs may hold: basic elements, vertical and horizontal."""

# --- Inside a list -----------------------------------------------------------------------------------------------------

_CHECKBOX: Final = typed(
    {
        "checkbox": members(
            {"text": text(5000), "click": _click(array(_CHECKED, most=4))},
            _SHOWN | {"borderLine": boolean, "borderColor": text(256)},
        )
    }
)
_CHECKLIST: Final = typed(
    {"checklist": members({"elements": array(_CHECKBOX, 2, 256)}, _TYPE | _TOOLTIP | _ALT | {"padding": _PADDING})}
)
_SECTION: Final = typed(
    {
        "section": members(
            {"sectionID": text(256), "elements": in_order([_CHECKLIST], [typed(_TEXT), _CHECKLIST])},
            _TYPE | _TOOLTIP | _ALT | _WEB | {"padding": _PADDING},
        )
    }
)
_SECTION_LIST: Final = typed({"sectionList": members({"elements": array(_SECTION, 1, 256)}, _TYPE | _TOOLTIP | _ALT)})
_SUBMIT_BUTTON: Final = typed(
    {
        "submitButton": members(
            {"title": text(128), "click": _click(array(_SUBMIT_AS_TEXT, most=4))},
            _SHOWN | _ALT | {"disabled": boolean},
        )
    }
)
_BUTTON_LIST: Final = typed(
    {
        "buttonList": members(
            {"elements": in_order([_SUBMIT_BUTTON], [_SUBMIT_BUTTON, typed(_BUTTON)])},
            _TYPE | _TOOLTIP | _ALT | {"padding": _PADDING},
        )
    }
)

# --- Containers --------------------------------------------------------------------------------------------------------

_ROOT_KINDS: Final[dict[str, Rule]] = {}
_CHILDREN: Final = {"elements": array(typed(_ROOT_KINDS), most=256)}
_CARD: Final = typed(_CARD_KINDS)
_NAME: Final = {"name": text(200)}

_CARD_KINDS["horizontal"] = members(
    _CHILDREN,
    _TYPE
    | _TAG
    | _ALT
    | _WEB
    | {"border": _BORDER, "borderLine": boolean, "percentages": array(number(), most=256), "metadata": _METADATA},
)
_CARD_KINDS["vertical"] = members(
    _CHILDREN,
    _TYPE
    | _TAG
    | _ALT
    | _WEB
    | _DISPLAY
    | _STYLE
    | {"border": _BORDER, "scroll": choice("enable", "disable"), "metadata": _METADATA},
)
_DECK: Final = _TYPE | _TOOLTIP | _ALT | _DISPLAY | _STYLE | _WEB | {"padding": _PADDING}
_ROOT_KINDS.update(
    _CARD_KINDS,
    carousel=members({"elements": array(_CARD, 2, 10)}, _DECK),
    carouselSelect=members(
        {
            "selectMode": members(_NAME | {"type": choice("single", "multiple")}),
            "elements": array(_CARD, 1, 20),
        },
        _DECK,
    ),
    accordionSelect=members(
        {
            "selectMode": members(_NAME),
            "titles": array(members(_NAME, {"additional": text(200)}), 1, 20),
            "elements": array(_CARD, 1, 20),
        },
        _DECK,
    ),
    tabs=members({"elements": array(_CARD, 1, 10)}, _TYPE | _STYLE),
    list=members({"elements": in_order([typed(_TEXT), _SECTION_LIST, _BUTTON_LIST])}, _TYPE | _TOOLTIP | _ALT),
)

ROOT: Final = typed(_ROOT_KINDS, unknown=Code.UNKNOWN_ROOT)
"""The rule of a whole document."""

# --- Quick replies -----------------------------------------------------------------------------------------------------

_PUBLISH_TEXT: Final = typed({"publishText": _ACTION_KINDS["publishText"]})
_QUICK_REPLY: Final = typed(
    {
        "button": members(
            {"title": text(25), "click": _click(array(_PUBLISH_TEXT, least=1, most=4), required=True)},
            _TYPE | _TOOLTIP | _STYLE,
        )
    }
)
QUICK_REPLIES: Final = members(
    {
        "message": text(),
        "quickReplies": typed(
            {
                "quickReplies": members(
                    {"itemsPerRow": number(1, 8, whole=True), "replies": array(_QUICK_REPLY, least=1, most=24)}, _TYPE
                )
            }
        ),
    }
)
"""The rule of `structuredContent` when it holds quick replies."""
