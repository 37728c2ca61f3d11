"""Gather a reply from a vendor's answer: the shapes that every vendor's custom payloads share.

A vendor's reader walks its native answer and hands what it finds to a `ReplyDraft`; here stands once what LivePerson's own
objects look like (docs/contract/custom-integration.md sections 2.1 to 2.3). Lenient in: numbers and booleans may come as
strings, metadata as an object or an array. What cannot be used raises MalformedPayload, and the vendor decides whether that
drops the item with a warning or ends the turn with a code.
"""

import math
from typing import Any, Final, TypeAlias, TypeGuard

from gateway.contract.types import (
    Action,
    ActionName,
    Delay,
    Intent,
    Json,
    Message,
    PrivateText,
    Reply,
    StructuredContent,
    Text,
)
from gateway.contract.wire import WireError, loads, name_type

AGENTS_AND_MANAGERS = "AGENTS_AND_MANAGERS"
"""The one audience of a private text, case-sensitive."""
MAX_INTENT = 256
"""Characters of an intent's id and name."""
MAX_NUMBER = 2**53
"""Whole numbers up to here mean the same in every JSON reader."""
TTR_TYPES = frozenset({"URGENT", "NORMAL", "PRIORITIZED", "CUSTOM"})
"""CUSTOM only where the account has it switched on, which is checked when the reply is verified."""
PAYLOAD_KEYS = ("structuredContent", "quickReplies", "textResponse", "delay", "messageAudience")
"""Any of these makes an object one of LivePerson's."""
_NUMBER: Final = (int, float)
"""A pair, since `int | float` would be made anew at every look."""

Path: TypeAlias = "str | tuple[Path, str | int]"
"""Where something stands: as a text, or as a place and what follows there, a member's name or an index.

Places are noted for every message and told for next to none, so that only those are written out.
"""


def write_path(path: Path) -> str:
    """Write a place as people read it: `messages[0].content`."""
    if isinstance(path, str):
        return path
    parent, last = path
    return f"{write_path(parent)}[{last}]" if isinstance(last, int) else f"{write_path(parent)}.{last}"


class MalformedPayload(ValueError):
    """One of LivePerson's objects with something wrong in it. `path` is relative to the object."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


class ReplyDraft:
    """Collects messages in order, at most one action, the intents, and warnings."""

    __slots__ = (
        "_action",
        "_alternatives",
        "_intent",
        "_unsupported_action",
        "encoded_metadata",
        "legacy_content",
        "legacy_metadata",
        "messages",
        "warnings",
    )

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.warnings: list[str] = []
        self.encoded_metadata: str | None = None
        self.legacy_content: Json | None = None
        self.legacy_metadata: list[Json] | None = None
        self._action: Action | None = None
        self._unsupported_action: str | None = None
        self._intent: Intent | None = None
        self._alternatives: list[Intent] = []

    def add_text(self, text: str, path: Path, *, encoded_metadata: str | None = None) -> None:
        """Add a text; a blank one is dropped, since LivePerson would show an empty bubble."""
        if text.strip():
            self.messages.append(Text(text, encoded_metadata))
        else:
            self.warn("a blank text was dropped", path)

    def add_payload(self, payload: Json, path: Path) -> bool:
        """Add one of LivePerson's objects; False when it is none of them. Raise MalformedPayload, path included."""
        try:
            message = read_payload(payload, self, path)
        except MalformedPayload as error:
            raise MalformedPayload(f"{write_path(path)}.{error.path}", error.problem) from None
        if message is None:
            return False
        if isinstance(message, Text):
            self.add_text(message.text, path, encoded_metadata=message.encoded_metadata)
        else:
            self.messages.append(message)
        return True

    def set_action(self, name: Any, parameters: Any, path: Path) -> None:
        """Take an action; the first usable one wins, one that LivePerson would ignore is dropped with a warning."""
        if self._action is not None:
            self.warn("more than one action: only the first is carried out", path)
            return
        if not isinstance(name, str) or name not in ActionName.__members__:
            self.warn("an action that LivePerson does not know was dropped", path)
            self._unsupported_action = self._unsupported_action or (name if isinstance(name, str) else name_type(name))
            return
        try:
            self._action = Action(ActionName(name), read_action_parameters(ActionName(name), parameters))
        except MalformedPayload as error:
            self.warn(f"a malformed {name} was dropped: {error.path} {error.problem}", path)
            self._unsupported_action = self._unsupported_action or name

    def set_intent(self, intent_id: Any, name: Any, confidence: Any) -> bool:
        """Take the detected intent; False without an id or a confidence in 0..1: there is none (never invent one)."""
        self._intent = read_intent(intent_id, name, confidence)
        return self._intent is not None

    def add_alternative(self, intent_id: Any, name: Any, confidence: Any) -> bool:
        """Take another intent; an incomplete one is left out, and False."""
        intent = read_intent(intent_id, name, confidence)
        if intent is not None:
            self._alternatives.append(intent)
        return intent is not None

    def warn(self, what: str, path: Path) -> None:
        """Note what was dropped or changed, and where in the vendor's answer."""
        self.warnings.append(f"{write_path(path)}: {what}")

    @property
    def is_empty(self) -> bool:
        """Say whether nothing usable has come together so far."""
        return not self.messages and self._action is None and self.legacy_content is None

    def finish(self) -> Reply:
        """Make the reply."""
        return Reply(
            messages=tuple(self.messages),
            action=self._action,
            intent=self._intent,
            # Alternatives alone would be intent fields without an intentId, which LivePerson requires.
            alternatives=tuple(self._alternatives) if self._intent is not None else (),
            encoded_metadata=self.encoded_metadata,
            legacy_content=self.legacy_content,
            legacy_metadata=self.legacy_metadata,
            unsupported_action=self._unsupported_action,
            warnings=tuple(self.warnings),
        )


