"""What a click does: the kinds of actions, and the metadata that comes back with the consumer's choice.

From docs/contract/structured-content.md, "Click actions".
"""

from typing import Final

from gateway.contract.structured.finding import Code
from gateway.contract.structured.look import TYPE, WEB
from gateway.contract.structured.rules import Path, Report, Rule, array, choice, members, number, text, true, typed
from gateway.contract.structured.urls import image_url, uri

MAX_DATE: Final = 250 * 366 * 86_400
"""Seconds. The page says "within about 150 years" of today; without a clock that is 250 years around 1970, good for any today up
to 2070. What this is for: milliseconds in place of seconds end beyond it."""

_NAVIGATING: Final = frozenset({"link", "navigate"})


def _metadata_entry(value: object, path: Path, report: Report) -> None:
    """Ask for an object; an ExternalId needs its id (docs/contract/custom-integration.md section 2.1)."""
    if not isinstance(value, dict):
        report.wrong_type(path, "an object", value)
    elif value.get("type") == "ExternalId" and (not isinstance(value.get("id"), str) or not value["id"]):
        report.add((path, "id"), Code.MISSING, "is required for an ExternalId, as a string that is not empty")


METADATA: Final = array(_metadata_entry)
"""What comes back with a click, or belongs to a card on some channel."""


def click(actions: Rule, *, required: bool = False) -> Rule:
    """Ask for a click: its actions, and metadata."""
    holds, metadata = {"actions": actions}, {"metadata": METADATA}
    return members(holds, metadata) if required else members({}, holds | metadata)


def navigating_once(actions: Rule) -> Rule:
    """Advise against a click that goes to two places."""

    def check(value: object, path: Path, report: Report) -> None:
        actions(value, path, report)
        if isinstance(value, list) and len(value) > 1:
            kinds = [entry.get("type") for entry in value if isinstance(entry, dict)]
            if sum(kind in _NAVIGATING for kind in kinds if isinstance(kind, str)) > 1:
                report.add(path, Code.NAVIGATIONS, "should have at most one link or navigate")

    return check


_URI: Final = uri(1024)
_LINK_VARIANT: Final = members({}, {"uri": _URI})
KEY_VALUE: Final = members({"key": text(128)}, {"value": text(2048)})
_DATE: Final = number(-MAX_DATE, MAX_DATE, whole=True)
_SLOT: Final = typed(
    {
        "scheduleSlot": members(
            {"id": text(256), "start": _DATE},
            TYPE | {"end": _DATE, "title": text(40), "description": text(40), "imageUrl": image_url(1024)},
        )
    }
)
ACTION_KINDS: Final = {
    "publishText": members({"text": text(256)}, TYPE),
    "link": members(
        {"uri": _URI},
        TYPE
        | WEB
        | {
            "name": text(256),
            "ios": _LINK_VARIANT,
            "android": _LINK_VARIANT,
            "web": _LINK_VARIANT,
            "target": choice("self", "blank", "slideout"),
        },
    ),
    "navigate": members({"la": number(), "lo": number()}, TYPE | {"name": text(256)}),
    "addToCart": members(
        {"items": array(members({}, {"productId": text(256), "quantity": number(whole=True)}), most=10)}, TYPE
    ),
    "custom": members({"data": array(KEY_VALUE, most=10)}, TYPE),
    "datePicker": members(
        {"class": choice("single", "range")},
        TYPE | {"title": text(40), "minDate": _DATE, "maxDate": _DATE, "dateFormat": text(100)},
    ),
    "scheduleSlotList": members(
        {"slots": array(_SLOT, most=256)}, TYPE | {"title": text(40), "firstDayOfTheWeek": choice("sun", "mon")}
    ),
}
CHECKED: Final = typed({"checked": members({"publishText": text(250)}, TYPE | WEB)})
SUBMIT_AS_TEXT: Final = typed({"submitAsText": members({"submit": true}, TYPE | WEB)})
