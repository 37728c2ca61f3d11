"""Say in plain words what pydantic found wrong. Input is never quoted: it may be a secret."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.problems import KeyPath, suggest
from config.sections import ADDRESS, FILLED, NAME, TARGET

Model = TypeVar("Model", bound=BaseModel)

NO_VALUE: Final = "has no value"
_FORMS: Final = {
    NAME: "must be 1 to 36 letters, digits and hyphens",
    FILLED: "must not be blank",
    TARGET: "must look like module:function",
    ADDRESS: "must be an https:// URL",
}
"""What a pattern asks for."""
_TEXTS: Final[Mapping[str, str]] = {
    "missing": "is required",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "dict_type": "must be a mapping",
    "mapping_type": "must be a mapping",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} items",
    "too_long": "must have at most {max_length} items",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
}
"""Kind of pydantic's error -> text, with the members of its context."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a model does not accept."""

    kind: str
    """Pydantic's name of it."""
    path: KeyPath
    text: str


def find_faults(model: type[BaseModel], value: Any) -> list[Fault]:
    """Check a value against a model: everything that is wrong with it, or nothing."""
    return validate(model, value)[1]


def validate(model: type[Model], value: Any) -> tuple[Model | None, list[Fault]]:
    """Make a model of a value, or find everything that is wrong with it."""
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [Fault(detail["type"], detail["loc"], _explain(model, detail)) for detail in details]


def _explain(model: type[BaseModel], detail: ErrorDetails) -> str:
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    match kind:
        case "extra_forbidden":
            text = "unknown key" + suggest(str(detail["loc"][-1]), _known_keys(model, detail["loc"][:-1]))
        case _ if value is None:
            text = NO_VALUE
        case "string_type":
            text = "must be a string" + (": put it in quotes" if isinstance(value, int | float) else "")
        case "string_pattern_mismatch":
            text = _FORMS.get(context["pattern"], f"must match {context['pattern']}")
        case "string_too_short" | "too_short" if context["min_length"] == 1:
            text = "must not be empty"
        case "value_error" | "assertion_error":
            text = str(context["error"])
        case _ if kind in _TEXTS:
            text = _TEXTS[kind].format(**context)
        case _:
            # An error of a vendor's own type, or one of pydantic's that no model here can cause.
            text = detail["msg"]
    return text


def _known_keys(model: type[BaseModel], path: KeyPath) -> list[str]:
    """Name the keys that the mapping at `path` may have."""
    candidates = [model]
    for step in path:
        annotations = [_annotation(candidate, step) for candidate in candidates]
        candidates = [found for annotation in annotations for found in find_models(annotation)] or candidates
    return [field.alias or name for candidate in candidates for name, field in candidate.model_fields.items()]


def _annotation(model: type[BaseModel], key: str | int) -> Any:
    return next((field.annotation for name, field in model.model_fields.items() if key in (name, field.alias)), None)


def find_models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Find the models that a type is made of: `X`, `X | None`, `list[X]`, `dict[str, X]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Annotated, Union, UnionType, list, tuple, dict):
        for argument in get_args(annotation):
            yield from find_models(argument)