def read_payload(payload: Json, draft: ReplyDraft, path: Path) -> Message | None:
    """Read one of LivePerson's objects; None when it has none of PAYLOAD_KEYS. Raise MalformedPayload."""
    if "structuredContent" in payload:
        return _read_structured_content(payload["structuredContent"], "structuredContent", payload, draft, path)
    if "quickReplies" in payload:
        # The older page's place: what belongs inside structuredContent stands beside the metadata.
        content = {key: payload[key] for key in ("message", "quickReplies") if key in payload}
        return _read_structured_content(content, "quickReplies", payload, draft, path)
    if "textResponse" in payload:
        text = payload["textResponse"]
        if not isinstance(text, str):
            raise MalformedPayload("textResponse", f"must be a string, not {name_type(text)}")
        return Text(text, _read_encoded_metadata(payload))
    if "delay" in payload:
        return Delay(
            read_seconds(payload["delay"], "delay"), read_boolean(payload.get("typing"), "typing", default=True)
        )
    if "messageAudience" in payload:
        text, audience = payload.get("text"), payload["messageAudience"]
        if audience != AGENTS_AND_MANAGERS:
            raise MalformedPayload("messageAudience", f"must be {AGENTS_AND_MANAGERS}")
        if not isinstance(text, str) or not text.strip():
            raise MalformedPayload("text", "must be a string that is not blank")
        return PrivateText(text)
    return None


def _read_structured_content(
    content: Any, path: str, payload: Json, draft: ReplyDraft, where: Path
) -> StructuredContent:
    if not isinstance(content, dict) or not content:
        raise MalformedPayload(path, "must be an object that is not empty")
    if "quickReplies" in content:
        if not isinstance(content["quickReplies"], dict):
            raise MalformedPayload(f"{path}.quickReplies", "must be an object")
        if not isinstance(content.get("message"), str) or not content["message"].strip():
            raise MalformedPayload(f"{path}.message", "is required with quick replies")
    elif not isinstance(content.get("type"), str):
        raise MalformedPayload(f"{path}.type", "is required")
    metadata = read_metadata(payload.get("metadata"), draft, (where, "metadata"))
    return StructuredContent(content, metadata, _read_encoded_metadata(payload))


def _read_encoded_metadata(payload: Json) -> str | None:
    """Hand on what is there, its checks come when the reply is verified; None and the empty string are none."""
    value = payload.get("encodedMetadata")
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise MalformedPayload("encodedMetadata", f"must be a string, not {name_type(value)}")
    return value


def read_metadata(value: Any, draft: ReplyDraft, path: Path) -> list[Json] | None:
    """Read metadata: an array of objects, or one object, which is wrapped. What LivePerson refuses is left out."""
    if value is None:
        return None
    entries = value if isinstance(value, list) else [value]
    kept = []
    for entry in entries:
        if not isinstance(entry, dict) or not entry:
            draft.warn("metadata that is not an object was dropped", path)
        elif entry.get("type") == "ExternalId" and not entry.get("id"):
            draft.warn("an ExternalId without an id was dropped", path)
        else:
            kept.append(entry)
    return kept or None


