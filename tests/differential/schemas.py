"""Make documents out of LivePerson's schemas: each keyword kept to the limit, each broken once, and random ones.

What is generated follows the installed schemas and nothing of ours: a member or a limit that our table lacks shows up as a
document on which the two disagree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import orjson

from tests.structured_cases import copy, find

Schema: TypeAlias = dict[str, Any]
Steps: TypeAlias = tuple[str | int, ...]

ODD_VALUES: tuple[Any, ...] = (None, True, False, 0, -1, 1.0, 1.5, 10**12, "", "x", [], {}, [None], {"type": "x"})
URIS = (
    *(
        "https://example.com",
        "http://",
        "http:/",
        "a:b",
        "A+b-1.c:d",
        "mailto:a@b.c",
        "tel:+31-20",
        "urn:a:b",
        "x:/a//b",
        "x://///",
    ),
    *(
        "http://user:pw@host:80/p;a=b?q=/?&r#f/?",
        "http://a@b@c/",
        "http://a:80x",
        "http:/a:80x/",
        "http://h:/",
        "http://[::1]:1",
    ),
    *(
        "http://[1:2:3:4:5:6:7:8]/",
        "http://[::ffff:1.2.3.4]",
        "http://[::ffff:1.2.3.400]",
        "http://[1::2::3]",
        "http://[]",
    ),
    *(
        "http://[::1",
        "http://::1]",
        "http://1.2.3.4.5/",
        "http://h/%41%zz",
        "http://h/%4",
        "http://h/%C3%A4",
        "http://h/ä",
        "http://ä/",
    ),
    *(
        "",
        ":",
        "x",
        "x:",
        "x:?a",
        "x:#a",
        "/a",
        "//a",
        "a/b:c",
        "1a:b",
        " a:b",
        "a:b ",
        "a:b\n",
        "a b:c",
        "a:b|c",
        "a:{b}",
        "a:<b>",
    ),
    *(
        "a:b?c?d",
        "a:b#c#d",
        "a:b\\c",
        'a:"b"',
        "a:b^c",
        "a:`b`",
        "a:[b]",
        "http://h/[b]",
        "http://h?[b]",
        "http://[v1.a:b]/",
    ),
    "javascript:alert(1)",
)


@dataclass(frozen=True)
class Document:
    """A document to judge. `changed` is the object or array in which it was changed, None for an unchanged or a random one."""

    content: Any
    changed: Steps | None = None


class Schemas:
    """LivePerson's schema files, by name."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, Schema] = {path.name: orjson.loads(path.read_bytes()) for path in folder.glob("*.json")}
        self.root = self._files["rich_content.json"]

    def resolve(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            name, _, pointer = schema["$ref"].partition("#/")
            schema = self._files[name]
            if pointer:
                schema = find(schema, pointer.split("/"))
        return schema

    def kinds(self, schema: Schema) -> list[Schema]:
        """Give what a schema leaves open to choose from, itself when it leaves nothing open."""
        schema = self.resolve(schema)
        options = schema.get("oneOf", schema.get("anyOf"))
        return [kind for option in options for kind in self.kinds(option)] if options else [schema]

    def minimal(self, schema: Schema, name: str = "") -> Any:
        """Make the smallest value: required members, and the type even where the schema can do without."""
        schema = self.kinds(schema)[0]
        match schema["type"]:
            case "object":
                properties = schema.get("properties", {})
                names = [name for name in properties if name == "type" or name in schema.get("required", ())]
                return {name: self.minimal(properties[name], name) for name in names}
            case "array":
                return self.entries(schema, schema.get("minItems", 0))
            case "string" if "enum" in schema:
                return schema["enum"][0]
            case "string":
                return "https://h" if schema.get("format") == "uri" or name == "url" else ""
            case "boolean":
                return True
            case _:
                return schema.get("minimum", 1)

    def entries(self, schema: Schema, count: int) -> list[Any]:
        items = schema.get("items", {"type": "object"})
        if isinstance(items, list):
            return [self.minimal(items[min(index, len(items) - 1)]) for index in range(count)]
        return [self.minimal(items) for _ in range(count)]

    def every_object(self) -> list[Schema]:
        """List every object that the schemas describe, each once."""
        waiting: list[Any] = list(self._files.values())
        for schema in waiting:
            waiting += schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
        return [schema for schema in waiting if isinstance(schema, dict) and schema.get("type") == "object"]

    def every_keyword(self) -> Iterator[Document]:
        """Walk the schemas from the root: at each place every value on either side of each of its limits.

        In place of each object stands every other one once, and each has every member of any other once.
        """
        described = [schema for schema in self.every_object() if "properties" in schema]
        objects = [self.minimal(schema) for schema in described]
        members = {
            key: self.minimal(member, key) for schema in described for key, member in schema["properties"].items()
        }
        seen: set[int] = set()
        waiting: list[tuple[Any, Steps, Schema]] = [({}, (), self.root)]
        for document, steps, unresolved in waiting:
            for schema in self.kinds(unresolved):
                value = self.minimal(schema, str(steps[-1]) if steps else "")
                whole = put(document, steps, value)
                yield Document(whole)
                for other in self._in_its_place(schema, objects):
                    yield Document(put(whole, steps, other), steps[:-1])
                if isinstance(value, dict):
                    for changed in vary_members(value, members):
                        yield Document(put(whole, steps, changed), steps)
                if id(schema) not in seen:
                    seen.add(id(schema))
                    waiting += self._inside(schema, whole, steps)

    def _inside(self, schema: Schema, document: Any, steps: Steps) -> Iterator[tuple[Any, Steps, Schema]]:
        for name, member in schema.get("properties", {}).items():
            yield document, (*steps, name), member
        items = schema.get("items")
        if isinstance(items, list):
            full = put(document, steps, self.entries(schema, len(items)))
            for index, entry in enumerate(items):
                yield full, (*steps, index), entry
        elif items:
            several = put(document, steps, self.entries(schema, max(1, schema.get("minItems", 0))))
            yield several, (*steps, 0), items

    def _in_its_place(self, schema: Schema, objects: list[Any]) -> list[Any]:
        """Give values at and beyond a schema's limits, and others that do not belong there."""
        values = list(ODD_VALUES)
        if "maxLength" in schema:
            values += [text * (schema["maxLength"] + more) for more in (0, 1) for text in "x\N{PILE OF POO}"]
        if "enum" in schema:
            values += [*schema["enum"], *(f"{name} " for name in schema["enum"]), schema["enum"][0].upper()]
        if schema.get("format") == "uri":
            values += URIS
        if "maximum" in schema:
            values += [schema[bound] + step for bound in ("minimum", "maximum") for step in (-1, -0.5, 0, 0.5, 1)]
        if schema["type"] == "array":
            least, most = schema.get("minItems", 0), schema.get("maxItems", 3)
            values += [self.entries(schema, max(0, count)) for count in (least - 1, least, most, most + 1)]
        if schema["type"] == "object":
            values += objects
        return values

    def invent(self, random: Random, schema: Schema | None = None, depth: int = 0, name: str = "") -> Any:
        """Make a random value that keeps the schema."""
        kinds = self.kinds(schema or self.root)
        # The deeper, the rarer are the kinds that hold others.
        schema = random.choice(kinds[:4] if depth > 4 else kinds)
        match schema["type"]:
            case "object":
                required = {"type", *schema.get("required", ())}
                return {
                    key: self.invent(random, member, depth + 1, key)
                    for key, member in schema.get("properties", {}).items()
                    if key in required or random.random() < 0.3
                }
            case "array":
                least, items = schema.get("minItems", 0), schema.get("items", {"type": "object"})
                count = min(random.randint(least, least + 3), schema.get("maxItems", 4))
                chosen = items[:count] if isinstance(items, list) else [items] * count
                return [self.invent(random, entry, depth + 1, name) for entry in chosen]
            case "string":
                return invent_string(random, schema, name)
            case "boolean":
                return random.random() < 0.5
            case "integer":
                return random.choice([0, 1, 2.0, -5, 1_700_000_000, 1_700_000_000_000])
            case _:
                return random.choice([0, 1.5, 10, random.randint(0, 10)])


def invent_string(random: Random, schema: Schema, name: str) -> str:
    if "enum" in schema:
        return str(random.choice(schema["enum"]))
    if "url" in name.lower():
        return random.choice(
            ["https://img.example.com/a.png", "https://h/b.jpg?c=d", "http://h/a.png", "https://h/a.gif"]
        )
    if schema.get("format") == "uri":
        return random.choice(URIS[:10])
    return "".join(random.choices("ab \n\t'\"é\N{PILE OF POO}", k=random.randint(0, 9)))


def vary_members(value: dict[str, Any], members: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Drop each member of an object once, and add each other member once."""
    for name in value:
        yield {key: member for key, member in value.items() if key != name}
    for name, member in {**members, "unknown": None}.items():
        yield {**value, name: member}


def put(document: Any, steps: Steps, value: Any) -> Any:
    """Copy a document with another value at a place."""
    if not steps:
        return copy(value)
    changed = copy(document)
    find(changed, steps[:-1])[steps[-1]] = copy(value)
    return changed
