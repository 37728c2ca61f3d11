"""What surrounds the items of an answer, alike in both generations of Watson's API: actions, intents, encodedMetadata.

Source: docs/contract/vendors/watson.md, "Query" (rules), "LP objects inside Watson answers", "Intents".
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from gateway.contract.draft import ReplyDraft
from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.types import Json
from gateway.contract.wire import name_type
from vendors.watson import errors
from vendors.watson.errors import unusable

MAX_TEXT: Final = 2048
"""Characters of a consumer's text that Watson takes."""
_REFUSED: Final = re.compile(r"[\n\r\t]+")


def clean_text(text: str) -> str:
    """Bring a consumer's text into the form that Watson takes: one line, at most MAX_TEXT characters."""
    if not text.isprintable():  # what is has no line breaks and no tabs
        text = _REFUSED.sub(" ", text)
    return text.strip()[:MAX_TEXT]


def find_output(answer: Any) -> Json:
    """Find what the bot says in an answer. Raise VendorFailure for none, and for an answer that reports an error."""
    if not isinstance(answer, dict):
        raise unusable(errors.PARSER_CRASHED, f"The answer is no object but {name_type(answer)}.")
    if answer.get("error") is not None:
        raise VendorFailure(FailureKind.REPORTED, errors.WATSON_ERROR, "Watson's answer reports an error.")
    output = answer.get("output")
    if not isinstance(output, dict):
        raise unusable(errors.PARSER_CRASHED, f"`output` is no object but {name_type(output)}.")
    return output


def read_actions(actions: Any, draft: ReplyDraft, path: str) -> None:
    """Take the first action meant for the client that LivePerson knows; Watson carries out the other types itself."""
    if actions is None:
        return
    if not isinstance(actions, list):
        draft.warn(f"no array but {name_type(actions)}: ignored", path)
        return
    for index, action in enumerate(actions):
        where = f"{path}[{index}]"
        # IBM's default type is "client"; LivePerson's samples spell it in both cases.
        kind = action.get("type", "client") if isinstance(action, dict) else None
        if not isinstance(kind, str) or kind.lower() != "client":
            draft.warn("an action that is not the client's was ignored", where)
        else:
            draft.set_action(action.get("name"), action.get("parameters"), where)


def read_intents(intents: Any, draft: ReplyDraft, path: str) -> None:
    """Take the first intent as the detected one, the rest as alternatives."""
    if intents is None:
        return
    if not isinstance(intents, list):
        draft.warn(f"no array but {name_type(intents)}: ignored", path)
        return
    for index, intent in enumerate(intents):
        name, confidence = (
            (intent.get("intent"), intent.get("confidence")) if isinstance(intent, dict) else (None, None)
        )
        if index == 0:
            draft.set_intent(name, name, confidence)
        else:
            draft.add_alternative(name, name, confidence)


def read_encoded_metadata(variables: Iterable[tuple[str, Any]], draft: ReplyDraft) -> None:
    """Take the first encodedMetadata of the bot's variables, which hold it from turn to turn; "" is none."""
    for path, values in variables:
        value = values.get("encodedMetadata") if isinstance(values, dict) else None
        if value is None or value == "":
            continue
        if isinstance(value, str):
            draft.encoded_metadata = value
            return
        draft.warn(f"encodedMetadata is no string but {name_type(value)}: ignored", path)
