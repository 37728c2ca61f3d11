from collections.abc import Callable
from typing import Any

import pytest

from gateway.contract.draft import ReplyDraft

STEPS: dict[str, Callable[..., object]] = {
    "text": ReplyDraft.add_text,
    "payload": ReplyDraft.add_payload,
    "action": ReplyDraft.set_action,
    "intent": ReplyDraft.set_intent,
    "alternative": ReplyDraft.add_alternative,
    "warning": ReplyDraft.warn,
}
"""What a step of a case is called -> what it does."""


@pytest.fixture
def build_draft() -> Callable[[dict[str, Any]], ReplyDraft]:
    """Fill a draft as a vendor's reader would: a case's `steps` ([name, argument, …]), then its `fields`."""

    def build(case: dict[str, Any]) -> ReplyDraft:
        draft = ReplyDraft()
        for name, *arguments in case.get("steps", []):
            STEPS[name](draft, *arguments)
        for name, value in case.get("fields", {}).items():
            setattr(draft, name, value)
        return draft

    return build
