"""Dialogflow's fulfilment items, as ES and CX share them: texts, and LivePerson's objects as custom payloads."""

from typing import Any

from gateway.contract.draft import Path, ReplyDraft
from gateway.contract.types import Json
from vendors.dialogflow.proto import MalformedStruct, plain_struct


def add_texts(text: Any, draft: ReplyDraft, path: Path) -> None:
    """Add the texts of a `text` item, `{"text": [string, …]}`, in their order; blank ones are dropped."""
    if not isinstance(text, dict):
        draft.warn("what should be an object was dropped", path)
        return
    texts = text.get("text") or []  # REST leaves out an empty list
    if not isinstance(texts, list):
        draft.warn("texts that are no array were dropped", (path, "text"))
        return
    if not texts:
        draft.warn("a blank text was dropped", (path, "text"))
    for index, value in enumerate(texts):
        if isinstance(value, str):
            draft.add_text(value, ((path, "text"), index))
        else:
            draft.warn("a text that is no string was dropped", ((path, "text"), index))


def read_struct(value: Any, draft: ReplyDraft, path: Path) -> Json | None:
    """Read an object, in plain JSON or in protobuf's Struct form; None with a warning when it is neither."""
    if not isinstance(value, dict):
        draft.warn("what should be an object was dropped", path)
        return None
    try:
        return plain_struct(value)
    except MalformedStruct:
        draft.warn("a malformed Struct was dropped", path)
        return None


def read_resource_id(resource: Any) -> str | None:
    """Give the last part of a resource name (`projects/…/intents/ID`), whole names being long. None when it is no string."""
    return resource.rpartition("/")[2] if isinstance(resource, str) else None
