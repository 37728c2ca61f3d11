"""Check one answer of a bot: what goes out together in one turn.

Lint asks the readers that run time asks (`gateway.contract.draft`), so the two agree on what can be used; on top come the
rules that a running gateway has no reason to stop for. docs/contract/custom-integration.md sections 2.1 to 2.4.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from gateway.contract.draft import PAYLOAD_KEYS, MalformedPayload, ReplyDraft, read_payload
from gateway.contract.reply import MAX_ENCODED_METADATA, ReplyRules, is_base64
from gateway.contract.types import Channel, Delay, Json, StructuredContent, Text
from gateway.contract.wire import WireError, loads, name_type
from gateway.lint import codes
from gateway.lint.actions import check_action
from gateway.lint.codes import Dialect
from gateway.lint.content import check_content
from gateway.lint.findings import Findings
from gateway.lint.near import find_near
from gateway.lint.places import Place

MEMBERS: Final = (*PAYLOAD_KEYS, "text", "typing", "metadata", "encodedMetadata", "message", "type", "params", "action")
"""What a payload may have."""


@dataclass(slots=True)
class Answer:
    """One answer, message by message. `step` tells messages that follow each other from variants of one message."""

    findings: Findings
    dialect: Dialect
    place: Place
    is_useful: bool = False
    """Whether there is anything in it, right or wrong, besides actions that are ignored."""
    _actions: dict[int, Place] = field(default_factory=dict)
    _quick_replies: list[tuple[int, Place]] = field(default_factory=list)
    _metadata: list[tuple[str, Place]] = field(default_factory=list)
    _last_visible: int = -1

    def add_text(self, text: Any, place: Place, step: int) -> None:
        """Check a text that the consumer is to see."""
        if not isinstance(text, str):
            self.is_useful = True
            self.findings.error(self.dialect.text, place, f"must be a string, not {name_type(text)}")
        elif not text.strip():
            self.findings.warning(
                self.dialect.text, place, "a blank text: LivePerson shows an empty bubble, botbridge drops it"
            )
        else:
            self.add_visible(step)
            if _holds_payload(text):
                self.findings.warning(
                    codes.JSON_AS_TEXT, place, "the consumer would see this JSON: it is a text, no payload"
                )

    def add_visible(self, step: int) -> None:
        """Take note of something that the consumer sees."""
        self.is_useful = True
        self._last_visible = max(self._last_visible, step)

    def add_action(self, name: Any, parameters: Any, place: Place, step: int, **where: Any) -> None:
        """Check an action; one that is ignored is nothing to answer with. `where` goes to `check_action`."""
        if check_action(self.findings, self.dialect, name, parameters, place, **where):
            self.is_useful = True
            self._actions.setdefault(step, place)

    def add_payload(self, payload: Any, place: Place, step: int) -> None:
        """Check one of LivePerson's objects."""
        self.is_useful = True
        if not isinstance(payload, dict):
            self.findings.error(self.dialect.payload, place, f"must be an object, not {name_type(payload)}")
            return
        kinds = [key for key in PAYLOAD_KEYS if key in payload]
        if not kinds:
            self._report_unknown(payload, place)
            return
        draft = ReplyDraft()
        try:
            message = read_payload(payload, draft, "")
        except MalformedPayload as error:
            self.findings.error(self._code_of(kinds[0], error.path), place.under(error.path), error.problem)
            message = None
        for warning in draft.warnings:
            path, _, what = warning.partition(": ")
            self.findings.warning(codes.METADATA, place.under(path.removeprefix(".")), what)
        self._check_members(payload, kinds, place)
        match message:
            case Text():
                self._check_text_response(message, place, step)
            case Delay():
                self._check_delay(payload, message, place)
            case StructuredContent():
                self._check_structured_content(kinds[0], message, place, step)
            case _:
                pass

    def finish(self) -> None:
        """Check the answer as a whole."""
        if (other := next((at for value, at in self._metadata if value != self._metadata[0][0]), None)) is not None:
            self.findings.warning(
                codes.ENCODED_METADATA,
                other,
                "another text of this answer has another value: botbridge sends the first",
            )
        for step in sorted(self._actions)[1:]:
            self.findings.warning(
                codes.SEVERAL_ACTIONS, self._actions[step], "not carried out: another action comes before it"
            )
        for step, place in self._quick_replies:
            if step < self._last_visible:
                self.findings.warning(
                    codes.QUICK_REPLIES_NOT_LAST, place, "the message after these quick replies hides them"
                )

    def _code_of(self, kind: str, path: str) -> str:
        match kind:
            case "textResponse":
                return self.dialect.text_with_metadata
            case "delay":
                return self.dialect.delay
            case "messageAudience":
                return self.dialect.private_text
            case _:
                return codes.ENCODED_METADATA if path == "encodedMetadata" else codes.STRUCTURED_CONTENT

    def _report_unknown(self, payload: Json, place: Place) -> None:
        if isinstance(payload.get("text"), str) and set(payload) == {"text"}:
            self.findings.error(
                self.dialect.private_text,
                place,
                "messageAudience is missing: a private text has text and messageAudience",
            )
            return
        near = next(((key, known) for key in payload if (known := find_near(key, PAYLOAD_KEYS))), None)
        hint = f"; did you mean {near[1]} where it says {near[0]}?" if near else ""
        self.findings.error(
            self.dialect.payload,
            place,
            f"dropped: none of LivePerson's objects (it has no {', '.join(PAYLOAD_KEYS)}){hint}",
        )

    def _check_members(self, payload: Json, kinds: list[str], place: Place) -> None:
        for kind in kinds[1:]:
            self.findings.warning(codes.IGNORED_MEMBER, place.at(kind), f"ignored: the payload is read as {kinds[0]}")
        for key in payload:
            if key not in MEMBERS and (known := find_near(key, MEMBERS)):
                self.findings.warning(codes.IGNORED_MEMBER, place.at(key), f"ignored; did you mean {known}?")

    def _check_text_response(self, message: Text, place: Place, step: int) -> None:
        code = self.dialect.text_with_metadata
        if message.text.strip():
            self.add_visible(step)
        else:
            self.findings.warning(code, place.at("textResponse"), "a blank text: botbridge drops it")
        if message.encoded_metadata is None:
            self.findings.warning(code, place, "encodedMetadata is missing: botbridge sends the text without")
        else:
            self._metadata.append((message.encoded_metadata, place.at("encodedMetadata")))
            check_encoded_metadata(self.findings, message.encoded_metadata, place.at("encodedMetadata"), code)

    def _check_delay(self, payload: Json, message: Delay, place: Place) -> None:
        delay, typing = payload["delay"], payload.get("typing")
        if isinstance(delay, str):
            self.findings.warning(
                self.dialect.delay, place.at("delay"), "must be a number, not a string with one in it"
            )
        elif delay != message.seconds:
            self.findings.warning(
                self.dialect.delay,
                place.at("delay"),
                f"must be whole seconds: botbridge rounds it up to {message.seconds}",
            )
        if isinstance(typing, str):
            self.findings.warning(self.dialect.delay, place.at("typing"), "must be true or false without quotes")
        check_delay_length(self.findings, message.seconds, place.at("delay"))

    def _check_structured_content(self, kind: str, message: StructuredContent, place: Place, step: int) -> None:
        self.add_visible(step)
        here = place.at(kind) if kind == "structuredContent" else place
        if kind == "quickReplies":
            self.findings.warning(
                codes.OLD_PLACE, place.at(kind), "must stand inside structuredContent, beside message"
            )
        check_content(self.findings, message.content, here)
        if message.is_quick_replies:
            self._quick_replies.append((step, here))
            if self.findings.rules.channel is Channel.CHAT:
                self.findings.error(codes.QUICK_REPLIES_ON_CHAT, here.at("quickReplies"), "chat has no quick replies")
        if message.encoded_metadata is not None:
            check_encoded_metadata(self.findings, message.encoded_metadata, place.at("encodedMetadata"))


def check_encoded_metadata(findings: Findings, value: str, place: Place, code: str = codes.ENCODED_METADATA) -> None:
    """Check what LivePerson would drop the message for (docs/contract/custom-integration.md section 2.2)."""
    if len(value) > MAX_ENCODED_METADATA:
        findings.error(code, place, f"has {len(value)} characters, at most {MAX_ENCODED_METADATA} are taken")
    elif not is_base64(value):
        findings.error(code, place, "is not base64")
    if findings.rules.channel is Channel.CHAT:
        findings.warning(codes.ENCODED_METADATA, place, "left out: chat does not know it")


def check_delay_length(findings: Findings, seconds: int, place: Place) -> None:
    """Report a delay that is cut."""
    if seconds > (most := ReplyRules().max_delay):
        findings.warning(codes.LONG_DELAY, place, f"{seconds} seconds are cut to {most}")


def _holds_payload(text: str) -> bool:
    if not text.lstrip().startswith("{"):
        return False
    try:
        value = loads(text)
    except WireError:
        return False
    return isinstance(value, dict) and any(key in value for key in (*PAYLOAD_KEYS, "params"))
