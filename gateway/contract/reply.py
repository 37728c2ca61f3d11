"""Verify a reply against LivePerson's contract, and render it for the custom integration.

The rules are those of docs/contract/custom-integration.md section 2 and errors.md section 6 (`pipes.…`). What LivePerson would
silently drop, or choke on, never leaves.
"""

import base64
import binascii
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import NamedTuple

from gateway.contract.catalogue import PREFIX
from gateway.contract.errors import ReplyRejected
from gateway.contract.structured_content import Finding, Severity, check_quick_replies, check_structured_content
from gateway.contract.types import (
    Action,
    ActionName,
    Channel,
    Delay,
    Intent,
    Json,
    Message,
    PrivateText,
    Reply,
    StructuredContent,
    StructuredContentMode,
    Text,
)

MISSING_ACTION_AND_MESSAGES = PREFIX + "pipes.verify-ai-response.missing-action-and-messages"
NOT_SUPPORTED_ACTION = PREFIX + "pipes.verify-ai-response.no-messages-and-not-supported-action"
QUICK_REPLIES_NOT_SUPPORTED = PREFIX + "pipes.verify-ai-response.quick-replies-not-supported"
TRANSFER_SKILL_NOT_EXISTING = {
    Channel.MESSAGING: PREFIX + "pipes.messaging-handle-bot-action.transfer-skill-not-existing",
    Channel.CHAT: PREFIX + "pipes.chat-handle-bot-action.transfer-skill-not-existing",
}
MAX_FINDINGS = 10
"""Of one rich item, in the log; more would bury the rest of the line."""
MAX_ENCODED_METADATA = 5000
"""Characters of the encoded string."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRules:
    """What a bot's account and channel allow."""

    channel: Channel = Channel.MESSAGING
    skills: AbstractSet[str] | None = None
    """The account's skills; None when the account file does not list them."""
    encoded_metadata: bool = True
    custom_ttr: bool = False
    structured_content: StructuredContentMode = StructuredContentMode.WARN
    image_hosts: AbstractSet[str] | None = None
    """The hosts that images may come from; None when the account file does not list them."""
    max_delay: int = 300
    """Seconds; longer delays are cut to it."""


def verify(reply: Reply, rules: ReplyRules) -> Reply:
    """Give back the reply as it may leave, with a warning for all that was changed. Raise ReplyRejected."""
    warnings = list(reply.warnings)
    messages = _verify_messages(reply.messages, rules, warnings)
    if reply.legacy_content is not None and "quickReplies" in reply.legacy_content:
        _refuse_quick_replies_on_chat(rules)
    encoded_metadata = reply.encoded_metadata
    if encoded_metadata is not None:
        encoded_metadata = _verify_encoded_metadata(encoded_metadata, rules, "context", warnings)
    action, unsupported = reply.action, reply.unsupported_action
    refusal = None if action is None else _refuse_action(action, rules)
    if refusal is not None:
        warnings.append(f"context.action: {refusal.problem}")
        action, unsupported = None, unsupported or refusal.name
    if action is not None and action.name is ActionName.TRANSFER and rules.skills is not None:
        skill = (action.parameters or {})["skill"]
        if skill not in rules.skills:
            raise ReplyRejected(
                TRANSFER_SKILL_NOT_EXISTING[rules.channel],
                "The bot transfers to a skill that the account does not list.",
            )
    if not messages and action is None and reply.legacy_content is None:
        if unsupported is not None:
            raise ReplyRejected(
                NOT_SUPPORTED_ACTION, "The bot's answer has no messages, and an action that LivePerson would ignore."
            )
        raise ReplyRejected(MISSING_ACTION_AND_MESSAGES, "The bot's answer has neither messages nor an action.")
    if _loses_metadata(messages, encoded_metadata):
        warnings.append(
            "messages: texts differ in encodedMetadata, of which an answer has one for all: the first is used"
        )
    if messages is reply.messages and action is reply.action and len(warnings) == len(reply.warnings):
        return reply  # every change comes with a warning, or with other messages
    return replace(reply, messages=messages, action=action, encoded_metadata=encoded_metadata, warnings=tuple(warnings))


def _verify_messages(messages: tuple[Message, ...], rules: ReplyRules, warnings: list[str]) -> tuple[Message, ...]:
    """Give back the messages as they may leave: the very tuple when that is how they are, as nearly always."""
    verified: list[Message] = []
    changed = False
    for n, message in enumerate(messages):
        if type(message) is Text and message.encoded_metadata is None:
            verified.append(message)
            continue
        kept = _verify_message(message, f"messages[{n}]", rules, warnings)
        changed |= kept is not message
        if kept is not None:
            verified.append(kept)
    return tuple(verified) if changed else messages


def _verify_message(message: Message, path: str, rules: ReplyRules, warnings: list[str]) -> Message | None:
    """Give back the message as it may leave, None when it may not."""
    match message:
        case Text(encoded_metadata=str()):
            kept = _verify_encoded_metadata(message.encoded_metadata, rules, path, warnings)
            return message if kept == message.encoded_metadata else replace(message, encoded_metadata=kept)
        case StructuredContent():
            return _verify_structured_content(message, path, rules, warnings)
        case Delay() if message.seconds > rules.max_delay:
            warnings.append(f"{path}: a delay was cut to {rules.max_delay} s")
            return replace(message, seconds=rules.max_delay)
        case _:
            return message


