"""Lint and run time read the same answers, and must agree on what can be used.

The answers are those of the vendors' own tables of cases, put into an export as their authors would have written them.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.contract.errors import ReplyRejected, VendorFailure
from gateway.contract.reply import ReplyRules, verify
from gateway.contract.types import ReadingContext, Reply
from gateway.lint.codes import Severity
from gateway.lint.findings import LintedExport, Rules
from gateway.lint.run import lint_source
from gateway.lint.sources import Source
from vendors.dialogflow import es
from vendors.lex import v2 as lex
from vendors.watson import v2 as watson

DATA = Path(__file__).parents[3] / "data"
Export = dict[str, Any]


def author_dialogflow(answer: Any) -> Export:
    """Write the intent that leads to an answer of detectIntent."""
    result = answer["queryResult"]
    messages = [_author_message(item) for item in result.get("fulfillmentMessages") or ()]
    parameters = [{"name": name, "value": value} for name, value in (result.get("parameters") or {}).items()]
    response: dict[str, Any] = {"messages": messages, "action": result.get("action"), "parameters": parameters}
    if not messages:
        response["speech"] = result.get("fulfillmentText")
    intent = {"name": "Only", "fallbackIntent": True, "responses": [response]}
    return {"agent.json": {}, "intents/Only.json": intent}


def _author_message(item: dict[str, Any]) -> dict[str, Any]:
    platform = {"platform": item["platform"]} if "platform" in item else {}
    if "text" in item:
        return {"type": "0", "speech": item["text"]["text"], **platform}
    return {"type": "4", "payload": item["payload"], **platform} if "payload" in item else {"type": "1", **platform}


def author_lex(answer: Any) -> Export:
    """Write the intent that leads to an answer of RecognizeText."""
    forms = {"PlainText": "plainTextMessage", "CustomPayload": "customPayload", "SSML": "ssmlMessage"}
    groups = [
        {
            "message": {"imageResponseCard": message.get("imageResponseCard")}
            if message["contentType"] == "ImageResponseCard"
            else {forms[message["contentType"]]: {"value": message.get("content")}}
        }
        for message in answer["messages"]
    ]
    intent = {
        "parentIntentSignature": "AMAZON.FallbackIntent",
        "intentClosingSetting": {"closingResponse": {"messageGroupsList": groups}},
    }
    locale = "bot/BotLocales/en_US"
    return {
        "Manifest.json": {},
        "bot/Bot.json": {},
        f"{locale}/BotLocale.json": {},
        f"{locale}/Intents/Only/Intent.json": intent,
    }


def author_watson(answer: Any) -> Export:
    """Write the node that leads to an answer to a message; its items are authored as they are sent."""
    if not isinstance(answer["output"], dict):
        raise TypeError
    return {
        "skill.json": {
            "dialog_nodes": [{"dialog_node": "n", "conditions": "anything_else", "output": answer["output"]}]
        }
    }


VENDORS: dict[str, tuple[Callable[[Any], Export], Callable[[Any], Reply]]] = {
    "dialogflow": (author_dialogflow, es.read_reply),
    "lex": (author_lex, lambda answer: lex.read_reply(answer, ReadingContext())),
    "watson": (author_watson, lambda answer: watson.read_reply(answer, ReadingContext())),
}
WRAP: dict[str, Callable[[Any], Any]] = {
    "dialogflow": lambda payload: {"queryResult": {"fulfillmentMessages": [{"payload": payload}]}},
    "lex": lambda payload: {
        "messages": [{"contentType": "CustomPayload", "content": orjson.dumps(payload).decode()}],
    },
    "watson": lambda payload: {"output": {"generic": [{"response_type": "user_defined", "user_defined": payload}]}},
}
DIFFERENCES: dict[str, dict[str, str]] = orjson.loads((DATA / "lint" / "differences.json").read_bytes())
"""Vendor -> case -> why lint cannot say, or need not say, what run time says."""


def read_cases(vendor: str) -> list[tuple[str, Any]]:
    table = orjson.loads((DATA / vendor / "replies.json").read_bytes())
    malformed = orjson.loads((DATA / "contract" / "malformed_payloads.json").read_bytes())
    return [
        *((case["name"], case["answer"]) for case in (table["cases"] if isinstance(table, dict) else table)),
        *((case["id"], WRAP[vendor](case["payload"])) for case in malformed),
    ]


def is_authored(vendor: str, answer: Any) -> bool:
    """Tell the answers that an author can bring about from those that only a fault of the vendor's can."""
    try:
        VENDORS[vendor][0](answer)
    except (KeyError, TypeError, AttributeError):
        return False
    return True


CASES = [
    (vendor, name, answer) for vendor in VENDORS for name, answer in read_cases(vendor) if is_authored(vendor, answer)
]


def judge_at_run_time(vendor: str, answer: Any) -> str:
    try:
        reply = verify(VENDORS[vendor][1](answer), ReplyRules())
    except (VendorFailure, ReplyRejected):
        return "fails"
    return "changes" if reply.warnings else "sends"


def judge_by_lint(vendor: str, answer: Any) -> set[Severity]:
    members = VENDORS[vendor][0](answer)
    linted = lint_source(
        Source("bot", True, {name: orjson.dumps(document) for name, document in members.items()}), Rules()
    )
    assert isinstance(linted, LintedExport)
    return {finding.severity for finding in linted.findings}


def agree(vendor: str, answer: Any) -> bool:
    """What fails is an error, what changes is one or a warning. What is sent may still be refused by LivePerson's Tester."""
    found = judge_by_lint(vendor, answer)
    match judge_at_run_time(vendor, answer):
        case "fails":
            return Severity.ERROR in found
        case "changes":
            return bool(found & {Severity.ERROR, Severity.WARNING})
        case _:
            return Severity.ERROR not in found


@pytest.mark.parametrize(("vendor", "name", "answer"), CASES, ids=[f"{vendor}: {name}" for vendor, name, _ in CASES])
def test_lint_says_what_run_time_does(vendor: str, name: str, answer: Any) -> None:
    assert agree(vendor, answer) is (name not in DIFFERENCES.get(vendor, {}))


def test_enough_is_compared_and_every_difference_is_a_case() -> None:
    compared = {vendor: {name for each, name, _ in CASES if each == vendor} for vendor in VENDORS}

    assert all(len(names) > 80 for names in compared.values())
    assert {vendor: sorted(set(known) - compared[vendor]) for vendor, known in DIFFERENCES.items()} == {
        vendor: [] for vendor in DIFFERENCES
    }
