"""Fill in what a bot's texts refer to: parameters, slots, variables. Each vendor has a notation of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from emulators.exports.conditions import ConditionError, parse_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulators.exports.expressions import Situation

_DIALOGFLOW = re.compile(
    r"(?<!\w)(?:\$(?P<name>[A-Za-z_][\w-]*)|#(?P<context>[A-Za-z_][\w-]*)\.(?P<member>[\w-]+))(?P<original>\.original)?"
)
_LEX = re.compile(r"\{(?P<slot>[^{}\"]+)\}|\[(?P<attribute>[^\[\]\"]+)\]")
_WATSON = re.compile(r"<\?(?P<expression>.*?)\?>|(?<!\w)(?P<variable>\$[A-Za-z_]\w*(?:\.\w+)*)", re.DOTALL)


def fill_strings(value: Any, fill: Callable[[str], Any]) -> Any:
    """Return a copy of JSON data with every string filled in."""
    match value:
        case str():
            return fill(value)
        case list():
            return [fill_strings(item, fill) for item in value]
        case dict():
            return {key: fill_strings(item, fill) for key, item in value.items()}
    return value


def fill_dialogflow(text: str, parameters: Mapping[str, Any], contexts: Mapping[str, Mapping[str, Any]]) -> Any:
    """Fill in `$parameter` and `#context.parameter`; a text that is one reference becomes the value, whatever its type.

    https://cloud.google.com/dialogflow/es/docs/intents-actions-parameters; what is not known stays as it is written.
    """

    def look_up(found: re.Match[str]) -> Any:
        if found["name"] is not None:
            # Where the words were not kept, the value stands for them.
            value = parameters.get(found["name"])
            return parameters.get(found["name"] + found["original"], value) if found["original"] else value
        return contexts.get(found["context"].lower(), {}).get(found["member"])

    return _fill(_DIALOGFLOW, text, look_up, keep_unknown=True)


def is_dialogflow_reference(text: str) -> bool:
    """Tell whether a text is one reference and nothing else."""
    return _DIALOGFLOW.fullmatch(text.strip()) is not None


def fill_lex(text: str, slots: Mapping[str, str], attributes: Mapping[str, Any]) -> str:
    """Fill in `{slot}` and `[attribute]`; what is not known stays as it is written, as custom payloads are JSON.

    https://docs.aws.amazon.com/lexv2/latest/dg/how-prompts-attributes.html
    """

    def look_up(found: re.Match[str]) -> Any:
        return slots.get(found["slot"]) if found["slot"] is not None else attributes.get(found["attribute"])

    return _LEX.sub(lambda found: found[0] if look_up(found) is None else write(look_up(found)), text)


def fill_watson(text: str, situation: Situation) -> Any:
    """Fill in `$variable` and `<? expression ?>`; a text that is one reference becomes the value, whatever its type.

    A variable that is not set is nothing; an expression that is not understood stays as it is written.
    """

    def look_up(found: re.Match[str]) -> Any:
        try:
            value = parse_expression(found["expression"] if found["expression"] is not None else found["variable"])
        except ConditionError:
            return found[0]
        return value(situation)

    return _fill(_WATSON, text, look_up, keep_unknown=False)


def _fill(pattern: re.Pattern[str], text: str, look_up: Callable[[re.Match[str]], Any], *, keep_unknown: bool) -> Any:
    whole = pattern.fullmatch(text.strip())
    if whole is not None:
        value = look_up(whole)
        return text if value is None and keep_unknown else value
    return pattern.sub(
        lambda found: found[0] if (value := look_up(found)) is None and keep_unknown else write(value), text
    )


def write(value: Any) -> str:
    """Return a value as it stands in a text."""
    match value:
        case None:
            return ""
        case str():
            return value
        case list() if all(isinstance(item, str) for item in value):
            return ", ".join(value)
    return orjson.dumps(value).decode()
