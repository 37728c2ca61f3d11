"""The table of structured content: every kind of element, its members and their limits.

From docs/contract/structured-content.md, section by section; where its two sources differ the smaller limit stands here.
"""

from typing import Final

from gateway.contract.structured.actions import (
    ACTION_KINDS,
    CHECKED,
    KEY_VALUE,
    METADATA,
    SUBMIT_AS_TEXT,
    click,
    navigating_once,
)
from gateway.contract.structured.finding import Code
from gateway.contract.structured.look import ALT, DISPLAYED, STYLED, TAG, TOOLTIP, TYPE, WEB
from gateway.contract.structured.rules import Rule, array, boolean, choice, in_order, members, number, text, typed
from gateway.contract.structured.urls import image_url

MAX_BYTES: Final = 15_000
"""Of the whole document, written as JSON."""

_PADDING: Final = number(0, 10)
_BORDER: Final = choice("border", "borderLess", "dropShadow")

# --- Basic elements ----------------------------------------------------------------------------------------------------

_SHOWN: Final = TYPE | TOOLTIP | TAG | STYLED | WEB | {"rtl": boolean}
_BASIC: Final = _SHOWN | ALT | {"click": click(navigating_once(array(typed(ACTION_KINDS), most=4)))}

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
    "keyValuePairList": members({"elements": array(KEY_VALUE, 1, 50)}, TYPE),
}
"""What a carousel, a select and tabs may hold: basic elements, vertical and horizontal."""

# --- Inside a list -----------------------------------------------------------------------------------------------------

_CHECKBOX: Final = typed(
    {
        "checkbox": members(
            {"text": text(5000), "click": click(array(CHECKED, most=4))},
            _SHOWN | {"borderLine": boolean, "borderColor": text(256)},
        )
    }
)
_CHECKLIST: Final = typed(
    {"checklist": members({"elements": array(_CHECKBOX, 2, 256)}, TYPE | TOOLTIP | ALT | {"padding": _PADDING})}
)
_SECTION: Final = typed(
    {
        "section": members(
            {"sectionID": text(256), "elements": in_order([_CHECKLIST], [typed(_TEXT), _CHECKLIST])},
            TYPE | TOOLTIP | ALT | WEB | {"padding": _PADDING},
        )
    }
)
_SECTION_LIST: Final = typed({"sectionList": members({"elements": array(_SECTION, 1, 256)}, TYPE | TOOLTIP | ALT)})
_SUBMIT_BUTTON: Final = typed(
    {
        "submitButton": members(
            {"title": text(128), "click": click(array(SUBMIT_AS_TEXT, most=4))},
            _SHOWN | ALT | {"disabled": boolean},
        )
    }
)
_BUTTON_LIST: Final = typed(
    {
        "buttonList": members(
            {"elements": in_order([_SUBMIT_BUTTON], [_SUBMIT_BUTTON, typed(_BUTTON)])},
            TYPE | TOOLTIP | ALT | {"padding": _PADDING},
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
    TYPE
    | TAG
    | ALT
    | WEB
    | {"border": _BORDER, "borderLine": boolean, "percentages": array(number(), most=256), "metadata": METADATA},
)
_CARD_KINDS["vertical"] = members(
    _CHILDREN,
    TYPE
    | TAG
    | ALT
    | WEB
    | DISPLAYED
    | STYLED
    | {"border": _BORDER, "scroll": choice("enable", "disable"), "metadata": METADATA},
)
_DECK: Final = TYPE | TOOLTIP | ALT | DISPLAYED | STYLED | WEB | {"padding": _PADDING}
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
    tabs=members({"elements": array(_CARD, 1, 10)}, TYPE | STYLED),
    list=members({"elements": in_order([typed(_TEXT), _SECTION_LIST, _BUTTON_LIST])}, TYPE | TOOLTIP | ALT),
)

ROOT: Final = typed(_ROOT_KINDS, unknown=Code.UNKNOWN_ROOT)
"""The rule of a whole document."""

# --- Quick replies -----------------------------------------------------------------------------------------------------

_PUBLISH_TEXT: Final = typed({"publishText": ACTION_KINDS["publishText"]})
_QUICK_REPLY: Final = typed(
    {
        "button": members(
            {"title": text(25), "click": click(array(_PUBLISH_TEXT, least=1, most=4), required=True)},
            TYPE | TOOLTIP | STYLED,
        )
    }
)
QUICK_REPLIES: Final = members(
    {
        "message": text(),
        "quickReplies": typed(
            {
                "quickReplies": members(
                    {"itemsPerRow": number(1, 8, whole=True), "replies": array(_QUICK_REPLY, least=1, most=24)}, TYPE
                )
            }
        ),
    }
)
"""The rule of `structuredContent` when it holds quick replies."""
