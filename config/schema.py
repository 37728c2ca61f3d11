"""The JSON Schema of an account file (draft 2020-12), for editors: completion, descriptions, and most mistakes as one types.

It knows less than `botbridge check`, and must never object to a file that check accepts. So what a bot must have is asked for
only where the file has no `defaults` that may give it, and a string may always be a reference: `${env:NAME}`.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pydantic.json_schema import models_json_schema
from pydantic_core import to_json

from config.descriptions import describe_fields
from config.explain import find_models
from config.sections import NAME, AccountFile, BotSection
from vendors.registry import VENDORS

if TYPE_CHECKING:
    from pydantic import BaseModel

Schema: TypeAlias = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_REFERENCE: Final = {"$ref": "#/$defs/Reference"}
_CONSTRAINTS: Final = ("pattern", "enum", "const", "minLength", "maxLength")
"""What a string may have to look like; a reference never does."""
_NOISE: Final = ("title", "writeOnly", "format")
"""What pydantic adds that helps no editor."""


def write_schema() -> str:
    """Write the schema as config/schema.json has it."""
    return to_json(build_schema(), indent=2).decode() + "\n"


def build_schema() -> Schema:
    """Make the schema from the models: this package's, and the settings of every vendor."""
    settings = {name: registration.load_settings() for name, registration in VENDORS.items()}
    models: list[type[BaseModel]] = [AccountFile, BotSection, *dict.fromkeys(settings.values())]
    references, generated = models_json_schema([(model, "validation") for model in models])
    places = {model: references[model, "validation"] for model in models}
    definitions: dict[str, Schema] = {name: _tidy(schema) for name, schema in generated["$defs"].items()}
    for model in _find_models(models):
        properties = _find_properties(definitions[model.__name__])
        for name, text in describe_fields(model).items():
            properties[name] = {"description": text} | properties[name]
    by_vendor = {name: places[model] for name, model in settings.items()}

    complete = _take_requirements(definitions, by_vendor)
    bot = definitions["BotSection"]
    bot["allOf"] = [_when(name, _settings_everywhere(place)) for name, place in by_vendor.items()]
    root = definitions.pop("AccountFile")
    properties = root["properties"]
    properties["defaults"] |= places[BotSection]
    del properties["defaults"]["additionalProperties"]
    properties["bots"]["additionalProperties"] = False
    definitions["Auth"]["anyOf"] = [{"required": ["api_keys"]}, {"required": ["signing_secrets"]}]
    definitions["CustomEndpoint"]["oneOf"] = [{"required": ["public_key"]}, {"required": ["jwks_url"]}]
    definitions["CompleteBot"] = complete
    definitions["Reference"] = {
        "type": "string",
        "pattern": r"\$\{(env|file):",
        "description": "A string with ${env:NAME} or ${file:PATH}, which botbridge replaces.",
    }
    return {
        "$schema": DIALECT,
        "title": "Account file of botbridge",
        **root,
        "if": {"required": ["defaults"]},
        "else": {"properties": {"bots": {"patternProperties": {NAME: {"$ref": "#/$defs/CompleteBot"}}}}},
        "$defs": dict(sorted(definitions.items())),
    }


def _find_models(models: Iterable["type[BaseModel]"]) -> Iterator["type[BaseModel]"]:
    """Give these models and all that they are made of, each once."""
    left, seen = list(models), set[str]()
    while left:
        model = left.pop()
        if model.__name__ not in seen:
            seen.add(model.__name__)
            left += [found for field in model.model_fields.values() for found in find_models(field.annotation)]
            yield model


def _find_properties(schema: Schema) -> Schema:
    """Give the properties of a mapping, which may be one of several forms."""
    forms = [schema, *schema.get("anyOf", [])]
    return next(form["properties"] for form in forms if "properties" in form)


def _take_requirements(definitions: dict[str, Schema], by_vendor: dict[str, Schema]) -> Schema:
    """Take `required` from all that a bot may share with its account's defaults; give it back as a schema of its own."""

    def take(name: str) -> Schema:
        return {key: definitions[name].pop(key) for key in ("required",) if key in definitions[name]}

    taken = {place["$ref"]: take(place["$ref"].rpartition("/")[2]) for place in by_vendor.values()}
    return {
        **take("BotSection"),
        "properties": {"escalation": take("Escalation"), "environments": {"additionalProperties": take("Environment")}},
        "allOf": [_when(name, {"properties": {"settings": taken[place["$ref"]]}}) for name, place in by_vendor.items()],
    }


def _when(vendor: str, then: Schema) -> Schema:
    return {"if": {"properties": {"vendor": {"const": vendor}}, "required": ["vendor"]}, "then": then}


def _settings_everywhere(place: Schema) -> Schema:
    """Say what the settings of a bot and of its environments are."""
    of_environments = {"additionalProperties": {"properties": {"settings": place}}}
    return {"properties": {"settings": place, "environments": of_environments}}


def _tidy(schema: Schema) -> Schema:
    """Leave out noise and null, which no account file may have, and let every string be a reference."""
    tidied = {key: _tidy_value(key, value) for key, value in schema.items() if key not in _NOISE}
    if isinstance(tidied.get("default"), dict | list) or tidied.get("default", "") is None:
        del tidied["default"]
    options = [option for option in tidied.pop("anyOf", []) if option != {"type": "null"}]
    if len(options) == 1:
        tidied |= options[0]
    elif options:
        tidied["anyOf"] = options
    constraints: Schema = {key: tidied.pop(key) for key in _CONSTRAINTS if key in tidied}
    if constraints and tidied.get("type") == "string":
        tidied["anyOf"] = [constraints, _REFERENCE]
    else:
        tidied |= constraints
    return tidied


def _tidy_value(key: str, value: Any) -> Any:
    match key, value:
        case (("properties" | "patternProperties"), dict()):
            return {name: _tidy(schema) for name, schema in value.items()}
        case (("items" | "additionalProperties"), dict()):
            return _tidy(value)
        case (("anyOf" | "oneOf" | "allOf"), list()):
            return [_tidy(schema) for schema in value]
        case _:
            return value
