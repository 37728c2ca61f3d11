"""Lint the export of a Lex V1 bot: one JSON file, `resource` being the bot with its intents."""

from typing import Any, Final

from gateway.contract.types import Json
from gateway.lint import codes
from gateway.lint.answer import Answer
from gateway.lint.documents import Documents, name_of
from gateway.lint.lex import FALLBACK, MAX_GROUPS, check_content, check_coverage, find_members, is_welcome
from gateway.lint.places import Place

TITLE: Final = "Amazon Lex V1"
MAX_CONTENT: Final = 1000
"""Characters of a message."""
_PARTS: Final = frozenset({"intents", "slotTypes"})
"""Members of the bot that are no prompts of its own."""


def is_bot(document: Any) -> bool:
    """Recognise the export of a bot."""
    match document:
        case {"metadata": {"importType": "LEX"}, "resource": {"intents": _}}:
            return True
        case {"resource": {"intents": [{"sampleUtterances": _}, *_]}}:
            return True
        case _:
            return False


def check(documents: Documents, member: str, document: Json) -> None:
    """Check every prompt and statement of a bot."""
    root = Place(member)
    bot = documents.object(document, "resource", root)
    place = root.at("resource")
    own = {key: value for key, value in bot.items() if key not in _PARTS}
    has_fallback = place.at("clarificationPrompt").path in _check_prompts(documents, own, place)
    has_welcome = False
    for index, (intent, at) in enumerate(documents.objects(bot, "intents", place)):
        name = name_of(intent, "name", default=f"intent {index}")
        documents.findings.intents[name] = None
        answers = _check_intent(documents, intent, Place(at.member, name, at.path))
        has_fallback |= answers and intent.get("parentIntentSignature") == FALLBACK
        utterances = intent.get("sampleUtterances")
        has_welcome |= isinstance(utterances, list) and any(map(is_welcome, utterances))
    check_coverage(documents.findings, place, has_fallback=has_fallback, has_welcome=has_welcome)


def _check_intent(documents: Documents, intent: Json, place: Place) -> bool:
    """Check an intent; True when it has an answer once it is fulfilled."""
    said = _check_prompts(documents, intent, place)
    ends = {place.at("conclusionStatement").path, place.at("followUpPrompt", "prompt").path}
    activity = documents.object(intent, "fulfillmentActivity", place)
    if said & ends or intent.get("dialogCodeHook") or activity.get("type") == "CodeHook":
        return True
    documents.findings.error(
        codes.NO_ANSWER, place, "has neither a response nor a Lambda function: LivePerson gets an empty answer"
    )
    return False


def _check_prompts(documents: Documents, owner: Json, place: Place) -> set[str]:
    """Check all prompts and statements, and give the paths of those that say something."""
    said: set[str] = set()
    for prompt, _, at in find_members(owner, ("messages",), place, skip=lambda _: False):
        answer = Answer(documents.findings, codes.LEX, at)
        for message, where in documents.objects(prompt, "messages", at):
            group = message.get("groupNumber")
            # Without groups all messages are variants of one.
            step = group if isinstance(group, int) else 1
            if step > MAX_GROUPS:
                documents.findings.error(
                    codes.MESSAGE_GROUPS, where.at("groupNumber"), f"must be from 1 to {MAX_GROUPS}, is {step}"
                )
            kind, content = message.get("contentType"), message.get("content")
            check_content(answer, kind, content, where.at("content"), step, limit=MAX_CONTENT)
        if prompt.get("responseCard"):
            documents.findings.warning(codes.RESPONSE_CARD, at.at("responseCard"), "LivePerson ignores response cards")
        answer.finish()
        if answer.is_useful:
            said.add(at.path)
    return said