def read_seconds(value: Any, path: str) -> int:
    """Read whole seconds, fractions rounded up; a number or its digits. Raise MalformedPayload."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise MalformedPayload(path, "must be a number of seconds") from None
    if not _is_number(value) or value < 0:
        raise MalformedPayload(path, "must be a number of seconds, 0 or more")
    return math.ceil(value)


def _is_number(value: Any) -> TypeGuard[int | float]:
    """Tell a number that a program can count with from booleans, NaN and what a callable in process may make up."""
    return isinstance(value, _NUMBER) and not isinstance(value, bool) and abs(value) <= MAX_NUMBER


def read_boolean(value: Any, path: str, *, default: bool) -> bool:
    """Read a boolean or its name in any case; absent, null and "" are the default. Raise MalformedPayload."""
    match value:
        case None | "":
            return default
        case bool():
            return value
        case str() if value.lower() in {"true", "false"}:
            return value.lower() == "true"
        case _:
            raise MalformedPayload(path, "must be true or false")


def read_intent(intent_id: Any, name: Any, confidence: Any) -> Intent | None:
    """Read an intent; None when it lacks an id or a confidence in 0..1. Long ids and names are cut."""
    if not isinstance(intent_id, str) or not intent_id:
        return None
    if isinstance(confidence, bool) or not isinstance(confidence, _NUMBER) or not 0 <= confidence <= 1:
        return None
    return Intent(intent_id[:MAX_INTENT], confidence, name[:MAX_INTENT] if isinstance(name, str) and name else None)


def read_action_parameters(name: ActionName, parameters: Any) -> Json | None:
    """Check an action's parameters and bring them into LivePerson's form. Raise MalformedPayload.

    Unknown parameters are dropped. None when the bot gave none and none are required.
    """
    if parameters is not None and not isinstance(parameters, dict):
        raise MalformedPayload("parameters", f"must be an object, not {name_type(parameters)}")
    given: Json = parameters or {}
    read = _PARAMETER_READERS[name](given)
    return read if read or parameters is not None else None


def _read_close_conversation(given: Json) -> Json:
    return _optional_boolean(given, "withoutPcs")


def _read_transfer(given: Json) -> Json:
    skill, agent = given.get("skill"), given.get("agentId")
    if not isinstance(skill, str) or not skill:
        raise MalformedPayload("skill", "is required")
    # Dialogflow hands numbers over as floating-point numbers, and "" for a parameter that was not filled.
    if _is_number(agent):
        agent = str(int(agent))
    if agent is None or agent == "":
        return {"skill": skill}
    if not isinstance(agent, str):
        raise MalformedPayload("agentId", "must be a string")
    return {"skill": skill, "agentId": agent}


def _read_change_ttr(given: Json) -> Json:
    # LivePerson's own pages spell it both ways.
    ttr_type = given.get("ttrType", given.get("ttrtype"))
    if not isinstance(ttr_type, str) or ttr_type not in TTR_TYPES:
        raise MalformedPayload("ttrType", f"must be one of {', '.join(sorted(TTR_TYPES))}")
    if ttr_type != "CUSTOM":
        return {"ttrType": ttr_type}
    return {"ttrType": ttr_type, "value": str(read_seconds(given.get("value"), "value"))}


def _read_invocation(given: Json) -> Json:
    lambda_uuid, payload = given.get("lambdaUuid"), given.get("payload")
    if not isinstance(lambda_uuid, str) or not lambda_uuid:
        raise MalformedPayload("lambdaUuid", "is required")
    if isinstance(payload, str):
        # Dialogflow ES parameters are scalars, so its templates carry the object as a string.
        try:
            payload = loads(payload)
        except WireError:
            raise MalformedPayload("payload", "must be an object, or one written as JSON") from None
    if not isinstance(payload, dict):
        raise MalformedPayload("payload", "must be an object")
    return {"lambdaUuid": lambda_uuid, "payload": payload, **_optional_boolean(given, "failOnError")}


def _optional_boolean(given: Json, key: str) -> Json:
    return {} if given.get(key) in (None, "") else {key: read_boolean(given[key], key, default=False)}


_PARAMETER_READERS = {
    ActionName.TRANSFER: _read_transfer,
    ActionName.CLOSE_CONVERSATION: _read_close_conversation,
    ActionName.CHANGE_TTR: _read_change_ttr,
    ActionName.INVOCATION: _read_invocation,
}