def _verify_structured_content(
    message: StructuredContent, path: str, rules: ReplyRules, warnings: list[str]
) -> StructuredContent | None:
    if message.is_quick_replies:
        _refuse_quick_replies_on_chat(rules)
    if rules.structured_content is not StructuredContentMode.OFF:
        findings = _check(message, rules)
        if findings:
            warnings.extend(f"{path}.structuredContent: {finding}" for finding in findings[:MAX_FINDINGS])
        if rules.structured_content is StructuredContentMode.STRICT and any(
            finding.severity is not Severity.NOTE for finding in findings
        ):
            warnings.append(f"{path}: rich content that breaks LivePerson's rules was left out")
            return None
    if message.encoded_metadata is None:
        return message
    kept = _verify_encoded_metadata(message.encoded_metadata, rules, path, warnings)
    return message if kept == message.encoded_metadata else replace(message, encoded_metadata=kept)


def _refuse_quick_replies_on_chat(rules: ReplyRules) -> None:
    if rules.channel is Channel.CHAT:
        raise ReplyRejected(QUICK_REPLIES_NOT_SUPPORTED, "The bot's answer has quick replies, and its channel is chat.")


def _check(message: StructuredContent, rules: ReplyRules) -> list[Finding]:
    if message.is_quick_replies:
        return check_quick_replies(message.content)
    return check_structured_content(message.content, image_hosts=rules.image_hosts)


def _verify_encoded_metadata(value: str | None, rules: ReplyRules, path: str, warnings: list[str]) -> str | None:
    """Strip what would make LivePerson drop the whole message in silence (section 2.2, its conditions)."""
    if value is None:
        return None
    if not rules.encoded_metadata:
        problem = "the account has it switched off"
    elif rules.channel is Channel.CHAT:
        problem = "chat does not know it"
    elif len(value) > MAX_ENCODED_METADATA:
        problem = f"it has more than {MAX_ENCODED_METADATA} characters"
    elif not is_base64(value):
        problem = "it is not base64"
    else:
        return value
    warnings.append(f"{path}.encodedMetadata: stripped, {problem}")
    return None


def is_base64(value: str) -> bool:
    """Decode strictly and compare: only the canonical form survives LivePerson's check."""
    try:
        return base64.b64encode(base64.b64decode(value, validate=True)).decode() == value
    except (binascii.Error, ValueError):
        return False


class _Refusal(NamedTuple):
    name: str
    problem: str


def _refuse_action(action: Action, rules: ReplyRules) -> _Refusal | None:
    """Say why an action may not leave, or None."""
    if action.name is not ActionName.CHANGE_TTR:
        return None
    if rules.channel is Channel.CHAT:
        return _Refusal(action.name, "CHANGE_TTR was dropped, chat does not know it")
    if (action.parameters or {})["ttrType"] == "CUSTOM" and not rules.custom_ttr:
        return _Refusal(action.name, "CHANGE_TTR CUSTOM was dropped, the account has it switched off")
    return None


def render(reply: Reply) -> Json:
    """Render a verified reply as the custom integration's answer: {"messages": […], "context": {…}}."""
    messages: list[str | Json] = []
    encoded_metadata = reply.encoded_metadata
    for message in reply.messages:
        if type(message) is Text:
            messages.append(message.text)
            encoded_metadata = encoded_metadata or message.encoded_metadata
        else:
            messages.append(_render_message(message))
    context: Json = {}
    if reply.action is not None:
        context["action"] = reply.action.name.value
        if reply.action.parameters is not None:
            context["actionParameters"] = reply.action.parameters
    if reply.intent is not None:
        context |= _render_intent(reply.intent)
        if reply.alternatives:
            context["alternativeIntents"] = [_render_intent(intent) for intent in reply.alternatives]
    if encoded_metadata:
        context["encodedMetadata"] = encoded_metadata
    if reply.legacy_content is not None:
        context["structuredContent"] = reply.legacy_content
    if reply.legacy_metadata is not None:
        context["metadata"] = reply.legacy_metadata
    return {"messages": messages, "context": context}


def _loses_metadata(messages: Iterable[Message], for_all: str | None) -> bool:
    carried = [message.encoded_metadata or for_all for message in messages if type(message) is Text]
    return bool(carried) and carried.count(carried[0]) < len(carried)


def _render_intent(intent: Intent) -> Json:
    rendered: Json = {"intentId": intent.id}
    if intent.name is not None:
        rendered["intentName"] = intent.name
    rendered["confidenceScore"] = intent.confidence
    return rendered


def _render_message(message: Message) -> str | Json:
    match message:
        case Text():
            return message.text
        case Delay():
            return {"delay": message.seconds, "typing": message.typing}
        case PrivateText():
            return {"text": message.text, "messageAudience": "AGENTS_AND_MANAGERS"}
        case StructuredContent():
            rendered: Json = {"structuredContent": message.content}
            if message.metadata is not None:
                rendered["metadata"] = message.metadata
            if message.encoded_metadata is not None:
                rendered["encodedMetadata"] = message.encoded_metadata
            return rendered
